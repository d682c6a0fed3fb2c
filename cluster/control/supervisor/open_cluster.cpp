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
        return base::sayError(
            base::Errc::notFound,
            {RAFTARIUM_TEXT("Control",
                            "there is no cluster \"{0}\" in {1}: create it with 'raftariumctl cluster create {2}'"),
             {name, clustersDirectory(), name}});
    }
    if (spec && spec->name != name) {
        return base::sayError(
            base::Errc::corruption,
            {RAFTARIUM_TEXT(
                 "Control",
                 "{0} is the spec of a cluster called \"{1}\": rename its directory, or correct the name in it"),
             {specFile(clusterDirectory(name)), spec->name}});
    }
    return spec;
}

base::Error unreachable(const std::string& name, const LockHolder& holder) {
    return base::sayError(base::Errc::timeout,
                          {RAFTARIUM_TEXT("Control",
                                          "process {0} supervises cluster {1} but does not answer: end that "
                                          "process, then open the cluster again"),
                           {holder.pid, name}});
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
            auto joined = RemoteCluster::join(*spec, holder.socket);
            if (joined || joined.error().code == base::Errc::unimplemented) return joined;
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
            return base::sayError(base::Errc::unavailable,
                                  {RAFTARIUM_TEXT("Control",
                                                  "cluster {0} is not running: start it with 'raftariumctl cluster "
                                                  "start {1}', or open it in the app"),
                                   {name, name}});
        }
        if (!holder.socket.empty()) {
            auto joined = RemoteCluster::join(*spec, holder.socket);
            if (joined || joined.error().code == base::Errc::unimplemented) return joined;
        }
        if (std::chrono::steady_clock::now() > deadline) return unreachable(name, holder);
        std::this_thread::sleep_for(kLookEvery);
    }
}

}  // namespace raftarium::control
