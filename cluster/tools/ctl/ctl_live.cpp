// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/tools/ctl/ctl_live.h"

#include "cluster/base/clock.h"

#include <algorithm>

namespace raftarium::tools {
namespace {

// Streams deliver within this time; events older than it can be put in order.
constexpr observe::TimeNs kSettledAfterNs = 150 * base::kMillisecond;

}  // namespace

LiveEvents::LiveEvents(control::Cluster& cluster,
                       std::function<void(std::uint64_t, const telemetry::v1::EventBatch&)> onBatch)
    : m_cluster(cluster) {
    cluster.onProcessChange([this](observe::Event event) { add({std::move(event)}); });
    cluster.onDutyEnded([this] {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
        m_changed.notify_all();
    });
    for (const auto& node : cluster.status().nodes) {
        client::TelemetryStream::Callbacks callbacks;
        callbacks.onEvents = [this](std::uint64_t, std::vector<observe::Event> events) { add(std::move(events)); };
        callbacks.onBatch = onBatch;
        m_streams.push_back(client::TelemetryStream::open("unix:" + node.spec.adminSocket, node.spec.id, callbacks));
    }
}

LiveEvents::~LiveEvents() {
    m_streams.clear();
    m_cluster.onProcessChange({});
    m_cluster.onDutyEnded({});
}

void LiveEvents::add(std::vector<observe::Event> events) {
    const std::lock_guard lock(m_mutex);
    std::move(events.begin(), events.end(), std::back_inserter(m_pending));
    m_changed.notify_all();
}

std::vector<observe::Event> LiveEvents::take(std::chrono::milliseconds wait) {
    std::unique_lock lock(m_mutex);
    const auto settled = [this] {
        const observe::TimeNs until = base::SystemClock().monotonicNow() - kSettledAfterNs;
        return std::stable_partition(m_pending.begin(), m_pending.end(),
                                     [until](const observe::Event& event) { return event.atNs <= until; });
    };
    auto end = settled();
    if (end == m_pending.begin() && !m_ended) {
        m_changed.wait_for(lock, wait, [this] { return m_ended; });
        end = settled();
    }
    std::vector<observe::Event> out(std::make_move_iterator(m_pending.begin()), std::make_move_iterator(end));
    m_pending.erase(m_pending.begin(), end);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.atNs < b.atNs; });
    return out;
}

bool LiveEvents::clusterEnded() const {
    const std::lock_guard lock(m_mutex);
    return m_ended;
}

}  // namespace raftarium::tools
