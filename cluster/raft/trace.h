// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the core did, as data: the source of telemetry. Collected in Ready::trace in the order it happened; costs a few
// words each, no strings, no allocation beyond the vector.
#pragma once

#include "cluster/raft/tracker/quorum.h"
#include "cluster/raft/types.h"

#include <cstdint>
#include <variant>

namespace raftarium::raft {

enum class ProgressState : std::uint8_t;

enum class RoleCause : std::uint8_t {
    none,
    electionTimeout,
    preVoteWon,
    voteWon,
    voteLost,
    higherTerm,
    leaderSeen,  // append, heartbeat or snapshot of a leader of this term
    quorumLost,  // CheckQuorum
    removed,
    transfer,
    campaignAsked,
    forgotLeader,
};

enum class VoteResult : std::uint8_t { granted, alreadyVoted, logBehind, leaderKnown, leaderLease, oldTerm };

enum class IgnoreReason : std::uint8_t {
    oldTerm,             // of an earlier term than ours
    unknownPeer,         // the sender is not in the configuration
    staleAnswer,         // a rejection of an append that is no longer the question
    snapshotNotNeeded,   // the snapshot holds nothing new
    notInConfiguration,  // the snapshot's configuration does not have this member
    noLeader,            // there is nobody to forward it to
    notPossible,         // asked for something this member cannot do: campaign, lead, forget its leader
    malformed,           // no core sends such a message
    logLost,             // it counts on entries that this member once acknowledged and does not have
};

enum class ProposalDropReason : std::uint8_t {
    noLeader,
    transferInProgress,
    notInConfiguration,
    forwardingOff,
    tooMuchUncommitted,
};

namespace trace {

struct RoleChanged {
    Role role = Role::follower;
    Term term = 0;
    NodeId leader = kNone;  // now known
    RoleCause cause = RoleCause::none;
    NodeId messageFrom = kNone;  // whose message was being stepped
};
struct TermChanged {
    Term term = 0, previous = 0;
    NodeId messageFrom = kNone;  // whose message carried it
};
struct VoteCast {
    NodeId candidate = kNone;
    Term term = 0;  // asked for
    bool preVote = false;
    VoteResult result = VoteResult::granted;
    Term candidateLastTerm = 0, ownLastTerm = 0;
    Index candidateLastIndex = 0, ownLastIndex = 0;
    NodeId votedFor = kNone;
};
struct VoteTally {
    Term term = 0;
    bool preVote = false;
    NodeId from = kNone;  // whose answer was counted just now
    bool granted = false;
    std::size_t needed = 0;
    VoteOutcome outcome = VoteOutcome::pending;
};
struct ElectionTimeoutDrawn {
    int ticks = 0;
};
// A sign of life: the same draw starts again.
struct ElectionTimerReset {};
struct LogAppended {
    Index first = 0, last = 0;
    Term lastTerm = 0;
};
struct LogTruncated {
    Index first = 0, last = 0;  // removed
    Term firstTerm = 0;
};
struct LogCompacted {
    Index first = 0;  // now
};
struct CommitAdvanced {
    Index index = 0;
    Term term = 0;  // of the entry there
};
struct ProgressChanged {
    NodeId peer = kNone;
    ProgressState state{};
    bool paused = false;
    Index match = 0, next = 0;
    std::uint64_t inFlight = 0;
    friend bool operator==(const ProgressChanged&, const ProgressChanged&) = default;
};
// Applied; read the configuration from RawNode.
struct ConfigurationChanged {};
struct SnapshotRestored {
    Index index = 0;
    Term term = 0;
};
// The message had no effect.
struct MessageIgnored {
    NodeId from = kNone;
    Term term = 0;
    IgnoreReason reason = IgnoreReason::oldTerm;
};
struct ProposalDropped {
    ProposalDropReason reason = ProposalDropReason::noLeader;
};
struct TransferStarted {
    NodeId target = kNone;
};
struct TransferAborted {
    NodeId target = kNone;
};
struct ReadIndexConfirmed {
    Index index = 0;
    NodeId requester = kNone;
};

}  // namespace trace

using TraceEvent =
    std::variant<trace::RoleChanged, trace::TermChanged, trace::VoteCast, trace::VoteTally, trace::ElectionTimeoutDrawn,
                 trace::ElectionTimerReset, trace::LogAppended, trace::LogTruncated, trace::LogCompacted,
                 trace::CommitAdvanced, trace::ProgressChanged, trace::ConfigurationChanged, trace::SnapshotRestored,
                 trace::MessageIgnored, trace::ProposalDropped, trace::TransferStarted, trace::TransferAborted,
                 trace::ReadIndexConfirmed>;

}  // namespace raftarium::raft
