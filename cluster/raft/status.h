// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The state of a core, and a leader's view of each peer, as plain values.
#pragma once

#include "cluster/raft/types.h"

#include <cstdint>

namespace raftarium::raft {

enum class ProgressState : std::uint8_t { probe = 0, replicate = 1, snapshot = 2 };

struct ProgressView {
    NodeId id = kNone;
    ProgressState state = ProgressState::probe;
    Index match = 0;
    Index next = 0;
    Index pendingSnapshot = 0;
    int inflight = 0;
    bool paused = false;
    bool recentActive = false;
    bool learner = false;
};

struct StatusView {
    NodeId id = kNone;
    HardState hardState;
    SoftState softState;
    Index applied = 0;
    Index lastIndex = 0;
    NodeId leadTransferee = kNone;
    int electionElapsedTicks = 0;
    int randomizedElectionTimeoutTicks = 0;
};

}  // namespace raftarium::raft
