// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a node reports: one flat struct a kind.
#pragma once

#include "cluster/base/bytes.h"
#include "cluster/telemetry/causes.h"
#include "cluster/telemetry/ids.h"
#include "cluster/telemetry/message.h"
#include "cluster/telemetry/parts.h"

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::telemetry {

// --- Elections -------------------------------------------------------------------------------------------------------
struct RoleChanged {
    Role role = Role::follower;
    std::uint64_t term = 0;
    NodeId leader = 0;  // 0 = unknown
    RoleCause cause = RoleCause::unknown;
    NodeId causedBy = 0;  // whose message it was: with higherTerm, leaderSeen and transfer
    friend bool operator==(const RoleChanged&, const RoleChanged&) = default;
};
struct TermChanged {
    std::uint64_t term = 0, previous = 0;
    NodeId seenFrom = 0;  // whose message carried it; the own id: own campaign
    friend bool operator==(const TermChanged&, const TermChanged&) = default;
};
struct VoteCast {
    NodeId candidate = 0;
    std::uint64_t term = 0;
    bool preVote = false;
    VoteResult result = VoteResult::granted;
    std::uint64_t candidateLastTerm = 0, candidateLastIndex = 0, ownLastTerm = 0, ownLastIndex = 0;
    NodeId votedFor = 0;
    friend bool operator==(const VoteCast&, const VoteCast&) = default;
};
struct VoteTally {
    std::uint64_t term = 0;
    bool preVote = false;
    std::vector<NodeId> granted, refused;
    std::uint32_t needed = 0;
    TallyResult result = TallyResult::pending;
    friend bool operator==(const VoteTally&, const VoteTally&) = default;
};

// --- Messages --------------------------------------------------------------------------------------------------------
struct MessageSent {
    Message message;
    friend bool operator==(const MessageSent&, const MessageSent&) = default;
};
struct MessageReceived {
    Message message;
    friend bool operator==(const MessageReceived&, const MessageReceived&) = default;
};
struct MessageDropped {
    Message message;
    DropReason reason = DropReason::unknown;
    bool atReceiver = false;
    friend bool operator==(const MessageDropped&, const MessageDropped&) = default;
};
struct MessageDelayed {
    Message message;
    TimeNs untilNs = 0;  // 0 = held until a person delivers it
    bool atReceiver = false;
    friend bool operator==(const MessageDelayed&, const MessageDelayed&) = default;
};

// --- The log ---------------------------------------------------------------------------------------------------------
struct LogAppended {
    std::vector<LogEntry> entries;  // the newest, consecutive; at most 64, fewer under load
    std::uint64_t firstIndex = 0, lastIndex = 0, lastTerm = 0;
    friend bool operator==(const LogAppended&, const LogAppended&) = default;
};
struct LogTruncated {
    std::uint64_t fromIndex = 0, toIndex = 0, fromTerm = 0;  // first and last removed; term of the first
    friend bool operator==(const LogTruncated&, const LogTruncated&) = default;
};
struct LogCompacted {
    std::uint64_t firstIndex = 0;
    friend bool operator==(const LogCompacted&, const LogCompacted&) = default;
};
struct WalSynced {
    std::uint64_t index = 0, term = 0, bytes = 0;  // durable up to there
    std::uint32_t entries = 0;
    TimeNs durationNs = 0;                  // of write and fdatasync; the longest of several
    std::uint64_t segment = 0, offset = 0;  // after the write
    std::uint32_t syncs = 1;                // under load one event stands for several
    friend bool operator==(const WalSynced&, const WalSynced&) = default;
};
struct CommitAdvanced {
    std::uint64_t index = 0, term = 0;
    friend bool operator==(const CommitAdvanced&, const CommitAdvanced&) = default;
};
struct Applied {
    std::uint64_t firstIndex = 0, lastIndex = 0;
    std::int64_t revision = 0;
    friend bool operator==(const Applied&, const Applied&) = default;
};
struct ProgressChanged {
    Progress progress;
    friend bool operator==(const ProgressChanged&, const ProgressChanged&) = default;
};
struct ConfigurationChanged {
    Configuration configuration;
    std::uint64_t index = 0;
    friend bool operator==(const ConfigurationChanged&, const ConfigurationChanged&) = default;
};
struct SnapshotProgress {
    SnapshotPhase phase = SnapshotPhase::created;
    std::uint64_t index = 0, term = 0;
    NodeId peer = 0;
    std::uint64_t bytesDone = 0, bytesTotal = 0;
    friend bool operator==(const SnapshotProgress&, const SnapshotProgress&) = default;
};

// --- The store -------------------------------------------------------------------------------------------------------
struct KeyChanged {
    std::int64_t main = 0, sub = 0;
    bool deleted = false;
    base::Bytes key, value;  // inside the node whole and shared with the watchers; the codec cuts them to a preview
    std::uint32_t valueSize = 0;
    std::int64_t version = 0, createRevision = 0, lease = 0;
    std::uint64_t index = 0;      // raft index of the write
    std::uint64_t requestId = 0;  // of the write; 0 = unknown
    friend bool operator==(const KeyChanged&, const KeyChanged&) = default;
};
struct WatcherMoved {
    Watcher watcher;
    WatcherGroup from = WatcherGroup::none;
    WatcherCause cause = WatcherCause::unknown;
    friend bool operator==(const WatcherMoved&, const WatcherMoved&) = default;
};
struct WatchDelivered {
    std::uint64_t stream = 0;
    std::int64_t watcher = 0, firstRevision = 0, lastRevision = 0;
    std::uint32_t events = 0;
    std::uint64_t requestId = 0;  // of the write that made lastRevision; 0 = unknown
    friend bool operator==(const WatchDelivered&, const WatchDelivered&) = default;
};
struct LeaseChanged {
    LeaseChange kind = LeaseChange::granted;
    Lease lease;
    LeaseCause cause = LeaseCause::unknown;
    friend bool operator==(const LeaseChanged&, const LeaseChanged&) = default;
};
struct Compacted {
    std::int64_t revision = 0;
    bool finished = false;
    std::uint64_t rowsRemoved = 0;
    friend bool operator==(const Compacted&, const Compacted&) = default;
};
struct AlarmChanged {
    Alarm alarm;
    bool active = false;
    friend bool operator==(const AlarmChanged&, const AlarmChanged&) = default;
};

// --- Clients and the node itself -------------------------------------------------------------------------------------
struct ClientRequest {
    std::uint64_t requestId = 0;
    RequestPhase phase = RequestPhase::received;
    std::string text;  // of what is asked for, "put x = 5"; empty until the codec has described `payload`
    std::uint64_t index = 0;
    std::int64_t revision = 0;
    std::string error;  // the answer's own text, as the client gets it
    NodeId forwardedTo = 0;
    base::Bytes payload{};  // inside the node only: the encoded request
    friend bool operator==(const ClientRequest&, const ClientRequest&) = default;
};
struct FaultsChanged {
    std::vector<LinkFaults> links;
    friend bool operator==(const FaultsChanged&, const FaultsChanged&) = default;
};
struct PaceChanged {
    Pace pace;
    friend bool operator==(const PaceChanged&, const PaceChanged&) = default;
};
struct Lifecycle {
    LifecyclePhase phase = LifecyclePhase::started;
    friend bool operator==(const Lifecycle&, const Lifecycle&) = default;
};
struct RuleFired {
    Rule rule = Rule::unknown;
    std::vector<std::uint64_t> values;  // as the rule says (causes.h)
    friend bool operator==(const RuleFired&, const RuleFired&) = default;
};
// `count` events that would stand here were left out.
struct Lost {
    std::uint64_t count = 0;
    bool sampled = false;  // false: the ring was overrun
    friend bool operator==(const Lost&, const Lost&) = default;
};

}  // namespace raftarium::telemetry
