// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A cluster that never ran: a small model of Raft on simulated time that tells what happens in it as telemetry events.
// For tests of the observer and the screen, and for measuring them. The same options give the same events.
#pragma once

#include "cluster/observe/event.h"

#include <cstdint>
#include <vector>

namespace raftarium::testing {

struct SyntheticOptions {
    int nodes = 5;  // named n1, n2, ...; ids are 64-bit draws, as real ones are
    std::uint64_t seed = 1;
    observe::TimeNs startNs = 1'000'000'000;
    observe::TimeNs durationNs = 20'000'000'000;
    observe::TimeNs heartbeatNs = 100'000'000;
    observe::TimeNs electionNs = 1'000'000'000;  // timeouts are drawn from [this, twice this)
    observe::TimeNs linkNs = 2'000'000;          // a message takes from half of it to one and a half
    double putsPerSecond = 5;
    // Times from the start; 0 = it does not happen.
    observe::TimeNs killLeaderNs = 6'000'000'000, restartNs = 9'000'000'000;
    // The leader and one follower are cut off from the rest.
    observe::TimeNs partitionNs = 11'000'000'000, healNs = 15'000'000'000;
};

// Ids of n1, n2, ... under these options.
std::vector<observe::NodeId> syntheticIds(const SyntheticOptions& options);

// In the order of time.
std::vector<observe::Event> synthesize(const SyntheticOptions& options);

}  // namespace raftarium::testing
