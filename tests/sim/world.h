// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What all parts of one simulated run share.
#pragma once

#include "cluster/base/rng.h"
#include "tests/sim/cluster_checks.h"
#include "tests/sim/event_queue.h"
#include "tests/sim/options.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::sim {

class Member;
class Network;
class TraceRecorder;

struct World {
    explicit World(const Options& chosen)
        : options(chosen),
          networkRng(chosen.seed ^ 0x4E65740000000000ULL),
          diskRng(chosen.seed ^ 0x4469736B00000000ULL),
          faultRng(chosen.seed ^ 0x4661756C74000000ULL),
          clientRng(chosen.seed ^ 0x436C69656E740000ULL) {}

    // Exponential would have no bound; this has its mean and a tail of four times it.
    static base::Nanoseconds around(base::Rng& rng, base::Nanoseconds mean) {
        const auto part = static_cast<std::uint64_t>(mean > 0 ? mean : 1);
        const std::uint64_t base = part / 4 + rng.below(part);
        return static_cast<base::Nanoseconds>(rng.chance(0.1) ? base + rng.below(3 * part) : base);
    }
    void note(const std::string& text);

    Options options;
    EventQueue events;
    ClusterChecks checks;
    RunHash hash;
    // One stream for each concern, so that a change in one does not move all others.
    base::Rng networkRng, diskRng, faultRng, clientRng;
    Network* network = nullptr;
    TraceRecorder* recorder = nullptr;  // null: nothing is recorded
    std::FILE* notes = nullptr;         // null: silent
    std::vector<std::unique_ptr<Member>> members;

    Member* byId(std::uint64_t id) const;
    Member* byName(const std::string& name) const;
};

}  // namespace raftarium::sim
