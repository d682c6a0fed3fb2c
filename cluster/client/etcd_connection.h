// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Shared by the parts of the etcd client: conversions, the watch, the history of a key. Internal to this layer.
#pragma once

#include "cluster/client/channels_internal.h"
#include "cluster/client/etcd_types.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace etcdserverpb {
class Member;
class RangeRequest;
class ResponseHeader;
}  // namespace etcdserverpb
namespace mvccpb {
class KeyValue;
}

namespace raftarium::client {

class EtcdClient;
class WatchHandle;

Header headerOf(const etcdserverpb::ResponseHeader& in);
KeyValue keyValueOf(const mvccpb::KeyValue& in);
MemberInfo memberOf(const etcdserverpb::Member& in);
etcdserverpb::RangeRequest rangeRequestOf(const std::string& key, const RangeOptions& options);

std::unique_ptr<WatchHandle> startWatch(std::shared_ptr<Endpoints> endpoints, std::int64_t dialTimeoutMs,
                                        const std::string& key, const WatchOptions& options,
                                        std::function<void(WatchUpdate)> onUpdate,
                                        std::function<void(base::Error)> onEnd);

// EtcdClient::history by the client's other calls.
base::Result<std::vector<KeyValue>> readHistory(EtcdClient& client, const std::string& key, std::size_t max);

}  // namespace raftarium::client
