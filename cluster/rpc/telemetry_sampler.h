// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Thins out a subscriber's events above its rate: state events always pass; of the others a share of 1/2^k is kept, k
// following the load. Messages are chosen by their id, so that sender and receiver keep the same ones, and a larger k
// keeps a subset of a smaller one. What is left out is counted in LostEvents at its place.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/node/telemetry_event.h"

#include <cstdint>
#include <vector>

namespace raftarium::rpc {

class TelemetrySampler {
public:
    explicit TelemetrySampler(std::uint32_t maxEventsPerSecond) : m_maxPerSecond(maxEventsPerSecond) {}

    // Removes from `events` what is left out at time `now`, and puts LostEvents where something was.
    void thin(std::vector<node::TelemetryEvent>& events, base::Nanoseconds now);
    int shift() const { return m_shift; }  // k

private:
    void roll(base::Nanoseconds now);
    bool keeps(const node::TelemetryEvent& event) const;

    std::uint64_t m_maxPerSecond;
    base::Nanoseconds m_windowStart = 0;
    std::uint64_t m_seen = 0;      // in this window, of those that may be left out
    std::uint64_t m_required = 0;  // in this window, of the others
    std::uint64_t m_kept = 0;
    int m_shift = 0;
};

}  // namespace raftarium::rpc
