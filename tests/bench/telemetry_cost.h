// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a subscriber of telemetry costs the cluster it watches. The goal is at most 3 % of put throughput.
#pragma once

#include <string>

namespace raftarium::bench {

// The same load on the same running cluster, alone and with one subscriber for each member that reads everything, in
// turns that change their order; prints each round, then the medians. An error text, or nothing.
std::string measureTelemetry(const std::string& node, const std::string& directory, int members, int rounds);

}  // namespace raftarium::bench
