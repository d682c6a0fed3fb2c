// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A load generator for any etcd v3 server: `raftariumctl bench` and `./dev bench` drive ours and real etcd with it
// alike.
#pragma once

#include "cluster/base/result.h"
#include "cluster/load/load_histogram.h"
#include "cluster/load/load_spec.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace raftarium::client {

struct LoadReport {
    Histogram latency;  // from sending to the answer
    // With a rate only: how long after its place in the schedule an operation was sent, because no client was free; and
    // from that place to the answer. A latency alone would hide what a stalled server does to the calls that wait
    // behind it (coordinated omission).
    Histogram lateness, fromSchedule;
    std::vector<std::string> unreachable;  // endpoints left out, each with the reason
    std::uint64_t operations = 0;          // answered without error
    std::uint64_t errors = 0;
    std::string firstError;
    std::uint64_t watchEvents = 0;
    double seconds = 0;
    double perSecond() const { return seconds > 0 ? static_cast<double>(operations) / seconds : 0; }
};

// Blocks until all operations are done. `progress` (may be empty) is called about ten times a second with what is done.
base::Result<LoadReport> runLoad(const LoadSpec& spec, const std::function<void(std::uint64_t done)>& progress);

}  // namespace raftarium::client
