// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the raft loop reports of itself.

#include "cluster/node/loop/loop.h"
#include "cluster/node/telemetry/telemetry_enums.h"
#include "cluster/node/telemetry/telemetry_values.h"
#include "cluster/telemetry/sampling.h"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace raftarium::node {
namespace {

constexpr std::size_t kTailEntries = 256;

}  // namespace

void Loop::emit(telemetry::EventKind kind, const telemetry::Cause& cause) {
    m_telemetry.add(std::move(kind), m_parts.clock->monotonicNow(), cause);
}

void Loop::emitTrace(const std::vector<raft::TraceEvent>& trace) {
    std::size_t place = 0;
    for (const raft::TraceEvent& event : trace) {
        const telemetry::Cause cause = m_traceCauses.of(place++);
        if (std::holds_alternative<raft::trace::ElectionTimeoutDrawn>(event)) {
            m_redrawn = true;
        } else if (const auto* role = std::get_if<raft::trace::RoleChanged>(&event)) {
            if (role->role == raft::Role::candidate || role->role == raft::Role::preCandidate)
                m_tally = {role->role == raft::Role::preCandidate, {m_start.nodeId}, {}};
        } else if (const auto* tally = std::get_if<raft::trace::VoteTally>(&event)) {
            countVote(*tally);
        } else if (const auto* truncated = std::get_if<raft::trace::LogTruncated>(&event)) {
            m_logWrites.truncated(truncated->first - 1);
        }
        auto kind = valueOf(event);
        if (!kind) continue;
        // While nobody listens only the rare events are kept, for subscribers that come back after a short break.
        const bool wanted =
            telemetry::mayBeLeftOut(*kind) ? m_telemetry.admits(++m_rulesFired) : listening() || !isFrequent(event);
        if (wanted) emit(std::move(*kind), cause);
    }
    m_traceCauses.clear();
}

void Loop::countVote(const raft::trace::VoteTally& tally) {
    if (tally.preVote != m_tally.preVote) return;
    if (tally.from != raft::kNone) {
        auto& list = tally.granted ? m_tally.granted : m_tally.refused;
        if (std::find(list.begin(), list.end(), tally.from) == list.end()) list.push_back(tally.from);
    }
    emit(telemetry::VoteTally{tally.term, tally.preVote, m_tally.granted, m_tally.refused,
                              static_cast<std::uint32_t>(tally.needed), valueOf(tally.outcome)});
}

void Loop::storeChanged() {
    if (listening()) takeStoreTrace(0);
}

void Loop::takeStoreTrace(raft::Index index) {
    const std::uint64_t leftOut = m_store.takeTrace(m_storeTrace);
    std::uint64_t taken = 0;
    for (mvcc::StoreTrace& event : m_storeTrace) {
        telemetry::EventKind kind = valueOf(std::move(event), index, m_appliedRequest);
        if (telemetry::mayBeLeftOut(kind)) ++taken;
        if (const auto* key = std::get_if<telemetry::KeyChanged>(&kind))
            m_revisionRequests.wrote(key->main, key->requestId);
        else if (auto* delivered = std::get_if<telemetry::WatchDelivered>(&kind))
            delivered->requestId = m_revisionRequests.requestOf(delivered->lastRevision);
        emit(std::move(kind));
    }
    m_storeTrace.clear();
    m_appliedRequest = 0;
    // With the end of a batch of entries its changes have gone to the watchers that are up to date.
    if (index == 0) m_revisionRequests.clear();
    m_telemetry.addKeyEvents(taken, leftOut);
}

// The ring on screen: reported again only when it moved by more than a tick. Heartbeats under load move it by less.
void Loop::emitDeadline() {
    const auto& voters = m_members.conf().voters;
    const base::Nanoseconds tickNs = m_ticker.pace().tickNs;
    ElectionDeadline now;
    const bool runs =
        !isLeader() && !m_members.removed() && std::find(voters.begin(), voters.end(), m_start.nodeId) != voters.end();
    if (runs) {
        const int left = std::max(m_status.randomizedElectionTimeoutTicks - m_status.electionElapsedTicks, 1);
        now.deadlineNs = m_ticker.nextDueNs() + (left - 1) * tickNs;
        now.timeoutNs = m_status.randomizedElectionTimeoutTicks * tickNs;
    }
    const bool moved = std::llabs(now.deadlineNs - m_deadline.deadlineNs) > tickNs;
    if (!moved && now.timeoutNs == m_deadline.timeoutNs && !(m_redrawn && runs)) return;
    now.redrawn = m_redrawn;
    m_redrawn = false;
    m_deadline = now;
    if (listening()) emit(now);
}

void Loop::publishEvents(bool all) { m_telemetry.publish(m_now, all); }

telemetry::Event Loop::fullState() {
    // Everything published so far is before this picture; what the core has not reported yet is not in it.
    processReady();
    updateViews();
    emitDeadline();
    publishEvents(true);
    const NodeStatus status = m_parts.views->status.load();
    telemetry::FullState state;
    state.name = m_parts.config.name;
    state.clusterId = status.clusterId;
    state.incarnation = status.incarnation;
    state.pid = static_cast<int>(getpid());
    state.role = status.learner ? telemetry::Role::learner : roleOf(status.role);
    state.term = status.term;
    state.votedFor = status.votedFor;
    state.leader = status.leader;
    state.firstIndex = status.firstIndex;
    state.lastIndex = status.lastIndex;
    state.durableIndex = status.durableIndex;
    state.commitIndex = status.commit;
    state.appliedIndex = status.applied;
    addTail(state);
    state.configuration = valueOf(m_members.conf(), m_members.membership());
    for (const raft::ProgressView& view : m_raft.progress()) state.progress.push_back(valueOf(view));
    state.deadline = status.deadline;
    state.revision = m_store.revision();
    state.compactRevision = m_store.compactRevision();
    state.faults = m_faults.links();
    state.pace = status.pace;
    for (const mvcc::WatcherView& view : m_store.watchers()) state.watchers.push_back(valueOf(view));
    for (const mvcc::LeaseView& view : m_store.leases(m_now)) state.leases.push_back(valueOf(view));
    for (const mvcc::Alarm& alarm : m_store.alarms()) state.alarms.push_back(valueOf(alarm));
    return {m_parts.clock->monotonicNow(), m_start.nodeId, m_parts.hub->lastSequence(), std::move(state)};
}

void Loop::addTail(telemetry::FullState& state) const {
    const raft::Index last = m_start.log->lastIndex();
    const raft::Index first = std::max(m_start.log->firstIndex(), last > kTailEntries ? last - kTailEntries + 1 : 1);
    if (first > last) return;
    const auto entries = m_start.log->entries(first, last + 1, raft::kNoLimit);
    if (const auto* found = std::get_if<std::vector<raft::Entry>>(&entries))
        for (const raft::Entry& entry : *found) state.tail.push_back(valueOf(entry));
}

}  // namespace raftarium::node
