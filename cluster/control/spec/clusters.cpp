// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Creating, listing and deleting clusters.
#include "cluster/base/coding.h"
#include "cluster/control/controller.h"
#include "cluster/control/spec/paths.h"
#include "cluster/control/spec/ports.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/control/supervisor/cluster_lock.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/random.h>

namespace raftarium::control {
namespace {

namespace fs = std::filesystem;

// One creation at a time, so that two do not choose the same ports.
base::Result<Fd> lockCreation() {
    const std::string path = clustersDirectory() + "/.creating";
    Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) return ioError("cannot open " + path, errno);
    while (::flock(file.get(), LOCK_EX) != 0) {
        if (errno != EINTR) return ioError("cannot lock " + path, errno);
    }
    return file;
}

std::vector<std::string> clusterNames() {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(clustersDirectory(), error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        std::error_code ignored;
        if (checkClusterName(name) && it->is_directory(ignored)) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::set<std::uint16_t> portsOfAll() {
    std::set<std::uint16_t> ports;
    for (const std::string& name : clusterNames()) {
        const auto spec = readSpec(clusterDirectory(name));
        if (!spec) continue;
        for (const NodeSpec& node : spec->nodes) ports.insert({node.clientPort, node.peerPort});
    }
    return ports;
}

std::uint64_t randomNumber() {
    std::uint64_t value = 0;
    RAFTARIUM_CHECK(::getrandom(&value, sizeof value, 0) == sizeof value);
    return value;
}

ClusterStatus statusOf(const std::string& name) {
    ClusterStatus status;
    const std::string directory = clusterDirectory(name);
    if (auto joined = joinCluster(name); joined) return (*joined)->status();
    status.running = ClusterLock::holder(directory).held;
    auto spec = readSpec(directory);
    if (spec) {
        status.spec = std::move(*spec);
        if (status.running) status.problem = "its supervisor does not answer";
    } else {
        status.problem = spec.error().text;
    }
    status.spec.name = name;
    status.spec.directory = directory;
    for (const NodeSpec& node : status.spec.nodes) {
        status.nodes.push_back({node, observe::ProcessState::stopped, 0, "", logFile(directory, node.name)});
    }
    status.diskBytes = diskUse(directory);
    return status;
}

base::Status checkOptions(const CreateOptions& options) {
    if (auto checked = checkClusterName(options.name); !checked) return checked;
    if (options.nodes >= 1 && options.nodes <= 9) return {};
    return base::sayError(
        base::Errc::invalidArgument,
        {RAFTARIUM_TEXT("Control", "a cluster of {0} nodes: the number of nodes must be 1 to 9"), {options.nodes}});
}

}  // namespace

base::Result<PortReservation> reservePorts(std::size_t count, std::uint64_t seed) {
    auto lock = lockCreation();
    if (!lock) return lock.error();
    auto ports = choosePorts(count, portsOfAll(), seed);
    if (!ports) return ports.error();
    return PortReservation{std::move(*lock), std::move(*ports)};
}

base::Result<ClusterSpec> createCluster(const CreateOptions& options) {
    if (auto checked = checkOptions(options); !checked) return checked.error();
    if (auto made = makeDirectory(clustersDirectory()); !made) return made.error();
    const std::uint64_t random = randomNumber();
    const auto reserved = reservePorts(static_cast<std::size_t>(options.nodes) * 2, random);
    if (!reserved) return reserved.error();
    const std::vector<std::uint16_t>& ports = reserved->ports;

    ClusterSpec spec;
    spec.name = options.name;
    spec.pace = options.pace;
    spec.timing = paceOf(options.pace);
    spec.preVote = options.preVote;
    spec.checkQuorum = options.checkQuorum;
    const std::string directory = clusterDirectory(options.name);
    std::error_code error;
    if (fs::exists(directory, error)) {
        return base::sayError(
            base::Errc::exists,
            {RAFTARIUM_TEXT("Control",
                            "there is a cluster \"{0}\" already ({1}): choose another name, or destroy it first"),
             {options.name, directory}});
    }
    spec.token = options.name + "-" + base::hexId(random);
    for (std::size_t i = 0; i < static_cast<std::size_t>(options.nodes); ++i) {
        NodeSpec node;
        node.name = "n" + std::to_string(i + 1);
        node.clientPort = ports[2 * i];
        node.peerPort = ports[2 * i + 1];
        node.id = memberId(node.peerUrl(), spec.token);
        node.engine = options.engine;
        node.dataDir = directory + "/" + node.name;
        spec.nodes.push_back(std::move(node));
    }
    // Built beside and renamed: a directory with a cluster's name always holds a spec.
    spec.directory = clustersDirectory() + "/.new-" + base::hexId(random);
    if (auto made = makeDirectory(spec.directory); !made) return made.error();
    auto written = writeSpec(spec);
    if (written && ::rename(spec.directory.c_str(), directory.c_str()) != 0) {
        written = ioError("cannot rename " + spec.directory + " to " + directory, errno);
    }
    if (!written) {
        fs::remove_all(spec.directory, error);
        return written.error();
    }
    spec.directory = directory;
    return spec;
}

base::Result<std::vector<ClusterStatus>> listClusters() {
    std::vector<ClusterStatus> out;
    for (const std::string& name : clusterNames()) out.push_back(statusOf(name));
    return out;
}

base::Status destroyCluster(const std::string& name) {
    if (auto checked = checkClusterName(name); !checked) return checked;
    const std::string directory = clusterDirectory(name);
    std::error_code error;
    if (!fs::is_directory(directory, error)) {
        return base::sayError(base::Errc::notFound, {RAFTARIUM_TEXT("Control", "there is no cluster \"{0}\" in {1}"),
                                                     {name, clustersDirectory()}});
    }
    // Held until all is gone, so that nobody opens what is being deleted.
    const auto lock = ClusterLock::acquire(directory);
    if (!lock) {
        if (lock.error().code != base::Errc::unavailable) return lock.error();
        return base::sayError(
            base::Errc::unavailable,
            {RAFTARIUM_TEXT("Control", "cluster {0} is running (process {1} supervises it): stop it first"),
             {name, ClusterLock::holder(directory).pid}});
    }
    if (auto sockets = socketDirectory(directory); sockets) fs::remove_all(*sockets, error);
    fs::remove_all(directory, error);
    if (error) return ioError("cannot delete " + directory, error.value());
    return {};
}

}  // namespace raftarium::control
