// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// fake_supervisor CLUSTER NODE-PROGRAM [PAUSED-NODE]: opens the cluster, starts all nodes, pauses one, prints "owned
// PID..." or "joined PID..." and stays until its standard input ends.
#include "cluster/control/controller.h"
#include "cluster/control/supervisor/open_cluster.h"
#include "tests/control/recorder.h"

#include <iostream>
#include <string>

using namespace raftarium;

int main(int argc, char** argv) {
    control::Recorder recorder;
    auto cluster = control::openClusterWith(argv[1], argv[2], recorder.access());
    if (!cluster) {
        std::cerr << cluster.error().text << std::endl;
        return 1;
    }
    if (auto started = (*cluster)->apply(control::StartAll{}); !started) {
        std::cerr << started.error().text << std::endl;
        return 1;
    }
    if (argc > 3 && *argv[3] != 0) {
        if (auto paused = (*cluster)->apply(control::PauseNode{argv[3]}); !paused) {
            std::cerr << paused.error().text << std::endl;
            return 1;
        }
    }
    const control::ClusterStatus status = (*cluster)->status();
    std::cout << (status.ownedHere ? "owned" : "joined");
    for (const auto& node : status.nodes) std::cout << " " << node.pid;
    std::cout << std::endl;
    std::string line;
    while (std::getline(std::cin, line)) {
    }
    return 0;
}
