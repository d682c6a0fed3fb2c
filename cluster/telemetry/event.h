// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry as values: what a node reports, and what the reducer, the feed and the views work on. The node makes them,
// the codec (codec.h) carries them.
#pragma once

#include "cluster/telemetry/events.h"
#include "cluster/telemetry/full_state.h"
#include "cluster/telemetry/supervisor_events.h"

#include <cstdint>
#include <variant>

namespace raftarium::telemetry {

using EventKind =
    std::variant<Boxed<FullState>, StreamEnded, ProcessChanged, RoleChanged, TermChanged, VoteCast, VoteTally,
                 ElectionDeadline, MessageSent, MessageReceived, MessageDropped, MessageDelayed, LogAppended,
                 LogTruncated, LogCompacted, WalSynced, CommitAdvanced, Applied, ProgressChanged, ConfigurationChanged,
                 SnapshotProgress, KeyChanged, WatcherMoved, WatchDelivered, LeaseChanged, Compacted, AlarmChanged,
                 ClientRequest, FaultsChanged, PaceChanged, Lifecycle, Lost, ActionTaken, RuleFired>;

struct Event {
    TimeNs atNs = 0;
    NodeId node = 0;             // 0 inside the node
    std::uint64_t sequence = 0;  // of the node; 0 for what the supervisor reports
    EventKind kind;
    Cause cause{};
    friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace raftarium::telemetry
