// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the raft loop starts from: the outcome of opening or bootstrapping the data directory.
#pragma once

#include "cluster/node/members/membership.h"
#include "cluster/raft/raw_node.h"
#include "cluster/raft/types.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::node {

struct StartState {
    std::uint64_t nodeId = 0;
    std::uint64_t clusterId = 0;
    std::uint64_t incarnation = 0;
    std::shared_ptr<raft::MemoryStorage> log;  // snapshot, entries and hard state as read from disk
    Membership membership;                     // as of the snapshot
    Membership known;                          // who may be talked to before the log is applied again
    raft::Index snapshotIndex = 0;
    std::vector<raft::Peer> bootstrap;  // not empty: first start of a new cluster
    std::string snapshotDirectory;
};

}  // namespace raftarium::node
