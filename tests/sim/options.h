// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The kind of run a seed stands for: sizes, switches and how much of each fault.
#pragma once

#include "cluster/base/clock.h"

#include <cstdint>

namespace raftarium::sim {

struct Options {
    std::uint64_t seed = 1;
    int members = 3;
    int clients = 4;
    int keys = 5;
    base::Nanoseconds storm = 15 * base::kSecond;  // faults and traffic; then all is healed
    std::int64_t heartbeatMs = 100;
    std::int64_t electionMs = 1000;
    bool preVote = true;
    bool checkQuorum = true;
    std::uint64_t snapshotCount = 1000;
    std::uint64_t snapshotCatchupEntries = 100;
    std::uint64_t walSegmentBytes = 16 * 1024;
    bool encodeMessages = false;  // through raftpb's bytes
    bool keepsOrder = true;       // of messages on one link, as a stream does

    // Mean time between two actions of each kind; 0 = never.
    base::Nanoseconds partitions = 0;
    base::Nanoseconds crashes = 0;
    base::Nanoseconds slowness = 0;  // clogged links, paused processes, slow disks
    base::Nanoseconds diskFaults = 0;
    base::Nanoseconds membership = 0;
    base::Nanoseconds leadership = 0;  // transfers, campaigns

    double loss = 0;
    double duplication = 0;
    base::Nanoseconds delay = base::kMillisecond;  // mean of a message
    base::Nanoseconds sync = base::kMillisecond;   // mean of a write with fsync
    base::Nanoseconds think = 50 * base::kMillisecond;
};

Options optionsOfSeed(std::uint64_t seed);

}  // namespace raftarium::sim
