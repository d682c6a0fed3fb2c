// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The program that a member is: how it is started, how one sees that it serves, what it reports and what can be done to
// it. Ours reports everything and takes faults and settings while it runs; a real etcd has neither, but is a process
// like any other, and its API is the same.
#pragma once

#include "cluster/control/action.h"
#include "cluster/control/cluster_status.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::control {

struct Engine {
    EngineKind kind = EngineKind::raftarium;
    const char* name = "";     // in cluster.json: "raftarium", "etcd"
    const char* program = "";  // file name of the program
    bool telemetry = false;    // its admin socket streams telemetry
    bool control = false;      // it takes faults, pace and protocol switches while it runs, and campaigns when asked
    // The command line, without the program. Heartbeat and election timeout obey etcd's rule (election at least five
    // times the heartbeat); the real pace, which may break it, is set once the node runs, where the engine takes it.
    std::vector<std::string> (*arguments)(const ClusterSpec& spec, const NodeSpec& node) = nullptr;
    // A running process has begun to serve. Blocks at most a second; from any thread.
    bool (*serves)(const NodeSpec& node) = nullptr;
};

const Engine& engineOf(EngineKind kind);
std::optional<EngineKind> engineKind(std::string_view name);

// Why the action cannot be done to the cluster as it is, in a sentence that says what to do first; nullopt if it can be
// tried. Menus show it, and the supervisor refuses with it. The members themselves may still refuse: whether a change
// of members is safe, for instance, only they know.
std::optional<base::Error> whyNot(const Action& action, const ClusterStatus& status);

// The reasons that are about one process: what it is forbids what is asked.
base::Error notRunning(const std::string& node);
base::Error pausedAlready(const std::string& node);
base::Error notPaused(const std::string& node);
base::Error runsAlready(const std::string& node, observe::ProcessState state);
base::Error notServing(const std::string& node, observe::ProcessState state);             // state is not running
base::Error unknownNode(const std::string& node, const std::vector<std::string>& names);  // lists the names there are

}  // namespace raftarium::control
