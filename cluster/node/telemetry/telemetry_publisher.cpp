// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_publisher.h"

#include "cluster/node/telemetry/telemetry_values.h"
#include "cluster/telemetry/sampling.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kGroupNs = 20 * base::kMillisecond;
constexpr std::uint64_t kCalmEventsPerSecond = 2'000;
constexpr std::size_t kEntriesPerEvent = 64;
constexpr std::size_t kEntriesPerJoinedEvent = 8;

// Kinds that a group of joined progress may reach across. All others mark a point in time, and end such a group.
bool isFlowing(const telemetry::EventKind& kind) {
    return telemetry::mayBeLeftOut(kind) || std::holds_alternative<telemetry::ElectionDeadline>(kind) ||
           std::holds_alternative<telemetry::LeaseChanged>(kind) ||
           std::holds_alternative<telemetry::Compacted>(kind) ||
           std::holds_alternative<telemetry::AlarmChanged>(kind) ||
           std::holds_alternative<telemetry::WatcherMoved>(kind);
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
    const bool required = !telemetry::mayBeLeftOut(payload);
    m_events.push_back({now, 0, 0, std::move(payload)});
    if (required) m_budget.require(1);
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
        auto& before = std::get<telemetry::LogAppended>(m_events[*m_appendedAt].kind);
        if (before.lastIndex + 1 == entries.front().index) {
            auto& kept = before.entries;
            for (auto entry = newest; entry != entries.end(); ++entry) kept.push_back(valueOf(*entry));
            if (kept.size() > most) kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(most));
            before.lastIndex = entries.back().index;
            before.lastTerm = entries.back().term;
            return;
        }
        closeGroup();
    }
    telemetry::LogAppended appended;
    appended.entries.reserve(static_cast<std::size_t>(entries.end() - newest));
    for (auto entry = newest; entry != entries.end(); ++entry) appended.entries.push_back(valueOf(*entry));
    appended.firstIndex = entries.front().index;
    appended.lastIndex = entries.back().index;
    appended.lastTerm = entries.back().term;
    push(std::move(appended), now);
    if (loaded()) m_appendedAt = m_events.size() - 1;
}

bool TelemetryPublisher::join(const TelemetryPayload& payload, base::Nanoseconds now) {
    if (const auto* synced = std::get_if<telemetry::WalSynced>(&payload)) {
        telemetry::WalSynced before;
        before.syncs = 0;
        if (m_synced) before = m_synced->value;
        m_synced = {now, *synced};
        m_synced->value.bytes += before.bytes;
        m_synced->value.entries += before.entries;
        m_synced->value.syncs += before.syncs;
        m_synced->value.durationNs = std::max(synced->durationNs, before.durationNs);
        return true;
    }
    if (const auto* applied = std::get_if<telemetry::Applied>(&payload)) {
        const auto first = m_applied ? m_applied->value.firstIndex : applied->firstIndex;
        m_applied = {now, *applied};
        m_applied->value.firstIndex = first;
        return true;
    }
    if (const auto* commit = std::get_if<telemetry::CommitAdvanced>(&payload)) {
        m_commit = {now, *commit};
        return true;
    }
    if (const auto* changed = std::get_if<telemetry::ProgressChanged>(&payload)) {
        m_progress[changed->progress.peer] = {now, *changed};
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
    if (m_leftOut > 0) m_events.push_back({now, 0, 0, telemetry::Lost{std::exchange(m_leftOut, 0), true}});
    m_hub.publish(m_events);
    m_dueNs = now + kGroupNs;
}

base::Nanoseconds TelemetryPublisher::nextDueNs() const {
    const bool waits = !m_events.empty() || !groupEmpty() || m_leftOut > 0;
    return waits ? m_dueNs : std::numeric_limits<base::Nanoseconds>::max();
}

}  // namespace raftarium::node
