// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry inside the node: compact values, turned into proto messages only on a subscriber's thread.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/mvcc/watch/events.h"
#include "cluster/node/members/membership.h"
#include "cluster/raft/message.h"
#include "cluster/raft/raw_node.h"
#include "cluster/raft/trace.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace raftarium::node {

struct MessageId {
    std::uint64_t sender = 0;
    std::uint64_t incarnation = 0;
    std::uint64_t counter = 0;
    friend bool operator==(const MessageId&, const MessageId&) = default;
};

struct MessageInfo {
    MessageId id;
    raft::MessageType type = raft::MessageType::hup;
    bool reject = false;
    bool transfer = false;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t term = 0;
    std::uint64_t logTerm = 0;
    std::uint64_t index = 0;
    std::uint64_t commit = 0;
    std::uint64_t rejectHint = 0;
    std::uint32_t entryCount = 0;
    std::uint64_t firstEntry = 0;
    std::uint64_t lastEntryTerm = 0;
    std::uint32_t bytes = 0;
};

// Numbers as in telemetry.proto.
enum class DropReason : std::uint8_t { unknown, linkCut, loss, unreachable, queueFull, byHand, stepRefused };

struct MessageEvent {
    enum class Kind : std::uint8_t { sent, received, dropped, delayed };
    Kind kind = Kind::sent;
    DropReason reason = DropReason::unknown;
    bool atReceiver = false;
    base::Nanoseconds untilNs = 0;
    MessageInfo message;
};

struct EntriesAppended {
    std::vector<raft::Entry> entries;  // the newest; shared bytes, summarised as text on the subscriber's thread
    std::uint64_t firstIndex = 0, lastIndex = 0, lastTerm = 0;
};
struct WalSynced {
    std::uint64_t index = 0, term = 0, bytes = 0;
    std::uint32_t entries = 0;
    base::Nanoseconds durationNs = 0;  // of the longest
    std::uint64_t segment = 0, offset = 0;
    std::uint32_t syncs = 1;  // joined under load
};
struct AppliedUpTo {
    std::uint64_t first = 0, last = 0;
    std::int64_t revision = 0;
};
struct DeadlineSet {
    base::Nanoseconds deadlineNs = 0, timeoutNs = 0;
    bool redrawn = false;
};
struct ConfigurationNow {
    raft::ConfState conf;
    std::uint64_t index = 0;
    std::shared_ptr<const Membership> membership;  // may be null
};
// Stands for raft's voteTally, with the ids that the core's trace does not carry.
struct VoteTallyNow {
    std::uint64_t term = 0;
    bool preVote = false;
    std::vector<std::uint64_t> granted, refused;
    std::uint32_t needed = 0;
    std::uint8_t result = 0;  // 0 pending, 1 lost, 2 won
};
struct SnapshotStep {
    std::uint8_t phase = 0;  // telemetry.proto SnapshotPhase
    std::uint64_t index = 0, term = 0, peer = 0, bytesDone = 0, bytesTotal = 0;
};
struct RequestStep {
    std::uint64_t requestId = 0;
    std::uint8_t phase = 0;  // telemetry.proto RequestPhase
    std::string text;
    std::uint64_t index = 0;
    std::int64_t revision = 0;
    std::uint64_t forwardedTo = 0;
    base::Bytes payload;  // received: InternalRaftRequest bytes, told as text on the subscriber's thread
};

struct LinkFaults {
    std::uint64_t from = 0, to = 0;
    bool cut = false;
    base::Nanoseconds delayNs = 0, jitterNs = 0;
    double dropShare = 0, duplicateShare = 0;
    bool hold = false;
    bool none() const {
        return !cut && delayNs == 0 && jitterNs == 0 && dropShare == 0 && duplicateShare == 0 && !hold;
    }
};
struct FaultsNow {
    std::vector<LinkFaults> links;
};
struct Pace {
    base::Nanoseconds tickNs = 100 * base::kMillisecond;
    int heartbeatTicks = 1;
    int electionTicks = 10;
    bool preVote = true;
    bool checkQuorum = true;
};
struct LifecycleStep {
    std::uint8_t phase = 0;
    std::string text;
};
struct LostEvents {
    std::uint64_t count = 0;
    bool sampled = false;
};

using TelemetryPayload =
    std::variant<raft::TraceEvent, MessageEvent, EntriesAppended, WalSynced, AppliedUpTo, DeadlineSet, ConfigurationNow,
                 SnapshotStep, mvcc::StoreTrace, RequestStep, FaultsNow, Pace, LifecycleStep, LostEvents, VoteTallyNow>;

struct TelemetryEvent {
    std::uint64_t sequence = 0;
    base::Nanoseconds atNs = 0;
    TelemetryPayload payload;
};

}  // namespace raftarium::node
