// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// All events so far, with checkpoints: the state at any instant in bounded time, forwards and backwards.
#pragma once

#include "cluster/observe/cluster_state.h"
#include "cluster/observe/flight.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace raftarium::observe {

// What a person would call an event worth stopping at.
enum class Weight : std::uint8_t { detail, message, meaningful };
Weight weightOf(const Event& event);

struct HistoryOptions {
    std::size_t eventsBetweenCheckpoints = 2000;
    std::size_t eventsMax = 4'000'000;  // beyond it the oldest go, whole checkpoints at a time
};

// Single-threaded: owned by whoever draws. Appending 50,000 events a second costs a small share of one core.
class History {
public:
    explicit History(const HistoryOptions& options = {});
    ~History();

    // Called once for each event, in order of time, with the state just before it.
    using Observer = std::function<void(const Event& event, const ClusterState& before)>;

    // Events of one node arrive in order; those of several interleave. Late ones (up to a second) are put at their
    // place by time, ties by node and sequence; `observer` is called in that order.
    void append(std::vector<Event> events, const Observer& observer = {});

    TimeNs beginNs() const;
    TimeNs endNs() const;
    std::size_t size() const;
    const Event& at(std::size_t position) const;  // in order of time
    std::size_t positionAt(TimeNs time) const;    // first event later than `time`

    const ClusterState& live() const;  // at the end
    // The state after all events up to and with `time`; valid until the next call of a member that is not const. Cheap
    // when close to the last call.
    const ClusterState& seek(TimeNs time);

    // Time of the next/previous event of at least this weight; nullopt at the ends.
    std::optional<TimeNs> next(TimeNs after, Weight weight) const;
    std::optional<TimeNs> previous(TimeNs before, Weight weight) const;

    // Flights that are on the way at some instant of [from, to], each with its whole life as known now (a scrub
    // backwards shows where a message will end).
    std::vector<Flight> flights(TimeNs from, TimeNs to) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace raftarium::observe
