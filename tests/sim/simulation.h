// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One run of a whole cluster from one seed: a storm of faults under client traffic, then peace, in which the cluster
// must work again; then the history is judged.
#pragma once

#include "tests/sim/cluster_checks.h"
#include "tests/sim/options.h"

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace raftarium::sim {

struct Result {
    std::optional<Fault> fault;
    std::uint64_t hash = 0;  // of everything that happened
    base::Nanoseconds simulated = 0;
    std::size_t elections = 0;
    raft::Index committed = 0;
    std::size_t operations = 0;
    std::size_t acknowledged = 0;
    std::size_t undecided = 0;  // keys whose linearizability search was given up
    bool stranded = false;      // those left need a member that was removed: liveness was not asked
};

struct RunOptions {
    std::FILE* notes = nullptr;  // what happens, for people
    std::string trace;           // file to record to; empty: none
};

Result simulate(const Options& options, const RunOptions& run = {});

}  // namespace raftarium::sim
