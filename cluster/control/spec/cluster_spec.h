// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A local cluster as it is kept: its members, where they are, and the settings that a restart brings back.
#pragma once

#include "cluster/control/spec/pace.h"

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::control {

inline constexpr std::size_t kNodesMax = 9;

// The program that a member is; see control/engine.h.
enum class EngineKind : std::uint8_t { raftarium, etcd };

struct NodeSpec {
    std::string name;  // n1, n2, ...
    std::uint64_t id = 0;
    std::string dataDir;
    std::uint16_t clientPort = 0, peerPort = 0;
    std::string adminSocket;  // unix socket path, under 107 bytes; of Raftarium's own nodes
    EngineKind engine = EngineKind::raftarium;
    std::string clientUrl() const;
    std::string peerUrl() const;
};

struct ClusterSpec {
    std::string name;
    std::string directory;
    std::string token;
    std::vector<NodeSpec> nodes;
    PacePreset pace = PacePreset::classroom;          // the preset last chosen
    PaceSpec timing = paceOf(PacePreset::classroom);  // what is in force: the preset's values, or others
    bool preVote = true;
    bool checkQuorum = true;
    // Members were added or removed since the cluster began: a node without data then joins what there is
    // (--initial-cluster-state existing) instead of taking part in a new beginning.
    bool reconfigured = false;
    // Number in the next new node's name; names are not used again. 0: one above the highest.
    std::uint32_t nextNode = 0;
    std::uint32_t formatVersion = 1;
};

}  // namespace raftarium::control
