// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry that no node would send: every field drawn at random, including numbers outside enumerations.
#pragma once

#include "cluster/base/rng.h"
#include "cluster/observe/event.h"
#include "proto/raftarium/telemetry.pb.h"

#include <cstdint>
#include <vector>

namespace raftarium::testing {

// A batch of `events` events (some of no kind), sometimes with a full state, with times from `from` on.
telemetry::v1::EventBatch randomBatch(base::Rng& rng, int events, observe::TimeNs from);

// Decoded batches of five nodes, and what a supervisor says of them; sorted by time, node and sequence.
std::vector<observe::Event> randomEvents(base::Rng& rng, std::size_t count);

void sortByTime(std::vector<observe::Event>& events);

}  // namespace raftarium::testing
