// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Between the telemetry threads and the frame: bounded. When the view cannot keep up, the events of a batch that may be
// left out (telemetry/sampling.h) are, and an observe::Lost stands in their place; state events always get in.
#pragma once

#include "cluster/observe/event.h"

#include <mutex>
#include <vector>

namespace raftarium::gui {

class EventQueue {
public:
    explicit EventQueue(std::size_t limit = 400'000) : m_limit(limit) {}

    void push(std::vector<observe::Event> events);
    std::vector<observe::Event> take();

private:
    const std::size_t m_limit;
    std::mutex m_mutex;
    std::vector<observe::Event> m_events;
};

}  // namespace raftarium::gui
