// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The leader's side: proposals, reads, leadership checks and transfers. Replication is in raft_replication.cpp.
#include "cluster/raft/mutant.h"
#include "cluster/raft/raft.h"

namespace raftarium::raft {

StepError Raft::stepLeader(Message& message) {
    switch (message.type) {
        case MessageType::beat:
            broadcastHeartbeat();
            return StepError::none;
        case MessageType::checkQuorum:
            checkQuorum();
            return StepError::none;
        case MessageType::prop:
            return handleProposal(message);
        case MessageType::readIndex:
            handleReadIndex(message);
            return StepError::none;
        case MessageType::forgetLeader:
            return StepError::none;
        default:
            break;
    }
    Progress* progress = m_tracker.peers.find(message.from);
    if (!progress) {
        traceIgnored(message, IgnoreReason::unknownPeer);
        return StepError::none;
    }
    const NodeId peer = message.from;
    stepLeaderWithPeer(message, *progress);
    // Sending may have changed it once more; it can be gone with the leadership.
    if (m_role == Role::leader) {
        if (Progress* now = m_tracker.peers.find(peer)) traceProgress(peer, *now);
    }
    return StepError::none;
}

void Raft::stepLeaderWithPeer(Message& message, Progress& progress) {
    switch (message.type) {
        case MessageType::appResp:
            handleAppendResp(message, progress);
            break;
        case MessageType::heartbeatResp:
            handleHeartbeatResp(message, progress);
            break;
        case MessageType::snapStatus:
            handleSnapStatus(message, progress);
            break;
        case MessageType::unreachable:
            // What was streamed optimistically is probably lost.
            if (progress.state == ProgressState::replicate) progress.becomeProbe();
            break;
        case MessageType::transferLeader:
            handleTransfer(message, progress);
            break;
        default:
            break;
    }
}

StepError Raft::handleProposal(Message& message) {
    if (message.entries.empty()) return StepError::malformed;
    // Removed from the configuration while leading: nothing new.
    if (!m_tracker.peers.find(id())) return dropProposal(ProposalDropReason::notInConfiguration);
    if (m_transferee != kNone) return dropProposal(ProposalDropReason::transferInProgress);
    Index index = m_log.lastIndex();
    for (Entry& entry : message.entries) {
        ++index;
        if (entry.type != EntryType::normal) checkProposedChange(entry, index);
    }
    if (!appendEntries(std::move(message.entries))) return dropProposal(ProposalDropReason::tooMuchUncommitted);
    broadcastAppend();
    return StepError::none;
}

// A refused change is replaced by an empty entry, so that the proposer still sees an answer in the log.
void Raft::checkProposedChange(Entry& entry, Index index) {
    std::optional<ConfChangeV2> change;
    if (entry.type == EntryType::confChangeV2) {
        change = decodeConfChangeV2(entry.data.view());
    } else if (const auto single = decodeConfChange(entry.data.view())) {
        change = asV2(*single);
    }
    if (!change) {
        entry = Entry{};  // a later member could not read it either
        return;
    }
    const bool pending = m_pendingConfIndex > m_log.applied();
    const bool joint = m_tracker.configuration.voters.isJoint();
    const bool leaves = change->changes.empty();
    // Every member would have to refuse it when it is committed; what is pending may yet allow it, but comes first.
    const bool refused = pending || joint != leaves || !confChangeFault(*change).empty();
    if (refused && !m_config.disableConfChangeValidation) {
        entry = Entry{};
    } else {
        m_pendingConfIndex = index;
    }
}

void Raft::checkQuorum() {
    if (!m_tracker.quorumActive()) becomeFollower(m_term, kNone, RoleCause::quorumLost);
    for (Peered& peer : m_tracker.peers) {
        if (peer.id != id()) peer.progress.recentActive = false;
    }
}

void Raft::handleReadIndex(Message& message) {
    if (message.entries.empty()) return traceIgnored(message, IgnoreReason::malformed);
    // Before that, the commit index may lag behind what the last leader told its clients (thesis 6.4). So it may for a
    // single voter that restarted: the commit index is not synced.
    if (!hasCommittedInTerm() && !mutated(Mutant::staleReadIndex)) {
        m_heldReads.push_back(std::move(message));
        return;
    }
    startRead(std::move(message));
}

void Raft::startRead(Message request) {
    const bool trusted = m_config.readOnly == ReadOnlyOption::leaseBased || mutated(Mutant::readWithoutQuorum);
    // Alone it needs nobody's word. (A removed leader with one voter left does: that voter may lead already.)
    const bool alone = m_tracker.isSingleton() && m_tracker.configuration.voters.contains(id());
    if (trusted || alone) {
        answerRead(std::move(request), m_log.committed());
        return;
    }
    const base::Bytes context = m_reads.add(std::move(request), m_log.committed());
    m_reads.confirm(id(), context.view());
    broadcastHeartbeatWith(context);
}

void Raft::answerRead(Message request, Index index) {
    addTrace(trace::ReadIndexConfirmed{index, request.from});
    if (request.from == kNone || request.from == id()) {
        m_readStates.push_back({index, std::move(request.entries.front().data)});
        return;
    }
    Message answer;
    answer.type = MessageType::readIndexResp;
    answer.to = request.from;
    answer.index = index;
    answer.entries = std::move(request.entries);
    send(std::move(answer));
}

void Raft::releaseHeldReads() {
    if (m_heldReads.empty() || !hasCommittedInTerm()) return;
    std::vector<Message> held = std::move(m_heldReads);
    m_heldReads.clear();
    for (Message& request : held) startRead(std::move(request));
}

void Raft::handleHeartbeatResp(const Message& message, Progress& progress) {
    progress.recentActive = true;
    progress.flowPaused = false;
    // Also with a full window: an empty append then finds out what was lost.
    if (progress.match < m_log.lastIndex() || progress.state == ProgressState::probe) sendAppend(message.from);
    if (m_config.readOnly != ReadOnlyOption::safe || message.context.empty()) return;
    const VoterSet* confirmed = m_reads.confirm(message.from, message.context.view());
    if (!confirmed) return;
    const auto answer = [confirmed](NodeId peer) { return containsId(*confirmed, peer) ? 1 : 0; };
    if (m_tracker.configuration.voters.vote(answer) != VoteOutcome::won) return;
    for (PendingRead& read : m_reads.release(message.context.view())) answerRead(std::move(read.request), read.index);
}

void Raft::handleSnapStatus(const Message& message, Progress& progress) {
    if (progress.state != ProgressState::snapshot) return;
    // After a failure the snapshot's index is no place to go on from.
    if (message.reject) progress.pendingSnapshot = 0;
    progress.becomeProbe();
    // The follower's own answer, or else the next heartbeat's, starts the appends.
    progress.flowPaused = true;
}

void Raft::handleTransfer(const Message& message, const Progress& progress) {
    const NodeId target = message.from;
    if (progress.learner) {
        traceIgnored(message, IgnoreReason::notPossible);
        return;
    }
    if (m_transferee == target) return;
    if (m_transferee != kNone) abortTransfer();
    if (target == id()) return;
    // It has one election timeout to finish.
    m_electionElapsedTicks = 0;
    m_transferee = target;
    addTrace(trace::TransferStarted{target});
    if (progress.match == m_log.lastIndex()) {
        sendTimeoutNow(target);
    } else {
        sendAppend(target);
    }
}

void Raft::abortTransfer() {
    if (m_transferee == kNone) return;
    addTrace(trace::TransferAborted{m_transferee});
    m_transferee = kNone;
}

void Raft::broadcastHeartbeat() { broadcastHeartbeatWith(m_reads.lastContext()); }

void Raft::broadcastHeartbeatWith(const base::Bytes& context) {
    for (Peered& peer : m_tracker.peers) {
        if (peer.id == id()) continue;
        Message message;
        message.type = MessageType::heartbeat;
        message.to = peer.id;
        // No further than what is known to be in the follower's log: it may have lost the rest, or hold other entries.
        message.commit = std::min(peer.progress.match, m_log.committed());
        message.context = context;
        peer.progress.sentCommit = message.commit;
        send(std::move(message));
    }
}

}  // namespace raftarium::raft
