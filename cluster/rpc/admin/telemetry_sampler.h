// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Thins out one subscriber's events above the rate it asked for, where the hub's publishers make more (for another
// subscriber): state events always pass, of the others what its budget admits. What is left out is counted in a
// Lost at its place.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/node/telemetry/telemetry_budget.h"
#include "cluster/telemetry/event.h"

#include <cstdint>
#include <vector>

namespace raftarium::rpc {

class TelemetrySampler {
public:
    explicit TelemetrySampler(std::uint32_t maxEventsPerSecond) : m_budget(maxEventsPerSecond) {}

    // Removes from `events` what is left out at time `now`, and puts a Lost where something was.
    void thin(std::vector<telemetry::Event>& events, base::Nanoseconds now);

private:
    node::TelemetryBudget m_budget;
};

}  // namespace raftarium::rpc
