// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Leaves out a subscriber's events above the rate that it asked for, where the publishers make more for another
// subscriber. State events always pass; of the others those pass that the budget admits. What is left out is counted in
// a Lost at its place.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/node/telemetry/telemetry_budget.h"
#include "cluster/telemetry/event.h"

#include <cstdint>
#include <vector>

namespace raftarium::node {

class TelemetrySampler {
public:
    explicit TelemetrySampler(std::uint32_t maxEventsPerSecond) : m_budget(maxEventsPerSecond) {}

    // Removes from `events` what is left out at time `now`, and puts a Lost where something was.
    void thin(std::vector<telemetry::Event>& events, base::Nanoseconds now);

private:
    TelemetryBudget m_budget;
};

}  // namespace raftarium::node
