// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the core did, as data: the source of telemetry. Collected in Ready::trace in the order it happened; costs a few
// words each, no strings, no allocation beyond the vector.
#pragma once

#include "cluster/raft/types.h"

#include <cstdint>
#include <vector>

namespace raftarium::raft {

enum class TraceKind : std::uint8_t {
    roleChanged,  // role, term, peer = leader now known (kNone if none), cause
    termChanged,  // term; previous in other; peer = whose message carried it
    voteCast,     // peer = candidate, term = asked for, flag = pre-vote, cause = a VoteResult; index/other =
                  // candidate's last index/term; ownIndex/ownTerm; votedFor
    voteTally,  // term, flag = pre-vote, index = granted, other = refused, ownIndex = needed, cause = 0 pending 1 lost
                // 2 won; peer = whose answer was counted just now, votedFor = the own id if it was a grant, else kNone
    electionTimeoutDrawn,  // index = ticks drawn
    electionTimerReset,    // a sign of life: the same draw starts again
    logAppended,           // index = first, other = last, term = of the last
    logTruncated,          // index = first removed, other = last removed, term = of the first removed
    logCompacted,          // index = new first index
    commitAdvanced,        // index, term of the entry there
    progressChanged,       // peer; state in cause (0 probe, 1 replicate, 2 snapshot), index = match, other = next,
                           // ownIndex = in flight, flag = paused
    configurationChanged,  // applied; read the configuration from RawNode
    snapshotRestored,      // index, term
    messageIgnored,        // peer, cause = IgnoreReason, term; the message had no effect
    proposalDropped,       // cause = a ProposalDropReason
    transferStarted,       // peer = target
    transferAborted,       // peer
    readIndexConfirmed,    // index
};

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

// The same numbers as VoteRefusal in telemetry.proto.
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

struct TraceEvent {
    TraceKind kind;
    Role role = Role::follower;
    std::uint8_t cause = 0;
    bool flag = false;
    NodeId peer = kNone;
    Term term = 0;
    Index index = 0;
    std::uint64_t other = 0;
    Index ownIndex = 0;
    Term ownTerm = 0;
    NodeId votedFor = kNone;
};

}  // namespace raftarium::raft
