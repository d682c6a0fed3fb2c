// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A load generator for any etcd v3 server. `raftariumctl bench` and `./dev bench` use it for our members and for etcd.
#pragma once

#include "cluster/base/result.h"
#include "cluster/load/load_histogram.h"
#include "cluster/load/load_spec.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace raftarium::load {

struct LoadReport {
    Histogram latency;  // from sending to the answer
    // Only with a rate. `lateness` is the time from an operation's place in the schedule until it was sent, because no
    // client was free before; `fromSchedule` is the time from that place to the answer. The latency alone would hide
    // how long calls wait behind a stalled server (coordinated omission).
    Histogram lateness, fromSchedule;
    std::vector<std::string> unreachable;  // endpoints left out, each with the reason
    std::uint64_t operations = 0;          // answered without error
    std::uint64_t errors = 0;
    std::string firstError;
    std::uint64_t watchEvents = 0;
    double seconds = 0;
    double perSecond() const { return seconds > 0 ? static_cast<double>(operations) / seconds : 0; }
};

// Blocks until all operations are done. `progress` may be empty; it is called on this thread about ten times a second.
base::Result<LoadReport> runLoad(const LoadSpec& spec, const std::function<void(std::uint64_t done)>& progress);

}  // namespace raftarium::load
