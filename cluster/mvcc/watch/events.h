// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What changed in the store, for watchers and telemetry.
#pragma once

#include "cluster/mvcc/index/revision.h"
#include "cluster/mvcc/txn/operations.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace raftarium::mvcc {

struct ChangeEvent {
    bool deleted = false;
    Revision revision;
    KeyValue kv;  // deleted: key and modRevision only
    // The pair before; filled only where a watcher of this key asked for it and it is not compacted.
    std::shared_ptr<const KeyValue> prevKv;
};

// Shared by every watcher that gets it.
using EventPtr = std::shared_ptr<const ChangeEvent>;

// What the store did beyond its result, for telemetry; collected during apply, taken by the node.
enum class StoreTraceKind : std::uint8_t {
    keyChanged,
    leaseGranted,
    leaseRenewed,
    leaseRevoked,
    leaseExpired,
    leaseCheckpointed,
    compactionScheduled,
    compactionFinished,
    alarmRaised,
    alarmDisarmed,
    watcherMoved,
    watchDelivered,
};

// The kinds that come with every write: left out where setKeyTracing() says so.
constexpr bool isKeyTrace(StoreTraceKind kind) {
    return kind == StoreTraceKind::keyChanged || kind == StoreTraceKind::watchDelivered;
}

enum class WatcherGroup : std::uint8_t { none, synced, unsynced, setAside };

struct StoreTrace {
    StoreTraceKind kind;
    EventPtr event{};     // keyChanged
    std::int64_t id = 0;  // lease, watcher
    std::uint64_t stream = 0;
    std::int64_t number =
        0;  // ttl seconds, compacted revision, first revision delivered, next revision of a moved watcher
    std::int64_t number2 = 0;  // rows removed, last revision delivered
    std::uint32_t count = 0;   // events delivered, keys attached
    std::int64_t deadlineNs = 0;
    WatcherGroup from = WatcherGroup::none;
    WatcherGroup to = WatcherGroup::none;
    std::string key{};
    std::string rangeEnd{};
    Alarm alarm{};
    const char* reason = "";
};

}  // namespace raftarium::mvcc
