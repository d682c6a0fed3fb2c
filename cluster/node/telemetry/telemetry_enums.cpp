// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_enums.h"

namespace raftarium::node {

telemetry::RoleCause valueOf(raft::RoleCause cause) {
    switch (cause) {
        case raft::RoleCause::electionTimeout:
            return telemetry::RoleCause::electionTimeout;
        case raft::RoleCause::preVoteWon:
            return telemetry::RoleCause::preVoteWon;
        case raft::RoleCause::voteWon:
            return telemetry::RoleCause::voteWon;
        case raft::RoleCause::voteLost:
            return telemetry::RoleCause::voteLost;
        case raft::RoleCause::higherTerm:
            return telemetry::RoleCause::higherTerm;
        case raft::RoleCause::leaderSeen:
            return telemetry::RoleCause::leaderSeen;
        case raft::RoleCause::quorumLost:
            return telemetry::RoleCause::quorumLost;
        case raft::RoleCause::removed:
            return telemetry::RoleCause::removed;
        case raft::RoleCause::transfer:
            return telemetry::RoleCause::transfer;
        case raft::RoleCause::campaignAsked:
            return telemetry::RoleCause::campaignAsked;
        case raft::RoleCause::forgotLeader:
            return telemetry::RoleCause::forgotLeader;
        case raft::RoleCause::none:
            break;
    }
    return telemetry::RoleCause::unknown;
}

telemetry::VoteResult valueOf(raft::VoteResult result) {
    switch (result) {
        case raft::VoteResult::granted:
            return telemetry::VoteResult::granted;
        case raft::VoteResult::alreadyVoted:
            return telemetry::VoteResult::alreadyVoted;
        case raft::VoteResult::logBehind:
            return telemetry::VoteResult::logBehind;
        case raft::VoteResult::leaderKnown:
            return telemetry::VoteResult::leaderKnown;
        case raft::VoteResult::leaderLease:
            return telemetry::VoteResult::leaderLease;
        case raft::VoteResult::oldTerm:
            break;
    }
    return telemetry::VoteResult::oldTerm;
}

telemetry::TallyResult valueOf(raft::VoteOutcome outcome) {
    switch (outcome) {
        case raft::VoteOutcome::won:
            return telemetry::TallyResult::won;
        case raft::VoteOutcome::lost:
            return telemetry::TallyResult::lost;
        case raft::VoteOutcome::pending:
            break;
    }
    return telemetry::TallyResult::pending;
}

telemetry::ProgressState valueOf(raft::ProgressState state) {
    switch (state) {
        case raft::ProgressState::replicate:
            return telemetry::ProgressState::replicate;
        case raft::ProgressState::snapshot:
            return telemetry::ProgressState::snapshot;
        case raft::ProgressState::probe:
            break;
    }
    return telemetry::ProgressState::probe;
}

telemetry::WatcherGroup valueOf(mvcc::WatcherGroup group) {
    switch (group) {
        case mvcc::WatcherGroup::synced:
            return telemetry::WatcherGroup::synced;
        case mvcc::WatcherGroup::unsynced:
            return telemetry::WatcherGroup::unsynced;
        case mvcc::WatcherGroup::victim:
            return telemetry::WatcherGroup::victim;
        case mvcc::WatcherGroup::none:
            break;
    }
    return telemetry::WatcherGroup::none;
}

telemetry::WatcherCause valueOf(mvcc::WatcherCause cause) {
    switch (cause) {
        case mvcc::WatcherCause::created:
            return telemetry::WatcherCause::created;
        case mvcc::WatcherCause::caughtUp:
            return telemetry::WatcherCause::caughtUp;
        case mvcc::WatcherCause::queueFull:
            return telemetry::WatcherCause::queueFull;
        case mvcc::WatcherCause::queueHasRoom:
            return telemetry::WatcherCause::queueHasRoom;
        case mvcc::WatcherCause::cancelledByClient:
            return telemetry::WatcherCause::cancelledByClient;
        case mvcc::WatcherCause::revisionCompacted:
            return telemetry::WatcherCause::revisionCompacted;
        case mvcc::WatcherCause::storeReplaced:
            return telemetry::WatcherCause::storeReplaced;
    }
    return telemetry::WatcherCause::unknown;
}

telemetry::AlarmType valueOf(mvcc::AlarmType type) {
    switch (type) {
        case mvcc::AlarmType::noSpace:
            return telemetry::AlarmType::noSpace;
        case mvcc::AlarmType::corrupt:
            return telemetry::AlarmType::corrupt;
        case mvcc::AlarmType::none:
            break;
    }
    return telemetry::AlarmType::none;
}

telemetry::Rule ruleOf(raft::IgnoreReason reason) {
    switch (reason) {
        case raft::IgnoreReason::oldTerm:
            return telemetry::Rule::oldTermIgnored;
        case raft::IgnoreReason::unknownPeer:
            return telemetry::Rule::unknownSenderIgnored;
        case raft::IgnoreReason::staleAnswer:
            return telemetry::Rule::staleAnswerIgnored;
        default:
            return telemetry::Rule::unknown;
    }
}

}  // namespace raftarium::node
