// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/open_cluster.h"

#include "cluster/control/spec/paths.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/control/supervisor/cluster_lock.h"
#include "cluster/control/supervisor/local_cluster.h"
#include "cluster/control/supervisor/node_command.h"
#include "cluster/control/supervisor/remote_cluster.h"

#include <chrono>
#include <thread>

namespace raftarium::control {
namespace {

// A supervisor that has the lock listens within this time, or has given the lock back.
constexpr std::chrono::seconds kSettleWithin{5};
constexpr std::chrono::milliseconds kLookEvery{20};

base::Result<ClusterSpec> specOf(const std::string& name) {
    if (auto checked = checkClusterName(name); !checked) return checked.error();
    auto spec = readSpec(clusterDirectory(name));
    if (!spec && spec.error().code == base::Errc::notFound) {
        return base::Error{base::Errc::notFound, "there is no cluster \"" + name + "\" in " + clustersDirectory() +
                                                     ": create it with 'raftariumctl cluster create " + name + "'"};
    }
    if (spec && spec->name != name) {
        return base::Error{base::Errc::corruption, specFile(clusterDirectory(name)) +
                                                       " is the spec of a cluster called \"" + spec->name +
                                                       "\": rename its directory, or correct the name in it"};
    }
    return spec;
}

base::Error unreachable(const std::string& name, const LockHolder& holder) {
    return {base::Errc::timeout, "process " + std::to_string(holder.pid) + " supervises cluster " + name +
                                     " but does not answer: end that process, then open the cluster again"};
}

}  // namespace

base::Result<std::unique_ptr<Cluster>> openClusterWith(const std::string& name, const std::string& nodeProgram,
                                                       NodeAccess access) {
    auto spec = specOf(name);
    if (!spec) return spec.error();
    const auto deadline = std::chrono::steady_clock::now() + kSettleWithin;
    while (true) {
        auto lock = ClusterLock::acquire(spec->directory);
        if (lock) {
            auto program = findNodeProgram(nodeProgram);
            if (!program) return program.error();
            return LocalCluster::supervise(std::move(*spec), std::move(*lock), std::move(*program), std::move(access));
        }
        if (lock.error().code != base::Errc::unavailable) return lock.error();
        const LockHolder holder = ClusterLock::holder(spec->directory);
        if (!holder.socket.empty()) {
            if (auto joined = RemoteCluster::join(*spec, holder.socket); joined) return joined;
        }
        if (std::chrono::steady_clock::now() > deadline) return unreachable(name, holder);
        std::this_thread::sleep_for(kLookEvery);
    }
}

base::Result<std::unique_ptr<Cluster>> openCluster(const std::string& name, const std::string& nodeProgram) {
    return openClusterWith(name, nodeProgram, realNodeAccess());
}

base::Result<std::unique_ptr<Cluster>> joinCluster(const std::string& name) {
    auto spec = specOf(name);
    if (!spec) return spec.error();
    const auto deadline = std::chrono::steady_clock::now() + kSettleWithin;
    while (true) {
        const LockHolder holder = ClusterLock::holder(spec->directory);
        if (!holder.held) {
            return base::Error{base::Errc::unavailable,
                               "cluster " + name + " is not running: start it with 'raftariumctl cluster start " +
                                   name + "', or open it in the app"};
        }
        if (!holder.socket.empty()) {
            auto joined = RemoteCluster::join(*spec, holder.socket);
            if (joined) return joined;
        }
        if (std::chrono::steady_clock::now() > deadline) return unreachable(name, holder);
        std::this_thread::sleep_for(kLookEvery);
    }
}

}  // namespace raftarium::control
