// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_publisher.h"

#include "cluster/node/telemetry/telemetry_encode.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kGroupNs = 20 * base::kMillisecond;
constexpr std::uint64_t kCalmEventsPerSecond = 2'000;
constexpr std::size_t kEntriesPerEvent = 64;
constexpr std::size_t kEntriesPerJoinedEvent = 8;

// Steps of the log that follow each other; all others mark a point in time that no group may reach across.
bool isFlowing(const TelemetryPayload& payload) {
    return std::holds_alternative<MessageEvent>(payload) || std::holds_alternative<RequestStep>(payload) ||
           std::holds_alternative<mvcc::StoreTrace>(payload) || std::holds_alternative<DeadlineSet>(payload);
}

}  // namespace

TelemetryPublisher::TelemetryPublisher(TelemetryHub& hub) : m_hub(hub), m_budget(hub.budget(), kCalmEventsPerSecond) {}

void TelemetryPublisher::begin(base::Nanoseconds now) {
    m_now = now;
    m_listening = m_hub.hasSubscriber();
    if (!m_listening) return;
    m_budget.setPerSecond(m_hub.budget());
    m_budget.roll(now);
}

void TelemetryPublisher::addTold(std::uint64_t told, std::uint64_t leftOut) {
    m_leftOut += leftOut;
    const std::uint64_t more = told + leftOut;
    if (more > 1) m_budget.addSeen(more - 1);
    if (told > 1) m_budget.spend(told - 1);
}

void TelemetryPublisher::push(TelemetryPayload payload, base::Nanoseconds now) {
    // A joined event is as late as what stands before it: times ascend within a stream.
    if (!m_events.empty()) now = std::max(now, m_events.back().atNs);
    m_events.push_back({0, now, std::move(payload)});
    if (!mayBeSampled(m_events.back())) m_budget.require(1);
}

void TelemetryPublisher::add(TelemetryPayload payload, base::Nanoseconds now) {
    if (loaded()) {
        if (join(payload, now)) return;
        if (!isFlowing(payload)) {
            closeGroup();
            m_dueNs = 0;
        }
    }
    push(std::move(payload), now);
}

void TelemetryPublisher::addEntries(const std::vector<raft::Entry>& entries, base::Nanoseconds now) {
    if (entries.empty()) return;
    const std::size_t most = loaded() ? kEntriesPerJoinedEvent : kEntriesPerEvent;
    const auto newest = entries.end() - static_cast<std::ptrdiff_t>(std::min(entries.size(), most));
    if (loaded() && m_appendedAt) {
        auto& before = std::get<EntriesAppended>(m_events[*m_appendedAt].payload);
        if (before.lastIndex + 1 == entries.front().index) {
            auto& kept = before.entries;
            kept.insert(kept.end(), newest, entries.end());
            if (kept.size() > most) kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(most));
            before.lastIndex = entries.back().index;
            before.lastTerm = entries.back().term;
            return;
        }
        closeGroup();
    }
    EntriesAppended appended;
    appended.entries.assign(newest, entries.end());
    appended.firstIndex = entries.front().index;
    appended.lastIndex = entries.back().index;
    appended.lastTerm = entries.back().term;
    push(std::move(appended), now);
    if (loaded()) m_appendedAt = m_events.size() - 1;
}

bool TelemetryPublisher::join(const TelemetryPayload& payload, base::Nanoseconds now) {
    if (const auto* synced = std::get_if<WalSynced>(&payload)) {
        WalSynced before;
        before.syncs = 0;
        if (m_synced) before = m_synced->value;
        m_synced = {now, *synced};
        m_synced->value.bytes += before.bytes;
        m_synced->value.entries += before.entries;
        m_synced->value.syncs += before.syncs;
        m_synced->value.durationNs = std::max(synced->durationNs, before.durationNs);
        return true;
    }
    if (const auto* applied = std::get_if<AppliedUpTo>(&payload)) {
        const auto first = m_applied ? m_applied->value.first : applied->first;
        m_applied = {now, *applied};
        m_applied->value.first = first;
        return true;
    }
    const auto* trace = std::get_if<raft::TraceEvent>(&payload);
    if (trace == nullptr) return false;
    if (trace->kind == raft::TraceKind::commitAdvanced) {
        m_commit = {now, *trace};
        return true;
    }
    if (trace->kind == raft::TraceKind::progressChanged) {
        m_progress[trace->peer] = {now, *trace};
        return true;
    }
    return false;
}

template <typename T>
void TelemetryPublisher::put(std::optional<Joined<T>>& joined) {
    if (!joined) return;
    push(std::move(joined->value), joined->atNs);
    joined.reset();
}

void TelemetryPublisher::closeGroup() {
    m_appendedAt.reset();
    if (groupEmpty()) return;
    put(m_synced);
    put(m_commit);
    put(m_applied);
    for (auto& each : m_progress) put(each.second);
    m_progress.clear();
}

void TelemetryPublisher::publish(base::Nanoseconds now, bool all) {
    if (m_events.empty() && groupEmpty() && m_leftOut == 0) return;
    if (loaded() && !all && now < m_dueNs) return;
    closeGroup();
    if (m_leftOut > 0) m_events.push_back({0, now, LostEvents{std::exchange(m_leftOut, 0), true}});
    m_hub.publish(m_events);
    m_dueNs = now + kGroupNs;
}

base::Nanoseconds TelemetryPublisher::nextDueNs() const {
    const bool waits = !m_events.empty() || !groupEmpty() || m_leftOut > 0;
    return waits ? m_dueNs : std::numeric_limits<base::Nanoseconds>::max();
}

}  // namespace raftarium::node
