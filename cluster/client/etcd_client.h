// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// An etcd v3 client with plain structs: what the app and raftariumctl talk to any cluster with. Blocking calls with a
// deadline; watches and keep-alives call back from a thread of the client. Errors carry the server's text, and its gRPC
// code as the Errc nearest to it. A read that an endpoint cannot serve goes to the next; a write is sent only once,
// because a lost answer does not say whether it was done.
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

std::string prefixEnd(std::string_view prefix);  // smallest key above all with this prefix; "\0" if none

class EtcdClient {
public:
    static std::unique_ptr<EtcdClient> create(const ClientOptions& options);
    virtual ~EtcdClient() = default;

    virtual base::Result<RangeResult> range(const std::string& key, const RangeOptions& options = {}) = 0;
    virtual base::Result<PutResult> put(const std::string& key, const std::string& value,
                                        const PutOptions& options = {}) = 0;
    virtual base::Result<DeleteResult> remove(const std::string& key, const std::string& rangeEnd = {},
                                              bool prevKv = false) = 0;
    // Only if the key was last changed at `modRevision`.
    virtual base::Result<GuardedDeleteResult> removeIf(const std::string& key, std::int64_t modRevision) = 0;
    virtual base::Result<Header> compact(std::int64_t revision, bool physical) = 0;
    virtual base::Result<LeaseInfo> leaseGrant(std::int64_t ttl, std::int64_t id = 0) = 0;
    virtual base::Result<Header> leaseRevoke(std::int64_t id) = 0;
    virtual base::Result<LeaseInfo> leaseTimeToLive(std::int64_t id, bool keys) = 0;
    virtual base::Result<LeaseInfo> leaseKeepAliveOnce(std::int64_t id) = 0;
    virtual base::Result<std::vector<std::int64_t>> leases() = 0;
    virtual base::Result<std::pair<Header, std::vector<MemberInfo>>> members() = 0;
    // Changes of the membership; the members afterwards, of an addition the new one first (its id is made by the
    // server). Refusals are etcd's: "etcdserver: unhealthy cluster" until all voters were connected for five seconds,
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
    // The store of one endpoint as a snapshot file, in pieces and in order: the database, then 32 bytes SHA-256 of it.
    // An error of `take` ends the transfer. No time limit but `timeoutMs`; 0 = none.
    using SnapshotSink = std::function<base::Status(std::string_view piece, std::uint64_t remainingBytes)>;
    virtual base::Status snapshot(const SnapshotSink& take, std::int64_t timeoutMs = 0) = 0;
    // A watch that exists goes on after a broken or frozen connection, on whatever endpoint answers and however long
    // that takes, at the next revision: every event comes once. `onEnd` comes once, when it is over for good (canceled
    // by the server, compacted, or never made within the dial timeout), and not when the handle is destroyed. Before
    // it comes the server's last update, with its reason filled in where the server gives none.
    virtual std::unique_ptr<WatchHandle> watch(const std::string& key, const WatchOptions& options,
                                               std::function<void(WatchUpdate)> onUpdate,
                                               std::function<void(base::Error)> onEnd) = 0;
    // All stored revisions of a key, newest first; a delete is a pair with version 0 (and only key and modRevision).
    // Found with reads at older revisions, and a watch from the oldest stored revision where an earlier life of the key
    // must be found (which takes half a second for a key that does not exist now). Stops at the compaction horizon.
    virtual base::Result<std::vector<KeyValue>> history(const std::string& key, std::size_t max) = 0;
};

}  // namespace raftarium::client
