// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Local clusters of real processes. One supervisor per cluster (the app, or `raftariumctl cluster start`) owns the
// processes; everybody else acts through its socket. Connecting gives the same interface either way.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/action.h"
#include "cluster/control/cluster_status.h"
#include "cluster/observe/event.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::control {

// All clusters under the data directory ($XDG_DATA_HOME/raftarium/clusters, ~/.local/share by default).
std::string clustersDirectory();
base::Result<std::vector<ClusterStatus>> listClusters();

// A handle on one cluster; every call acts on the running processes, wherever their supervisor is. Blocking (bounded);
// safe from any thread.
class Cluster {
public:
    virtual ~Cluster() = default;

    virtual ClusterStatus status() = 0;
    // Returns when it is done. Node names are checked: the error lists the ones there are.
    virtual base::Result<ActionOutcome> apply(const Action& action) = 0;
    // The messages that running nodes hold (HoldLink), of each sender in the order sent.
    virtual base::Result<std::vector<observe::Message>> held() = 0;

    // What the supervisor reports: process changes (start, exit, pause, ...) and the actions taken, by whomever. From a
    // thread of the cluster; replaces the earlier callback. The callback may call the cluster.
    virtual void onEvent(std::function<void(observe::Event)> callback) = 0;
    // The supervisor ended: somebody stopped the cluster, or, where it was joined, its supervisor is gone. From a
    // thread of the cluster.
    virtual void onEnded(std::function<void()> callback) = 0;
    // The end of a node's own output; empty if there is no such node.
    virtual std::string logTail(const std::string& node, std::size_t bytes) = 0;
};

struct CreateOptions {
    std::string name;
    int nodes = 5;  // 1..9
    PacePreset pace = PacePreset::classroom;
    bool preVote = true;
    bool checkQuorum = true;
    EngineKind engine = EngineKind::raftarium;
};

base::Result<ClusterSpec> createCluster(const CreateOptions& options);  // directory, ports, spec file; starts nothing
// Becomes the supervisor if nobody is, else joins the one that runs. `nodeProgram`: path of raftarium-node ("" = beside
// us).
base::Result<std::unique_ptr<Cluster>> openCluster(const std::string& name, const std::string& nodeProgram);
// Only joins; Errc::unavailable if no supervisor runs.
base::Result<std::unique_ptr<Cluster>> joinCluster(const std::string& name);
base::Status destroyCluster(const std::string& name);  // refused while it runs

}  // namespace raftarium::control
