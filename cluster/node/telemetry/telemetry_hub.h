// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where the threads of a node drop their telemetry, and subscribers pick it up. Bounded ring; a publisher never waits
// for a subscriber; what a slow subscriber missed is counted and said in its stream.
#pragma once

#include "cluster/node/telemetry/telemetry_event.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace raftarium::node {

class TelemetryHub {
public:
    explicit TelemetryHub(std::size_t ringEvents = 1 << 16);
    ~TelemetryHub();

    // One relaxed load: publishers skip the costly kinds (messages, entries, keys) while nobody listens.
    bool hasSubscriber() const { return m_subscribers.load(std::memory_order_relaxed) > 0; }

    // Any thread; stamps sequences, takes one short lock per batch, takes the events over and leaves `events` empty.
    // A Lost takes as many sequences as it counts, and bears the last of them.
    void publish(std::vector<TelemetryEvent>& events);

    // How many a second publishers may make of the events that can be left out; everything, until it is set. Any
    // thread.
    std::uint64_t budget() const { return m_budget.load(std::memory_order_relaxed); }
    void setBudget(std::uint64_t eventsPerSecond) { m_budget.store(eventsPerSecond, std::memory_order_relaxed); }
    static constexpr std::uint64_t kEverything = 1'000'000'000;

    // A subscriber's cursor; used from one thread. `wake` is called from publishers (must not block) at most once
    // between two reads.
    class Cursor {
    public:
        virtual ~Cursor() = default;
        // Copies up to `max` next events, holding no publisher up; a Lost stands where some were overrun. Returns
        // how many; as many as `max`: there may be more, ask again (no wake follows). 0 = nothing new.
        virtual std::size_t read(std::vector<TelemetryEvent>& out, std::size_t max) = 0;
    };
    // Starts after `afterSequence` if the ring still holds what follows it, else at the newest.
    std::unique_ptr<Cursor> subscribe(std::uint64_t afterSequence, std::function<void()> wake);
    std::uint64_t lastSequence() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
    std::atomic<int> m_subscribers{0};
    std::atomic<std::uint64_t> m_budget{kEverything};
};

}  // namespace raftarium::node
