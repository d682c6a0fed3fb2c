// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A small consistent picture of a member. The raft loop refreshes it after each step; any thread may read it, without
// a lock.
#pragma once

#include "cluster/node/telemetry/telemetry_event.h"
#include "cluster/raft/types.h"

#include <cstdint>

namespace raftarium::node {

struct NodeStatus {
    std::uint64_t nodeId = 0;
    std::uint64_t clusterId = 0;
    std::uint64_t incarnation = 0;
    raft::Role role = raft::Role::follower;
    bool learner = false;
    std::uint64_t term = 0;
    std::uint64_t leader = 0;  // 0 = unknown
    std::uint64_t votedFor = 0;
    std::uint64_t firstIndex = 0;
    std::uint64_t lastIndex = 0;
    std::uint64_t durableIndex = 0;
    std::uint64_t commit = 0;
    std::uint64_t applied = 0;
    std::int64_t revision = 0;
    bool ready = false;  // serves clients
    bool stopped = false;
    // Nothing was stored before this start, and this run has not yet published its name and addresses to the cluster.
    bool firstStart = false;
    ElectionDeadline deadline;
    Pace pace;
};

}  // namespace raftarium::node
