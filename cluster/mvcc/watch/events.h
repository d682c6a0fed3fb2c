// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What changed in the store, for watchers and telemetry.
#pragma once

#include "cluster/mvcc/index/revision.h"
#include "cluster/mvcc/txn/operations.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
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

enum class WatcherGroup : std::uint8_t { none, synced, unsynced, victim };

// Why a watcher came into its group.
enum class WatcherCause : std::uint8_t {
    created,
    caughtUp,
    queueFull,
    queueHasRoom,
    cancelledByClient,
    revisionCompacted,  // the revision that it needs next
    storeReplaced,      // by a snapshot
};

// What the store did beyond its result, for telemetry; collected during apply, taken by the node.
namespace trace {

struct KeyChanged {
    EventPtr event;
};
struct WatchDelivered {
    std::uint64_t stream = 0;
    std::int64_t watcher = 0;
    std::int64_t firstRevision = 0, lastRevision = 0;
    std::uint32_t events = 0;
};
struct WatcherMoved {
    std::uint64_t stream = 0;
    std::int64_t watcher = 0;
    WatcherGroup from = WatcherGroup::none, to = WatcherGroup::none;
    WatcherCause cause = WatcherCause::created;
    std::string key, rangeEnd;
    std::int64_t nextRevision = 0;
};
struct LeaseGranted {
    std::int64_t lease = 0, ttlSeconds = 0;
    std::int64_t deadlineNs = 0;  // 0 where this member does not count it
};
struct LeaseRenewed {
    std::int64_t lease = 0, ttlSeconds = 0;
    std::int64_t deadlineNs = 0;
};
struct LeaseRevoked {
    std::int64_t lease = 0;
    std::uint32_t keys = 0;
};
struct LeaseExpired {
    std::int64_t lease = 0, ttlSeconds = 0;
};
struct LeaseCheckpointed {
    std::int64_t lease = 0, remainingSeconds = 0;
};
struct CompactionScheduled {
    std::int64_t revision = 0;
};
struct CompactionFinished {
    std::int64_t revision = 0, rowsRemoved = 0;
};
struct AlarmRaised {
    Alarm alarm;
};
struct AlarmDisarmed {
    Alarm alarm;
};

}  // namespace trace

// The first two come with every write: left out where setKeyTracing() says so.
using StoreTrace =
    std::variant<trace::KeyChanged, trace::WatchDelivered, trace::WatcherMoved, trace::LeaseGranted,
                 trace::LeaseRenewed, trace::LeaseRevoked, trace::LeaseExpired, trace::LeaseCheckpointed,
                 trace::CompactionScheduled, trace::CompactionFinished, trace::AlarmRaised, trace::AlarmDisarmed>;

}  // namespace raftarium::mvcc
