// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Campaigns and the counting of votes (paper 5.2; pre-vote: thesis 9.6).
#include "cluster/raft/raft.h"

#include <algorithm>

namespace raftarium::raft {

namespace {

// How much of the log is looked at in one piece.
constexpr std::uint64_t kScanBytes = 1 << 20;

}  // namespace

void Raft::hup(CampaignKind kind, RoleCause cause) {
    if (m_role == Role::leader) return;
    Message ignored;
    ignored.from = id();
    if (!promotable() || hasUnappliedConfChange()) {
        traceIgnored(ignored, IgnoreReason::notPossible);
        return;
    }
    startCampaign(kind, cause);
}

// A member must not campaign by a configuration that a committed entry has already replaced.
bool Raft::hasUnappliedConfChange() const {
    Index low = m_log.applied() + 1;
    const Index high = m_log.committed() + 1;
    while (low < high) {
        const auto page = m_log.slice(low, high, kScanBytes);
        const auto* entries = std::get_if<std::vector<Entry>>(&page);
        if (!entries || entries->empty()) return false;
        for (const Entry& entry : *entries) {
            if (entry.type != EntryType::normal) return true;
        }
        low += entries->size();
    }
    return false;
}

void Raft::startCampaign(CampaignKind kind, RoleCause cause) {
    const bool preVote = kind == CampaignKind::preElection;
    if (preVote) {
        becomePreCandidate(cause);
    } else {
        becomeCandidate(cause);
    }
    const Term term = preVote ? m_term + 1 : m_term;
    const EntryId last = m_log.lastEntry();
    for (const NodeId voter : m_tracker.configuration.voters.all()) {
        Message message;
        message.to = voter;
        message.term = term;
        if (voter == id()) {
            // The own vote counts once it is stable.
            message.type = preVote ? MessageType::preVoteResp : MessageType::voteResp;
            Message own;
            own.type = preVote ? MessageType::preVote : MessageType::vote;
            own.from = id();
            own.term = term;
            own.index = last.index;
            own.logTerm = last.term;
            traceVote(own, VoteResult::granted);
        } else {
            message.type = preVote ? MessageType::preVote : MessageType::vote;
            message.index = last.index;
            message.logTerm = last.term;
            if (kind == CampaignKind::transfer) message.context = base::Bytes::copyOf(kTransferContext);
        }
        send(std::move(message));
    }
}

StepError Raft::stepCandidate(Message& message) {
    const MessageType expected = m_role == Role::preCandidate ? MessageType::preVoteResp : MessageType::voteResp;
    switch (message.type) {
        case MessageType::prop:
            return dropProposal(ProposalDropReason::noLeader);
        case MessageType::app:
            becomeFollower(message.term, message.from, RoleCause::leaderSeen);
            handleAppend(message);
            break;
        case MessageType::heartbeat:
            becomeFollower(message.term, message.from, RoleCause::leaderSeen);
            return handleHeartbeat(message);
        case MessageType::snap:
            becomeFollower(message.term, message.from, RoleCause::leaderSeen);
            handleSnapshot(message);
            break;
        case MessageType::preVoteResp:
        case MessageType::voteResp:
            if (message.type == expected) countVote(message);
            break;
        case MessageType::timeoutNow:
            traceIgnored(message, IgnoreReason::notPossible);
            break;
        default:
            break;
    }
    return StepError::none;
}

void Raft::countVote(const Message& message) {
    m_tracker.recordVote(message.from, !message.reject);
    const VoteCount count = m_tracker.countVotes();
    const bool preVote = m_role == Role::preCandidate;
    addTrace(trace::VoteTally{preVote ? m_term + 1 : m_term, preVote, message.from, !message.reject,
                              majorityOf(m_tracker.configuration.voters.incoming.size()), count.outcome});
    if (count.outcome == VoteOutcome::won) {
        if (preVote) {
            startCampaign(CampaignKind::election, RoleCause::preVoteWon);
        } else {
            becomeLeader();
            broadcastAppend();
        }
    } else if (count.outcome == VoteOutcome::lost) {
        // The term may be higher than the refusers'; only a newer one would reset it.
        becomeFollower(m_term, kNone, RoleCause::voteLost);
    }
}

}  // namespace raftarium::raft
