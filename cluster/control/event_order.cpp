// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/event_order.h"

#include "cluster/base/clock.h"
#include "cluster/telemetry/sampling.h"

#include <algorithm>
#include <iterator>

namespace raftarium::control {
namespace {

// Streams deliver within this time.
constexpr observe::TimeNs kSettledAfterNs = 150 * base::kMillisecond;

}  // namespace

void EventOrder::push(std::vector<observe::Event> events) {
    if (events.empty()) return;
    {
        const std::lock_guard lock(m_mutex);
        if (m_events.size() + events.size() > m_limit) {
            const observe::TimeNs at = events.back().atNs;
            const observe::NodeId node = events.back().node;
            const auto left =
                std::erase_if(events, [](const observe::Event& event) { return telemetry::mayBeLeftOut(event.kind); });
            if (left > 0) events.push_back({at, node, 0, observe::Lost{left, true}});
        }
        std::move(events.begin(), events.end(), std::back_inserter(m_events));
    }
    m_changed.notify_all();
}

void EventOrder::end() {
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
    }
    m_changed.notify_all();
}

std::vector<observe::Event> EventOrder::take(std::chrono::milliseconds wait) {
    std::unique_lock lock(m_mutex);
    const auto settled = [this] {
        const observe::TimeNs until = base::SystemClock().monotonicNow() - kSettledAfterNs;
        return std::stable_partition(m_events.begin(), m_events.end(),
                                     [&](const observe::Event& event) { return m_ended || event.atNs <= until; });
    };
    auto end = settled();
    if (end == m_events.begin() && !m_ended) {
        m_changed.wait_for(lock, wait, [this] { return m_ended; });
        end = settled();
    }
    std::vector<observe::Event> out(std::make_move_iterator(m_events.begin()), std::make_move_iterator(end));
    m_events.erase(m_events.begin(), end);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.atNs < b.atNs; });
    return out;
}

}  // namespace raftarium::control
