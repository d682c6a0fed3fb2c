// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the core wants done: messages out, log writes handed over, committed entries applied.

#include "cluster/base/coding.h"
#include "cluster/node/loop/loop.h"

#include <algorithm>
#include <iterator>

namespace raftarium::node {
namespace {

// More work may wait after this many rounds; the inbox gets its turn first.
constexpr int kReadyRoundsPerStep = 64;
// So long followers may hear later of a commit than the leader could tell them; but not one that handed something on
// for a client so recently.
constexpr base::Nanoseconds kHoldCommitNs = base::kMillisecond;
constexpr base::Nanoseconds kHurryNs = 100 * base::kMillisecond;
// What others forwarded while nobody leads is kept up to this; more is dropped by the core, as etcd drops all of it.
constexpr std::size_t kHeldForwardsMax = 4096;

bool isAcknowledgement(const raft::Message& message) {
    return message.type == raft::MessageType::appResp && !message.reject;
}

// Of several acknowledgements to one leader that go out together the last says all that the earlier ones do: the log
// matches up to its index.
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

void Loop::processReady() {
    for (int round = 0; round < kReadyRoundsPerStep && !m_failed && m_raft.hasReady(); ++round) {
        raft::Ready ready = m_raft.ready();
        if (!ready.trace.empty()) emitTrace(ready.trace);
        if (listening()) m_telemetry.addEntries(ready.entries, m_parts.clock->monotonicNow());
        if (!ready.hardState.empty()) m_hardState = ready.hardState;
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
        m_reads.complete(m_applied);
    }
    const std::vector<raft::TraceEvent> trace = m_raft.takeTrace();
    if (!trace.empty()) emitTrace(trace);
    flushOutgoing();
    // A batch of reads that was just confirmed lets the next one go at once.
    driveReads();
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
    const bool promisesNothingNew = !write.sync && write.entries.empty() && m_logNeeded <= m_logDone;
    (promisesNothingNew ? ready : write.responses) = std::move(message.responses);
    write.order = ++m_logOrder;
    if (write.sync || !write.responses.empty()) m_logNeeded = write.order;
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
    m_logDone = std::max(m_logDone, done.order);
    if (done.entries > 0) m_durable = done.lastIndex;
    if (listening() && done.synced) {
        emit(WalSynced{m_durable, m_raft.logTerm(m_durable), done.written.bytes, done.entries, done.durationNs,
                       done.written.segment, done.written.offset});
    }
    deliver(done.responses);
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
    // A member that is removed answers for its last second: the others may not know yet that its removal is committed,
    // and need it for the quorum of the configuration they know.
    const raft::MessageType type = message.message.type;
    if (type == raft::MessageType::prop || type == raft::MessageType::readIndex)
        m_handedOnNs[message.message.from] = m_now;
    const bool told = m_telemetry.admits(message.id);
    MessageEvent event;
    if (told) {
        event.kind = MessageEvent::Kind::received;
        event.atReceiver = true;
        event.message = describeMessage(message.message, message.id);
        emit(event);
    }
    if (type == raft::MessageType::prop && m_heldForwards.size() < kHeldForwardsMax && !m_raft.takesProposals()) {
        m_heldForwards.emplace_back(m_now + m_requestTimeoutNs, std::move(message.message));
        return;
    }
    const std::uint64_t from = message.message.from;
    const raft::Index counted = message.message.commit;
    const raft::StepError error = m_raft.receive(std::move(message.message));
    if (error == raft::StepError::none) return;
    if (error == raft::StepError::malformed && m_now >= m_nextRefusalLogNs) {
        m_nextRefusalLogNs = m_now + base::kSecond;
        m_log.warn("refused a malformed {} of {}", raft::messageTypeName(type), base::hexId(from));
    }
    if (error == raft::StepError::logLost) failLogLost(from, counted);
    if (!told) return;
    event.kind = MessageEvent::Kind::dropped;
    event.reason = DropReason::stepRefused;
    emit(std::move(event));
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
        if (message.type == raft::MessageType::snap)
            sendSnapshot(std::move(message));
        else if (!holdCommit(message))
            dispatch(std::move(message));
    }
    flushOutgoing();
}

void Loop::dispatch(raft::Message&& message) {
    const MessageId id{m_start.nodeId, m_start.incarnation, ++m_messageCounter};
    if (m_telemetry.admits(id)) {
        MessageEvent event;
        event.kind = MessageEvent::Kind::sent;
        event.message = describeMessage(message, id);
        emit(std::move(event));
    }
    if (!m_faults.active()) {
        m_outgoing.push_back({std::move(message), id.counter});
        return;
    }
    m_gated.clear();
    m_faults.filter({std::move(message), id}, m_now, m_gated, m_gateEvents);
    emitMessages(m_gateEvents);
    for (GatedMessage& one : m_gated) m_outgoing.push_back({std::move(one.message), one.id.counter});
}

// The core tells followers of each commit by an append without entries. The next append tells it as well: the empty one
// waits a moment for it, and under load mostly never goes. A follower whose clients wait for the commit is kept waiting
// only while more entries are on their way, for whose commit there will be another message within a round trip.
bool Loop::holdCommit(raft::Message& message) {
    if (message.type != raft::MessageType::app) return false;
    const auto held = m_heldCommits.find(message.to);
    const auto asked = m_handedOnNs.find(message.to);
    const bool hurry = asked != m_handedOnNs.end() && m_now < asked->second + kHurryNs;
    const bool mayWait = message.entries.empty() && (!hurry || message.commit < m_start.log->lastIndex());
    if (!mayWait) {
        if (held != m_heldCommits.end()) m_heldCommits.erase(held);
        return false;
    }
    if (held != m_heldCommits.end()) {
        held->second.message = std::move(message);
    } else {
        const std::uint64_t peer = message.to;
        m_heldCommits[peer] = {std::move(message), m_now + kHoldCommitNs};
    }
    return true;
}

void Loop::sendHeldCommits(bool all) {
    if (m_heldCommits.empty()) return;
    for (auto it = m_heldCommits.begin(); it != m_heldCommits.end();) {
        if (!all && m_now < it->second.untilNs) {
            ++it;
            continue;
        }
        // Of an earlier term: this member is no longer who said it.
        if (isLeader() && it->second.message.term == m_raft.status().hardState.term)
            dispatch(std::move(it->second.message));
        it = m_heldCommits.erase(it);
    }
    flushOutgoing();
}

void Loop::flushOutgoing() {
    if (m_outgoing.empty()) return;
    m_transport.send(m_outgoing);
    m_outgoing.clear();
}

void Loop::peerUnreachable(std::uint64_t peer) { m_raft.reportUnreachable(peer); }

void Loop::knownToPeer(const std::string& text) {
    if (m_firstStart) fail({base::Errc::corruption, text});
}

}  // namespace raftarium::node
