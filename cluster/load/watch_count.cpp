// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/load/watch_count.h"

#include "cluster/base/protobuf_fields.h"
#include "proto/etcd/rpc.pb.h"

namespace raftarium::load {

WatchCount countWatchEvents(std::string_view response) {
    using etcdserverpb::WatchResponse;
    WatchCount count;
    base::FieldReader fields(response);
    while (fields.next()) {
        if (fields.number() == WatchResponse::kEventsFieldNumber) ++count.events;
        if (fields.number() == WatchResponse::kCreatedFieldNumber) count.created = fields.integer() != 0;
    }
    return count;
}

}  // namespace raftarium::load
