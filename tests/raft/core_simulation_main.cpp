// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// core_simulation FIRST COUNT: runs so many seeds; prints the first fault and exits with 1 if there is one.
#include "tests/raft/core_simulation.h"

#include <cstdio>
#include <cstdlib>

using namespace raftarium::raft::testing;

int main(int argc, char** argv) {
    const std::uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
    const std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100;
    std::size_t elections = 0;
    std::size_t reads = 0;
    std::uint64_t committed = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const SimulationResult result = Simulation(optionsOfSeed(seed)).run();
        if (result.fault) {
            std::printf("seed %llu, step %d: %s\n", static_cast<unsigned long long>(seed), result.step,
                        result.fault->c_str());
            return 1;
        }
        elections += result.elections;
        reads += result.reads;
        committed += result.committed;
    }
    std::printf("%llu seeds, %zu elections, %llu entries committed, %zu reads answered\n",
                static_cast<unsigned long long>(count), elections, static_cast<unsigned long long>(committed), reads);
    return 0;
}
