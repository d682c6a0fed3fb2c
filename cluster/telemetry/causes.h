// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Every phase and every reason that an event can name. The numbers stand in telemetry.proto too (and in trace.proto for
// what the supervisor sees); the codec checks that they agree.
#pragma once

#include <cstdint>

namespace raftarium::telemetry {

enum class Role : std::uint8_t { follower, candidate, leader, preCandidate, learner };

// Why a member took its role, or learned of another leader.
enum class RoleCause : std::uint8_t {
    unknown,
    electionTimeout,
    preVoteWon,
    voteWon,
    voteLost,
    higherTerm,  // in a message
    leaderSeen,  // an append, heartbeat or snapshot of the leader of this term
    quorumLost,  // CheckQuorum: no contact with a majority for an election timeout
    removed,
    transfer,  // the leader told this member to campaign at once
    campaignAsked,
    forgotLeader,
};

enum class VoteResult : std::uint8_t { granted, alreadyVoted, logBehind, leaderKnown, leaderLease, oldTerm };
enum class TallyResult : std::uint8_t { pending, lost, won };
enum class DropReason : std::uint8_t { unknown, linkCut, loss, unreachable, queueFull, byHand, stepRefused };
enum class ProgressState : std::uint8_t { probe, replicate, snapshot };
enum class SnapshotPhase : std::uint8_t { created, sending, sent, failed, receiving, installed };

// A victim's batch of events waits because its client reads too slowly.
enum class WatcherGroup : std::uint8_t { none, synced, unsynced, victim };
enum class WatcherCause : std::uint8_t {
    unknown,
    created,
    caughtUp,
    queueFull,
    queueHasRoom,
    cancelledByClient,
    revisionCompacted,  // the revision that it needs next
    storeReplaced,      // by a snapshot
};

enum class LeaseChange : std::uint8_t { granted, renewed, revoked, expired, checkpoint, deadlineMoved };
// Why the remaining time is what it is now.
enum class LeaseCause : std::uint8_t {
    unknown,
    grant,
    keepAlive,
    newLeader,     // a new leader counts from the granted time, or from the last checkpoint
    checkpoint,    // the leader noted the remaining time in the log
    expirySpread,  // moved so that not too many leases end at once
};

enum class AlarmType : std::uint8_t { none, noSpace, corrupt };
enum class RequestPhase : std::uint8_t { received, proposed, forwarded, answered, failed };
enum class LifecyclePhase : std::uint8_t { started, ready, stopping, removed, restarted };
enum class ProcessState : std::uint8_t { stopped, starting, running, paused };
enum class ActionOutcome : std::uint8_t { done, failed };

// A rule of the protocol that decided something, for the code window and the lessons. Beside each: its values.
enum class Rule : std::uint8_t {
    unknown,
    higherTermStepsDown,   // own term, term seen
    oneVotePerTerm,        // term, voted for
    logUpToDate,           // candidate's last term and index, own last term and index
    leaderLease,           // term asked for: a leader was heard from within the election timeout
    logMatching,           // index, term: the entry before an append must be there
    conflictTruncated,     // first index removed, its term, the term that replaces it
    commitOwnTermOnly,     // index, its term, own term: only an entry of the own term is committed by counting
    majorityCommits,       // index, members that have it, needed
    checkQuorum,           // members heard from, needed
    readIndexConfirmed,    // index
    oldTermIgnored,        // sender, term of the message
    unknownSenderIgnored,  // sender, term of the message
    staleAnswerIgnored,    // sender, term of the message
    transferStarted,       // target
    transferAborted,       // target
    proposalDropped,       // number of raft::ProposalDropReason
};

}  // namespace raftarium::telemetry
