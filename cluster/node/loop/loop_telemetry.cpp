// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the loop reports of itself.

#include "cluster/node/loop/loop.h"
#include "cluster/node/telemetry/telemetry_encode.h"

#include <algorithm>
#include <cstdlib>

namespace raftarium::node {
namespace {

constexpr std::size_t kTailEntries = 256;

// While nobody listens only the rare events are kept, for those who come back after a short break.
bool isFrequent(raft::TraceKind kind) {
    return kind == raft::TraceKind::commitAdvanced || kind == raft::TraceKind::progressChanged;
}

}  // namespace

void Loop::emit(TelemetryPayload payload) { m_telemetry.add(std::move(payload), m_parts.clock->monotonicNow()); }

void Loop::emitTrace(const std::vector<raft::TraceEvent>& trace) {
    for (const raft::TraceEvent& event : trace) {
        switch (event.kind) {
            case raft::TraceKind::electionTimeoutDrawn:
                m_redrawn = true;
                break;
            case raft::TraceKind::roleChanged:
                if (event.role == raft::Role::candidate || event.role == raft::Role::preCandidate)
                    m_tally = {event.role == raft::Role::preCandidate, {m_start.nodeId}, {}};
                break;
            case raft::TraceKind::voteTally:
                countVote(event);
                break;
            case raft::TraceKind::logTruncated:
                m_logWrites.truncated(event.index - 1);
                break;
            default:
                break;
        }
        if (isPublished(event.kind) && (listening() || !isFrequent(event.kind))) emit(event);
    }
}

void Loop::countVote(const raft::TraceEvent& event) {
    if (event.flag != m_tally.preVote) return;
    if (event.peer != raft::kNone) {
        auto& list = event.votedFor != raft::kNone ? m_tally.granted : m_tally.refused;
        if (std::find(list.begin(), list.end(), event.peer) == list.end()) list.push_back(event.peer);
    }
    emit(VoteTallyNow{event.term, event.flag, m_tally.granted, m_tally.refused,
                      static_cast<std::uint32_t>(event.ownIndex), event.cause});
}

void Loop::storeChanged() {
    if (listening()) takeStoreTrace(0);
}

void Loop::takeStoreTrace(raft::Index index) {
    const std::uint64_t untold = m_store.takeTrace(m_storeTrace);
    std::uint64_t told = 0;
    for (mvcc::StoreTrace& event : m_storeTrace) {
        if (event.kind == mvcc::StoreTraceKind::keyChanged) event.number = static_cast<std::int64_t>(index);
        if (mvcc::isKeyTrace(event.kind)) ++told;
        emit(std::move(event));
    }
    m_storeTrace.clear();
    m_telemetry.addTold(told, untold);
}

// The ring on screen: said again only when it moved by more than a tick, which heartbeats under load do not cause.
void Loop::emitDeadline() {
    DeadlineSet now;
    const auto& voters = m_members.conf().voters;
    const Pace& pace = m_ticker.pace();
    const bool runs =
        !isLeader() && !m_members.removed() && std::find(voters.begin(), voters.end(), m_start.nodeId) != voters.end();
    if (runs) {
        const int left = std::max(m_status.randomizedElectionTimeoutTicks - m_status.electionElapsedTicks, 1);
        now.deadlineNs = m_ticker.nextDueNs() + (left - 1) * pace.tickNs;
        now.timeoutNs = m_status.randomizedElectionTimeoutTicks * pace.tickNs;
    }
    const bool moved = std::llabs(now.deadlineNs - m_deadline.deadlineNs) > pace.tickNs;
    if (!moved && now.timeoutNs == m_deadline.timeoutNs && !(m_redrawn && runs)) return;
    now.redrawn = m_redrawn;
    m_redrawn = false;
    m_deadline = now;
    if (listening()) emit(now);
}

void Loop::publishEvents(bool all) { m_telemetry.publish(m_now, all); }

FullState Loop::fullState() {
    // Everything published so far is before this picture, and what the core has not yet told is not in it.
    processReady();
    updateViews();
    emitDeadline();
    publishEvents(true);
    FullState state;
    state.sequence = m_parts.hub->lastSequence();
    state.atNs = m_parts.clock->monotonicNow();
    state.status = m_parts.views->status.load();
    const raft::Index last = m_start.log->lastIndex();
    const raft::Index first = std::max(m_start.log->firstIndex(), last > kTailEntries ? last - kTailEntries + 1 : 1);
    if (first <= last) {
        auto entries = m_start.log->entries(first, last + 1, raft::kNoLimit);
        if (auto* found = std::get_if<std::vector<raft::Entry>>(&entries)) state.tail = std::move(*found);
    }
    state.conf = m_members.conf();
    state.membership = m_members.membership();
    state.progress = m_raft.progress();
    state.revision = m_store.revision();
    state.compactRevision = m_store.compactRevision();
    state.faults = m_faults.links();
    state.watchers = m_store.watchers();
    state.leases = m_store.leases(m_now);
    state.alarms = m_store.alarms();
    return state;
}

}  // namespace raftarium::node
