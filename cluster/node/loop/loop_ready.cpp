// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the core wants done: messages out, log writes handed over, committed entries applied.

#include "cluster/base/coding.h"
#include "cluster/node/loop/loop.h"
#include "cluster/node/telemetry/telemetry_values.h"

#include <algorithm>
#include <iterator>

namespace raftarium::node {
namespace {

// After this many rounds the inbox gets its turn, even if more work waits.
constexpr int kReadyRoundsPerStep = 64;

bool isAcknowledgement(const raft::Message& message) {
    return message.type == raft::MessageType::appResp && !message.reject;
}

// Of several acknowledgements to one leader that go out together only the last is needed: it confirms the log up to its
// index, and with it everything that the earlier ones confirm.
void keepLastAcknowledgement(std::vector<raft::Message>& messages) {
    const raft::Message* last = nullptr;
    for (auto it = messages.rbegin(); it != messages.rend(); ++it) {
        if (!isAcknowledgement(*it)) continue;
        if (last != nullptr && last->to == it->to && last->term == it->term && last->index >= it->index)
            it->to = raft::kNone;
        else
            last = &*it;
    }
    std::erase_if(messages, [](const raft::Message& message) { return message.to == raft::kNone; });
}

}  // namespace

void Loop::askForReads() {
    if (m_reads.idle()) return;
    // The core knows a new leader before the node does, and the request goes to that one.
    const std::uint64_t leader = m_raft.status().softState.lead;
    const base::Bytes context = m_reads.poll(m_now, leader, m_ticker.readRetryNs(), m_parts.nextRequestId);
    if (!context.isNull()) m_raft.readIndex(context);
}

void Loop::processReady() {
    for (int round = 0; round < kReadyRoundsPerStep && !m_failed && m_raft.hasReady(); ++round) {
        raft::Ready ready = m_raft.ready();
        if (!ready.trace.empty()) emitTrace(ready.trace);
        if (listening()) m_telemetry.addEntries(ready.entries, m_parts.clock->monotonicNow());
        if (ready.softState) onSoftState(*ready.softState);
        for (const raft::ReadState& state : ready.readStates) m_reads.confirmed(state.index, state.context, leader());

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
        m_reads.complete(m_applied.index);
    }
    const std::vector<raft::TraceEvent> trace = m_raft.takeTrace();
    if (!trace.empty()) emitTrace(trace);
    m_outgoing.flush();
    // A batch of reads that was just confirmed lets the next one go at once.
    askForReads();
    if (m_raft.hasReady() && !m_failed) m_parts.inbox->call([](RaftLoop&) {});
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
    // All that the responses promise is on disk already: they need not go by the writer's thread. The commit index
    // waits there for the next write.
    std::vector<raft::Message> ready;
    const bool promisesNothingNew = !write.sync && write.entries.empty() && m_logWrites.nothingNeeded();
    (promisesNothingNew ? ready : write.responses) = std::move(message.responses);
    write.order = m_logWrites.next(write.sync || !write.responses.empty());
    m_parts.walWriter->submit(std::move(write));
    deliver(ready);
}

void Loop::deliver(std::vector<raft::Message>& responses) {
    std::vector<raft::Message> remote;
    for (raft::Message& response : responses) {
        if (response.to == m_start.nodeId)
            stepLocal(std::move(response));
        else
            remote.push_back(std::move(response));
    }
    keepLastAcknowledgement(remote);
    send(remote);
}

void Loop::handleLogDone(LogDone& done) {
    if (!done.status) {
        fail(done.status.error());
        return;
    }
    for (const SnapshotPtr& snapshot : done.received) installSnapshot(snapshot);
    if (m_failed) return;
    m_logWrites.done(done.order);
    if (done.entries > 0) {
        m_logWrites.setDurable(done.lastIndex);
        m_publication.logIsDurable();
    }
    if (listening() && done.synced) {
        const raft::Index durable = m_logWrites.durable();
        emit(telemetry::WalSynced{durable, m_raft.logTerm(durable), done.written.bytes, done.entries, done.durationNs,
                                  done.written.segment, done.written.offset});
    }
    deliver(done.responses);
    for (const SnapshotPtr& snapshot : done.checkpoints) m_snapshots.saved(snapshot);
}

void Loop::stepLocal(raft::Message message) { static_cast<void>(m_raft.step(std::move(message))); }

void Loop::onSoftState(const raft::SoftState& state) {
    const raft::SoftState before = m_status.softState;
    m_status.softState = state;
    m_role = state.role;
    m_leader = state.lead;
    if (before.lead != state.lead) {
        if (state.lead == 0) {
            m_log.info("lost the leader {} at term {}", base::hexId(before.lead), m_raft.status().hardState.term);
        } else {
            m_proposals.leaderElected();
            m_log.info("leader is {} at term {}", base::hexId(state.lead), m_raft.status().hardState.term);
        }
        m_reads.leaderChanged(state.lead);
    }
    if (state.role != raft::Role::leader) {
        m_leases.demote();
        m_publication.lostLeadership();
    }
    if (state.lead != 0) m_proposals.retry();
}

void Loop::takeReleased(base::Nanoseconds now) {
    if (!m_faults.active()) return;
    std::vector<GatedMessage> due;
    m_faults.takeDue(now, due, m_gateEvents);
    release(due);
}

// The fault gate lets these go on.
void Loop::release(std::vector<GatedMessage>& messages) {
    m_outgoing.emitGateEvents(m_gateEvents);
    for (GatedMessage& message : messages) {
        if (message.message.to == m_start.nodeId)
            stepReceived(message);
        else
            m_outgoing.addReleased(std::move(message));
    }
}

void Loop::stepReceived(GatedMessage& message) {
    const raft::MessageType type = message.message.type;
    if (type == raft::MessageType::prop || type == raft::MessageType::readIndex)
        m_outgoing.clientsWaitAt(message.message.from);
    const bool admitted = m_telemetry.admits(message.id);
    telemetry::Message described;
    if (admitted) {
        described = valueOf(message.message, message.id);
        emit(telemetry::MessageReceived{described});
    }
    if (type == raft::MessageType::prop && !m_raft.takesProposals() && m_proposals.keepForward(message.message)) return;
    const std::uint64_t from = message.message.from;
    const raft::Index counted = message.message.commit;
    const std::size_t traced = m_raft.traceSize();
    const raft::StepError error = m_raft.receive(std::move(message.message));
    if (listening()) m_traceCauses.stepped(traced, m_raft.traceSize(), message.id);
    if (error == raft::StepError::none) return;
    if (error == raft::StepError::malformed && m_now >= m_nextRefusalLogNs) {
        m_nextRefusalLogNs = m_now + base::kSecond;
        m_log.warn("refused a malformed {} of {}", raft::messageTypeName(type), base::hexId(from));
    }
    if (error == raft::StepError::logLost) failLogLost(from, counted);
    if (admitted) emit(telemetry::MessageDropped{described, DropReason::stepRefused, true});
}

void Loop::failLogLost(std::uint64_t leader, raft::Index counted) {
    const std::string self = base::hexId(m_start.nodeId);
    fail({base::Errc::corruption,
          "member " + self + " has lost a part of its log: the leader " + base::hexId(leader) + " counts on entry " +
              std::to_string(counted) + ", which this member once stored, but its log ends at " +
              std::to_string(m_raft.status().lastIndex) +
              ". Its vote and its copy of the data cannot be relied on any more: remove the member (member remove " +
              self +
              "), delete its data directory, add it again (member add) and start it with "
              "--initial-cluster-state=existing"});
}

void Loop::send(std::vector<raft::Message>& messages) {
    for (raft::Message& message : messages) {
        if (message.to == 0 || message.to == m_start.nodeId) continue;
        if (message.type == raft::MessageType::snap) {
            if (!m_snapshots.sendingTo(message.to)) m_snapshots.send(std::move(message), m_outgoing.nextId());
            continue;
        }
        // Only a commit notice is compared with the end of the log.
        const raft::Index lastIndex = message.entries.empty() ? m_start.log->lastIndex() : 0;
        m_outgoing.add(std::move(message), lastIndex);
    }
    m_outgoing.flush();
}

void Loop::receiveSnapshot(raft::Message message, const MessageId& id, const std::string& path) {
    if (!m_snapshots.accept(message, path)) return;
    const raft::Index index = message.snapshot->metadata.index;
    GatedMessage gated{std::move(message), id};
    stepReceived(gated);
    m_snapshots.received(index);
}

void Loop::installSnapshot(const SnapshotPtr& snapshot) {
    if (!m_snapshots.install(snapshot)) return;
    const raft::SnapshotMetadata& metadata = snapshot->metadata;
    m_applied = {metadata.index, metadata.term};
    m_logWrites.installed(metadata.index);
    m_publication.logIsDurable();
    emit(telemetry::SnapshotProgress{telemetry::SnapshotPhase::installed, metadata.index, metadata.term, 0, 0, 0});
    m_members.announce();
}

void Loop::knownToPeer(const std::string& text) {
    if (m_publication.firstStart()) fail({base::Errc::corruption, text});
}

}  // namespace raftarium::node
