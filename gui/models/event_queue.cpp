// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/event_queue.h"

#include "cluster/telemetry/sampling.h"

#include <algorithm>
#include <iterator>

namespace raftarium::gui {

void EventQueue::push(std::vector<observe::Event> events) {
    const std::lock_guard lock(m_mutex);
    if (m_events.size() + events.size() > m_limit && !events.empty()) {
        const observe::TimeNs at = events.back().atNs;
        const observe::NodeId node = events.back().node;
        const auto kept = std::remove_if(events.begin(), events.end(), [](const observe::Event& event) {
            return telemetry::mayBeLeftOut(event.kind);
        });
        const auto count = static_cast<std::uint64_t>(std::distance(kept, events.end()));
        events.erase(kept, events.end());
        if (count > 0) events.push_back({at, node, 0, observe::Lost{count, true}});
    }
    m_events.insert(m_events.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
}

std::vector<observe::Event> EventQueue::take() {
    std::vector<observe::Event> taken;
    const std::lock_guard lock(m_mutex);
    taken.swap(m_events);
    return taken;
}

}  // namespace raftarium::gui
