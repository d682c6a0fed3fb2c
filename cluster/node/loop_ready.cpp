// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the core wants done: messages out, log writes handed over, committed entries applied.

#include "cluster/base/coding.h"
#include "cluster/node/loop.h"

#include <algorithm>
#include <iterator>

namespace raftarium::node {
namespace {

// More work may wait after this many rounds; the inbox gets its turn first.
constexpr int kReadyRoundsPerStep = 64;

}  // namespace

void Loop::processReady() {
    for (int round = 0; round < kReadyRoundsPerStep && !m_failed && m_raft.hasReady(); ++round) {
        raft::Ready ready = m_raft.ready();
        if (!ready.trace.empty()) emitTrace(ready.trace);
        if (m_listening && !ready.entries.empty()) emit(EntriesAppended{ready.entries});
        if (!ready.hardState.empty()) m_hardState = ready.hardState;
        if (ready.softState) onSoftState(*ready.softState);
        for (const raft::ReadState& state : ready.readStates) m_reads.confirmed(state.index, state.context);

        std::vector<raft::Message> remote;
        std::vector<raft::Message> applies;
        std::vector<raft::Message> votes;
        raft::Message* append = nullptr;
        remote.reserve(ready.messages.size());
        for (raft::Message& message : ready.messages) {
            if (message.to == raft::kLocalAppendThread)
                append = &message;
            else if (message.to == raft::kLocalApplyThread)
                applies.push_back(std::move(message));
            else if (message.type == raft::MessageType::vote)
                votes.push_back(std::move(message));
            else
                remote.push_back(std::move(message));
        }
        // A candidate asks for votes only once its term is on disk, as etcd does: enough others could elect it before,
        // and after a crash it would lead the same term a second time, with another log.
        auto& waiting = append ? append->responses : remote;
        std::move(votes.begin(), votes.end(), std::back_inserter(waiting));
        if (append) handleAppend(*append, ready.mustSync);
        send(remote);
        for (raft::Message& message : applies) applyCommitted(message);
        m_reads.complete(m_applied);
    }
    const std::vector<raft::TraceEvent> trace = m_raft.takeTrace();
    if (!trace.empty()) emitTrace(trace);
    flushOutgoing();
    // A round of reads that was just confirmed lets the next one go at once.
    driveReads();
    if (m_raft.hasReady() && !m_failed) m_parts.inbox->call([] {});
}

void Loop::handleAppend(raft::Message& message, bool mustSync) {
    LogWrite write;
    write.state.term = message.term;
    write.state.vote = message.vote;
    write.state.commit = message.commit;
    write.sync = mustSync;
    if (message.snapshot && !message.snapshot->empty()) {
        write.received = message.snapshot;
        write.sync = true;
        m_start.log->applySnapshot(message.snapshot);
    }
    // The memory copy is ahead of the disk; the core counts an entry as durable only after the response.
    if (!message.entries.empty()) m_start.log->append(message.entries);
    if (!write.state.empty()) m_start.log->setHardState(write.state);
    write.entries = std::move(message.entries);
    write.responses = std::move(message.responses);
    m_parts.logWriter->submit(std::move(write));
}

void Loop::handleLogDone(LogDone& done) {
    if (!done.status) {
        fail(done.status.error());
        return;
    }
    for (const SnapshotPtr& snapshot : done.received) installSnapshot(snapshot);
    if (m_failed) return;
    if (done.entries > 0) m_durable = done.lastIndex;
    if (m_listening && done.synced) {
        emit(WalSynced{m_durable, m_raft.logTerm(m_durable), done.written.bytes, done.entries, done.durationNs,
                       done.written.segment, done.written.offset});
    }
    std::vector<raft::Message> remote;
    for (raft::Message& response : done.responses) {
        if (response.to == m_start.nodeId)
            stepLocal(std::move(response));
        else
            remote.push_back(std::move(response));
    }
    send(remote);
    for (const SnapshotPtr& snapshot : done.checkpoints) finishCheckpoint(snapshot);
}

void Loop::stepLocal(raft::Message message) { static_cast<void>(m_raft.step(std::move(message))); }

void Loop::onSoftState(const raft::SoftState& state) {
    const raft::SoftState before = m_status.softState;
    m_status.softState = state;
    if (before.lead != state.lead) {
        if (state.lead == 0) {
            m_leaderLostAtNs = m_now;
            m_log.info("lost the leader {} at term {}", base::hexId(before.lead), m_raft.status().hardState.term);
        } else {
            m_leaderElectedAtNs = m_now;
            m_log.info("leader is {} at term {}", base::hexId(state.lead), m_raft.status().hardState.term);
        }
        m_reads.leaderChanged(state.lead);
    }
    if (state.role != raft::Role::leader && m_leasesPromoted) {
        m_leasesPromoted = false;
        m_revoking.clear();
        const ReaderGate::Exclusive gate(*m_parts.gate);
        m_store.demoteLeases();
    }
    if (state.role != raft::Role::leader) m_versionProposed = false;
    if (state.lead != 0) retryWaiting();
}

void Loop::stepReceived(GatedMessage& message) {
    // A leader that is removed goes on for its last second: the others may not know yet what is committed.
    if (m_removed && !isLeader()) return;
    if (m_listening) {
        MessageEvent event;
        event.kind = MessageEvent::Kind::received;
        event.atReceiver = true;
        event.message = describeMessage(message.message, message.id);
        emit(std::move(event));
    }
    if (message.message.type == raft::MessageType::prop && !m_raft.takesProposals()) {
        m_heldForwards.emplace_back(m_now + m_requestTimeoutNs, std::move(message.message));
        return;
    }
    MessageInfo info;
    if (m_listening) info = describeMessage(message.message, message.id);
    if (m_raft.step(std::move(message.message)) == raft::StepError::none || !m_listening) return;
    MessageEvent refused;
    refused.kind = MessageEvent::Kind::dropped;
    refused.reason = DropReason::stepRefused;
    refused.atReceiver = true;
    refused.message = info;
    emit(std::move(refused));
}

void Loop::send(std::vector<raft::Message>& messages) {
    for (raft::Message& message : messages) {
        if (message.to == 0 || message.to == m_start.nodeId) continue;
        if (message.type == raft::MessageType::snap) {
            sendSnapshot(std::move(message));
            continue;
        }
        const MessageId id{m_start.nodeId, m_start.incarnation, ++m_messageCounter};
        if (m_listening) {
            MessageEvent event;
            event.kind = MessageEvent::Kind::sent;
            event.message = describeMessage(message, id);
            emit(std::move(event));
        }
        if (!m_faults.active()) {
            m_outgoing.push_back({std::move(message), id.counter});
            continue;
        }
        m_gated.clear();
        m_faults.filter({std::move(message), id}, m_now, m_gated, m_gateEvents);
        emitMessages(m_gateEvents);
        for (GatedMessage& one : m_gated) m_outgoing.push_back({std::move(one.message), one.id.counter});
    }
    flushOutgoing();
}

void Loop::flushOutgoing() {
    if (m_outgoing.empty()) return;
    m_transport.send(m_outgoing);
    m_outgoing.clear();
}

void Loop::peerUnreachable(std::uint64_t peer) { m_raft.reportUnreachable(peer); }

}  // namespace raftarium::node
