// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// An etcd v3 client with plain structs, with which the app and raftariumctl talk to any cluster. Calls block, up to a
// deadline, and may be made from any thread. Watches call back on a thread of the client. Errors have the server's text
// and the Errc nearest to its gRPC code. A read goes to the next endpoint if one cannot serve it. A write is sent only
// once, because without an answer it is unknown whether the write was done.
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/etcd_types.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace raftarium::client {

// Ends the watch when destroyed; no callback runs after that.
class WatchHandle {
public:
    virtual ~WatchHandle() = default;
};

std::string prefixEnd(
    std::string_view prefix);  // the smallest key above all keys with this prefix; "\0" if there is none

class EtcdClient {
public:
    static std::unique_ptr<EtcdClient> create(const ClientOptions& options);
    virtual ~EtcdClient() = default;

    virtual base::Result<RangeResult> range(const std::string& key, const RangeOptions& options = {}) = 0;
    virtual base::Result<PutResult> put(const std::string& key, const std::string& value,
                                        const PutOptions& options = {}) = 0;
    virtual base::Result<DeleteResult> remove(const std::string& key, const std::string& rangeEnd = {},
                                              bool prevKv = false) = 0;
    // Deletes the key only if it was last changed at `modRevision`.
    virtual base::Result<GuardedDeleteResult> removeIf(const std::string& key, std::int64_t modRevision) = 0;
    virtual base::Result<Header> compact(std::int64_t revision, bool physical) = 0;
    virtual base::Result<LeaseInfo> leaseGrant(std::int64_t ttl, std::int64_t id = 0) = 0;
    virtual base::Result<Header> leaseRevoke(std::int64_t id) = 0;
    virtual base::Result<LeaseInfo> leaseTimeToLive(std::int64_t id, bool keys) = 0;
    virtual base::Result<LeaseInfo> leaseKeepAliveOnce(std::int64_t id) = 0;
    virtual base::Result<std::vector<std::int64_t>> leases() = 0;
    virtual base::Result<std::pair<Header, std::vector<MemberInfo>>> members() = 0;
    // Changes of the membership. They return the members afterwards; memberAdd() the new one first, whose id the server
    // chose. Refusals are etcd's: "etcdserver: unhealthy cluster" until all voters were connected for five seconds,
    // "can only promote a learner member which is in sync with leader", ...
    virtual base::Result<std::vector<MemberInfo>> memberAdd(const std::vector<std::string>& peerUrls, bool learner) = 0;
    virtual base::Result<std::vector<MemberInfo>> memberRemove(std::uint64_t id) = 0;
    virtual base::Result<std::vector<MemberInfo>> memberUpdate(std::uint64_t id,
                                                               const std::vector<std::string>& peerUrls) = 0;
    virtual base::Result<std::vector<MemberInfo>> memberPromote(std::uint64_t id) = 0;
    virtual base::Result<StatusResult> status() = 0;
    virtual base::Result<HashKvResult> hashKv(std::int64_t revision) = 0;
    virtual base::Result<Header> moveLeader(std::uint64_t target) = 0;
    virtual base::Result<Header> defragment() = 0;
    // Reads the store of one endpoint as a snapshot file, in pieces: the database, then its SHA-256, 32 bytes. An error
    // of `take` ends the transfer. The only time limit is `timeoutMs`; 0 = none.
    using SnapshotSink = std::function<base::Status(std::string_view piece, std::uint64_t remainingBytes)>;
    virtual base::Status snapshot(const SnapshotSink& take, std::int64_t timeoutMs = 0) = 0;
    // After a broken or frozen connection a watch continues at the next revision, on any endpoint that answers, however
    // long that takes. Every event comes once. `onEnd` is called once, when the watch has ended: canceled by the
    // server, compacted, or not created within the dial timeout. It is not called when the handle is destroyed. The
    // server's last update comes before it; if the server gave no reason, the client adds one.
    virtual std::unique_ptr<WatchHandle> watch(const std::string& key, const WatchOptions& options,
                                               std::function<void(WatchUpdate)> onUpdate,
                                               std::function<void(base::Error)> onEnd) = 0;
    // All stored revisions of a key back to the last compaction, newest first. A delete is a pair with version 0, which
    // has only key and modRevision. They are found by reads at older revisions. Earlier generations of the key are
    // found by a watch from the oldest stored revision, which takes half a second if the key does not exist now.
    virtual base::Result<std::vector<KeyValue>> history(const std::string& key, std::size_t max) = 0;
};

}  // namespace raftarium::client
