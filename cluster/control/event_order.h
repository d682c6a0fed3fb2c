// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Puts the events of several members in the order of time. Bounded: when the reader cannot keep up, those events are
// left out that may be (telemetry/sampling.h), and a Lost stands in their place.
#pragma once

#include "cluster/observe/event.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace raftarium::control {

class EventOrder {
public:
    explicit EventOrder(std::size_t limit = 400'000) : m_limit(limit) {}

    void push(std::vector<observe::Event> events);  // from any thread
    // No more events will come: take() does not wait any more. From any thread.
    void end();
    // Events in the order of time: those old enough that no earlier one is expected from another member (150 ms), and
    // after end() all that are left. Waits for some, at most `wait`. From one thread.
    std::vector<observe::Event> take(std::chrono::milliseconds wait);

private:
    const std::size_t m_limit;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<observe::Event> m_events;
    bool m_ended = false;
};

}  // namespace raftarium::control
