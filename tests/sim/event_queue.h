// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Simulated time: a clock that jumps from event to event. Events of the same instant run in the order they were made.
#pragma once

#include "cluster/base/clock.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

namespace raftarium::sim {

class SimClock final : public base::Clock {
public:
    base::Nanoseconds monotonicNow() const override { return m_now; }
    base::Nanoseconds wallNow() const override { return 1'700'000'000 * base::kSecond + m_now; }
    void jumpTo(base::Nanoseconds now) { m_now = now; }

private:
    base::Nanoseconds m_now = base::kSecond;
};

class EventQueue {
public:
    base::Nanoseconds now() const { return m_clock.monotonicNow(); }
    const base::Clock& clock() const { return m_clock; }

    void at(base::Nanoseconds when, std::function<void()> work) {
        m_heap.push_back({std::max(when, now()), ++m_made, std::move(work)});
        std::push_heap(m_heap.begin(), m_heap.end(), later);
    }
    void after(base::Nanoseconds delay, std::function<void()> work) { at(now() + delay, std::move(work)); }

    // Runs the next event if it is due before `limit`; else moves the clock there and returns false.
    bool runNext(base::Nanoseconds limit) {
        if (m_heap.empty() || m_heap.front().when >= limit) {
            m_clock.jumpTo(limit);
            return false;
        }
        std::pop_heap(m_heap.begin(), m_heap.end(), later);
        Event event = std::move(m_heap.back());
        m_heap.pop_back();
        m_clock.jumpTo(event.when);
        event.work();
        return true;
    }

private:
    struct Event {
        base::Nanoseconds when = 0;
        std::uint64_t number = 0;
        std::function<void()> work;
    };
    static bool later(const Event& a, const Event& b) {
        return a.when != b.when ? a.when > b.when : a.number > b.number;
    }

    SimClock m_clock;
    std::vector<Event> m_heap;
    std::uint64_t m_made = 0;
};

// A running hash of everything that happened: two runs of one seed must agree on it.
class RunHash {
public:
    template <typename... Numbers>
    void mix(Numbers... numbers) {
        (one(static_cast<std::uint64_t>(numbers)), ...);
    }
    std::uint64_t value() const { return m_value; }

private:
    void one(std::uint64_t number) {
        m_value ^= number + 0x9E3779B97F4A7C15ULL + (m_value << 6) + (m_value >> 2);
        m_value *= 0xFF51AFD7ED558CCDULL;
        m_value ^= m_value >> 32;
    }
    std::uint64_t m_value = 0;
};

}  // namespace raftarium::sim
