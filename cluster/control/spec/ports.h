// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Ports on 127.0.0.1 for nodes. They are written into the spec and stay with the node: its peer URL is part of its id.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/fd.h"

#include <cstdint>
#include <set>
#include <vector>

namespace raftarium::control {

// Nobody listens there now.
bool portIsFree(std::uint16_t port);

// Consecutive ports below the range the kernel draws outgoing ports from (so that a stopped node's port is not taken by
// somebody's connection), free now and not in `taken` (ports of clusters that are not running). `seed` spreads the
// choices of users who create at the same moment.
base::Result<std::vector<std::uint16_t>> choosePorts(std::size_t count, const std::set<std::uint16_t>& taken,
                                                     std::uint64_t seed);

// Ports that no cluster of this user has, running or not. Nobody else reserves any while this exists: write them into
// a spec meanwhile.
struct PortReservation {
    Fd lock;
    std::vector<std::uint16_t> ports;
};
base::Result<PortReservation> reservePorts(std::size_t count, std::uint64_t seed);  // clusters.cpp

}  // namespace raftarium::control
