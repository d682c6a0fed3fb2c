// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/options.h"

#include "cluster/base/rng.h"

#include <initializer_list>

namespace raftarium::sim {

Options optionsOfSeed(std::uint64_t seed) {
    base::Rng rng(seed * 0x9E3779B97F4A7C15ULL + 1);
    const auto oneOf = [&](std::initializer_list<std::int64_t> values) {
        return *(values.begin() + static_cast<std::ptrdiff_t>(rng.below(values.size())));
    };
    // Most kinds of fault are away in some runs: what is never left alone hides what needs quiet.
    const auto every = [&](double share, std::initializer_list<std::int64_t> ms) {
        const std::int64_t chosen = oneOf(ms);
        return rng.chance(share) ? chosen * base::kMillisecond : 0;
    };
    Options options;
    options.seed = seed;
    options.members = static_cast<int>(oneOf({1, 2, 3, 3, 3, 3, 4, 5, 5, 5}));
    options.clients = 3 + static_cast<int>(rng.below(4));
    options.keys = 3 + static_cast<int>(rng.below(4));
    options.storm = oneOf({8, 12, 20}) * base::kSecond;
    if (rng.chance(0.6)) {
        options.heartbeatMs = 20;
        options.electionMs = oneOf({60, 100, 200, 400});
    }
    options.preVote = rng.chance(0.6);
    options.checkQuorum = rng.chance(0.6);
    options.snapshotCount = static_cast<std::uint64_t>(oneOf({10, 30, 100, 10'000}));
    options.snapshotCatchupEntries = static_cast<std::uint64_t>(oneOf({1, 10, 50}));
    options.walSegmentBytes = static_cast<std::uint64_t>(oneOf({2'048, 8'192, 32'768}));
    options.encodeMessages = rng.chance(0.15);
    options.keepsOrder = rng.chance(0.5);
    options.partitions = every(0.7, {400, 1000, 3000});
    options.crashes = every(0.7, {400, 1000, 3000});
    options.slowness = every(0.6, {400, 1000, 3000});
    options.diskFaults = every(0.5, {500, 1500, 4000});
    options.membership = every(0.5, {300, 1500, 3000});
    options.leadership = every(0.5, {200, 1000, 3000});
    options.loss = rng.chance(0.5) ? static_cast<double>(oneOf({1, 5, 20})) / 100 : 0;
    options.duplication = rng.chance(0.5) ? static_cast<double>(oneOf({1, 10})) / 100 : 0;
    options.delay = oneOf({100, 1000, 5000}) * base::kMicrosecond;
    options.sync = oneOf({100, 2000, 10'000}) * base::kMicrosecond;
    options.think = oneOf({10, 50, 150}) * base::kMillisecond;
    return options;
}

}  // namespace raftarium::sim
