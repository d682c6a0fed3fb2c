// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/client/etcd_connection.h"

#include "proto/etcd/rpc.pb.h"

namespace raftarium::client {

namespace pb = etcdserverpb;

Header headerOf(const pb::ResponseHeader& in) {
    return {in.cluster_id(), in.member_id(), in.raft_term(), in.revision()};
}

KeyValue keyValueOf(const mvccpb::KeyValue& in) {
    return {in.key(), in.value(), in.create_revision(), in.mod_revision(), in.version(), in.lease()};
}

MemberInfo memberOf(const pb::Member& in) {
    return {in.id(),
            in.name(),
            {in.peerurls().begin(), in.peerurls().end()},
            {in.clienturls().begin(), in.clienturls().end()},
            in.islearner()};
}

pb::RangeRequest rangeRequestOf(const std::string& key, const RangeOptions& options) {
    pb::RangeRequest out;
    out.set_key(key);
    out.set_range_end(options.rangeEnd);
    out.set_limit(options.limit);
    out.set_revision(options.revision);
    out.set_sort_order(static_cast<pb::RangeRequest::SortOrder>(options.sortOrder));
    out.set_sort_target(static_cast<pb::RangeRequest::SortTarget>(options.sortTarget));
    out.set_serializable(options.serializable);
    out.set_keys_only(options.keysOnly);
    out.set_count_only(options.countOnly);
    out.set_min_mod_revision(options.minModRevision);
    out.set_max_mod_revision(options.maxModRevision);
    out.set_min_create_revision(options.minCreateRevision);
    out.set_max_create_revision(options.maxCreateRevision);
    return out;
}

}  // namespace raftarium::client
