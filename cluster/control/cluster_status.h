// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a cluster and its processes are at one moment.
#pragma once

#include "cluster/base/text.h"
#include "cluster/control/spec/cluster_spec.h"
#include "cluster/observe/event.h"

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::control {

struct NodeStatus {
    NodeSpec spec;
    observe::ProcessState process = observe::ProcessState::stopped;
    int pid = 0;
    std::string text;  // exit reason: "killed (SIGKILL)", "exited with 1: <last line of its output>"
    std::string logFile;
    base::Text said = {};  // the text as data; without a template if there is none
};

struct ClusterStatus {
    ClusterSpec spec;
    bool running = false;    // a supervisor has it
    bool ownedHere = false;  // this process is its supervisor
    std::vector<NodeStatus> nodes;
    std::vector<observe::LinkFaults> faults;  // set by hand; the pace's own link delay is not among them
    std::uint64_t diskBytes = 0;              // allocated on disk
    std::string problem;  // why this cluster cannot be used or asked, for instance a damaged spec file
};

}  // namespace raftarium::control
