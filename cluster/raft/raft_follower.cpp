// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a follower does with its leader's messages (paper 5.3, 7) and with requests that belong to the leader.
#include "cluster/base/check.h"
#include "cluster/raft/raft.h"

#include <algorithm>

namespace raftarium::raft {

void Raft::leaderSeen(NodeId lead) {
    m_electionElapsedTicks = 0;
    addTrace(trace::ElectionTimerReset{});
    if (m_lead != lead) {
        m_lead = lead;
        traceRole(RoleCause::leaderSeen);
    }
}

StepError Raft::stepFollower(Message& message) {
    switch (message.type) {
        case MessageType::prop:
            if (m_lead == kNone) return dropProposal(ProposalDropReason::noLeader);
            if (m_config.disableProposalForwarding) return dropProposal(ProposalDropReason::forwardingOff);
            message.to = m_lead;
            // It came with its sender's term, if with any; it goes on without.
            message.term = 0;
            send(std::move(message));
            break;
        case MessageType::app:
            leaderSeen(message.from);
            handleAppend(message);
            break;
        case MessageType::heartbeat:
            leaderSeen(message.from);
            return handleHeartbeat(message);
        case MessageType::snap:
            leaderSeen(message.from);
            handleSnapshot(message);
            break;
        case MessageType::transferLeader:
        case MessageType::readIndex:
            if (m_lead == kNone) {
                traceIgnored(message, IgnoreReason::noLeader);
                break;
            }
            message.to = m_lead;
            // It came with its sender's term, if with any; it goes on with this member's.
            message.term = 0;
            send(std::move(message));
            break;
        case MessageType::forgetLeader:
            forgetLeader();
            break;
        case MessageType::timeoutNow:
            // Straight to the election: it is known that the leader steps aside.
            hup(CampaignKind::transfer, RoleCause::transfer);
            break;
        case MessageType::readIndexResp:
            if (message.entries.size() == 1) {
                m_readStates.push_back({message.index, std::move(message.entries.front().data)});
            }
            break;
        default:
            break;
    }
    return StepError::none;
}

void Raft::forgetLeader() {
    Message ignored;
    ignored.from = id();
    if (m_config.readOnly == ReadOnlyOption::leaseBased) {
        // The leader may be answering reads on the strength of this member's lease.
        traceIgnored(ignored, IgnoreReason::notPossible);
        return;
    }
    if (m_lead == kNone) return;
    m_lead = kNone;
    traceRole(RoleCause::forgotLeader);
}

void Raft::handleAppend(Message& message) {
    Message answer;
    answer.type = MessageType::appResp;
    answer.to = message.from;
    const EntryId previous{message.logTerm, message.index};
    if (previous.index < m_log.committed()) {
        answer.index = m_log.committed();
        send(std::move(answer));
        return;
    }
    if (const auto last = m_log.maybeAppend(previous, message.commit, std::move(message.entries))) {
        answer.index = *last;
        send(std::move(answer));
        return;
    }
    // Where the logs may still agree: no later than our last entry of a term the leader's log can have had there.
    const EntryId hint = m_log.findConflictByTerm(std::min(previous.index, m_log.lastIndex()), previous.term);
    answer.index = previous.index;
    answer.reject = true;
    answer.rejectHint = hint.index;
    answer.logTerm = hint.term;
    send(std::move(answer));
}

StepError Raft::handleHeartbeat(Message& message) {
    // A leader tells no more than what this member acknowledged as stored. The log was lost since.
    if (message.commit > m_log.lastIndex()) {
        traceIgnored(message, IgnoreReason::logLost);
        return StepError::logLost;
    }
    m_log.commitTo(message.commit);
    Message answer;
    answer.type = MessageType::heartbeatResp;
    answer.to = message.from;
    answer.context = std::move(message.context);
    send(std::move(answer));
    return StepError::none;
}

void Raft::handleSnapshot(const Message& message) {
    Message answer;
    answer.type = MessageType::appResp;
    answer.to = message.from;
    answer.index = message.snapshot && restore(message.snapshot) ? m_log.lastIndex() : m_log.committed();
    send(std::move(answer));
}

// True if the log was replaced by the snapshot.
bool Raft::restore(const std::shared_ptr<const Snapshot>& snapshot) {
    const SnapshotMetadata& metadata = snapshot->metadata;
    Message ignored;
    ignored.from = m_messageFrom;
    ignored.term = m_term;
    if (metadata.index <= m_log.committed()) {
        traceIgnored(ignored, IgnoreReason::snapshotNotNeeded);
        return false;
    }
    RAFTARIUM_CHECK(m_role == Role::follower);
    const ConfState& state = metadata.confState;
    const auto holds = [this](const std::vector<NodeId>& ids) {
        return std::find(ids.begin(), ids.end(), id()) != ids.end();
    };
    if (!holds(state.voters) && !holds(state.learners) && !holds(state.votersOutgoing)) {
        traceIgnored(ignored, IgnoreReason::notInConfiguration);
        return false;
    }
    if (m_log.matches({metadata.term, metadata.index})) {
        // The log has all of it: only the commit index is news.
        m_log.commitTo(metadata.index);
        return false;
    }
    ChangeResult restored = ConfChanger(m_tracker, metadata.index).restore(state);
    if (!std::holds_alternative<NextConfiguration>(restored)) {
        traceIgnored(ignored, IgnoreReason::malformed);
        return false;
    }
    m_log.restore(snapshot);
    m_tracedFirstIndex = m_log.firstIndex();
    switchTo(std::move(std::get<NextConfiguration>(restored)));
    return true;
}

}  // namespace raftarium::raft
