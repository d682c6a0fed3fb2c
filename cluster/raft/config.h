// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Options of one core. Where etcd sets a default, it is the same here.
#pragma once

#include "cluster/raft/log/storage.h"

#include <cstdint>
#include <limits>

namespace raftarium::raft {

inline constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

enum class ReadOnlyOption : std::uint8_t {
    safe,        // heartbeats confirm leadership before a read is answered (thesis 6.4)
    leaseBased,  // relies on the election timeout and the clocks (thesis 6.4.1); needs checkQuorum
};

struct Config {
    NodeId id = kNone;
    int electionTicks = 10;  // timeouts are drawn from [electionTicks, 2 * electionTicks - 1]
    int heartbeatTicks = 1;
    const Storage* storage = nullptr;  // outlives the core
    Index applied = 0;                 // what the application has applied before a restart
    bool asyncStorageWrites = false;
    std::uint64_t maxBytesPerMessage = kNoLimit;
    std::uint64_t maxCommittedBytesPerReady = 0;  // 0 = maxBytesPerMessage
    std::uint64_t maxUncommittedBytes = kNoLimit;
    int maxInflightMessages = 512;
    std::uint64_t maxInflightBytes = kNoLimit;
    bool checkQuorum = false;
    bool preVote = false;
    ReadOnlyOption readOnly = ReadOnlyOption::safe;
    bool disableProposalForwarding = false;
    bool disableConfChangeValidation = false;
    bool stepDownOnRemoval = false;
    std::uint64_t seed = 1;  // of the election timeouts
};

}  // namespace raftarium::raft
