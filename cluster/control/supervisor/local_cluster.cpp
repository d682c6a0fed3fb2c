// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/local_cluster.h"

#include "cluster/base/clock.h"
#include "cluster/control/engine.h"
#include "cluster/control/spec/paths.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/control/supervisor/node_command.h"
#include "cluster/control/supervisor/supervisor_protocol.h"
#include "cluster/control/supervisor/supervisor_socket.h"

#include <filesystem>

namespace raftarium::control {

using observe::ProcessState;

base::Result<std::unique_ptr<Cluster>> LocalCluster::supervise(ClusterSpec spec, ClusterLock lock,
                                                               std::string nodeProgram, NodeAccess access) {
    std::unique_ptr<LocalCluster> cluster(new LocalCluster(std::move(spec), std::move(nodeProgram), std::move(access)));
    if (auto begun = cluster->beginSupervision(std::move(lock)); !begun) return begun.error();
    return std::unique_ptr<Cluster>(std::move(cluster));
}

LocalCluster::LocalCluster(ClusterSpec spec, std::string nodeProgram, NodeAccess access)
    : m_program(std::move(nodeProgram)),
      m_access(std::move(access)),
      m_name(spec.name),
      m_directory(spec.directory),
      m_spec(std::move(spec)),
      m_faults(m_spec.nodes),
      m_launcher(std::make_unique<Launcher>()) {
    m_nodes.resize(m_spec.nodes.size());
    for (std::size_t i = 0; i < m_nodes.size(); ++i) m_nodes[i].spec = m_spec.nodes[i];
    m_configurer = std::thread([this] { configureNodes(); });
}

LocalCluster::~LocalCluster() {
    (void)stopAll();
    endSupervision();
    {
        const MutexLock lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_configurer.join();
    // Requests that are being answered end before what they use goes.
    m_socket.reset();
    m_retired.clear();
    m_launcher.reset();
}

base::Status LocalCluster::beginSupervision(ClusterLock lock) {
    const MutexLock one(m_supervisionMutex);
    auto sockets = socketDirectory(m_directory);
    if (!sockets) return sockets.error();
    {
        const MutexLock guard(m_mutex);
        for (NodeSpec& node : m_spec.nodes) node.adminSocket = *sockets + "/" + node.name;
        for (Node& node : m_nodes) node.spec.adminSocket = *sockets + "/" + node.spec.name;
    }
    auto socket = SupervisorSocket::listen(*sockets + "/supervisor", m_name, [this](const std::string& request) {
        return answer(*this, request,
                      [this](const Action& action, const std::string& by) { return applyBy(action, by); });
    });
    if (!socket) return socket.error();
    if (auto published = lock.publish(*sockets + "/supervisor"); !published) return published;
    const MutexLock guard(m_mutex);
    m_lock = std::move(lock);
    m_socket = std::move(*socket);
    return {};
}

base::Status LocalCluster::ensureSupervision() {
    {
        const MutexLock guard(m_mutex);
        if (m_lock) return {};
        if (m_ending)
            return base::sayError(base::Errc::aborted, {RAFTARIUM_TEXT("Control", "the supervisor is ending"), {}});
    }
    auto lock = ClusterLock::acquire(m_directory);
    if (!lock) return lock.error();
    return beginSupervision(std::move(*lock));
}

void LocalCluster::endSupervision() {
    const MutexLock one(m_supervisionMutex);
    std::shared_ptr<SupervisorSocket> socket;
    {
        const MutexLock guard(m_mutex);
        if (!m_lock) return;
        socket = m_socket;
    }
    socket->close();
    {
        const MutexLock guard(m_mutex);
        m_retired.push_back(std::move(m_socket));
        m_socket.reset();
        m_lock.reset();
    }
    m_events.postEnded();
}

base::Result<std::size_t> LocalCluster::find(const std::string& name) const {
    const MutexLock guard(m_mutex);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        if (m_nodes[i].removed) continue;
        if (m_nodes[i].spec.name == name) return i;
        names.push_back(m_nodes[i].spec.name);
    }
    return unknownNode(name, names);
}

std::size_t LocalCluster::nodeCount() const {
    const MutexLock guard(m_mutex);
    return m_nodes.size();
}

ClusterStatus LocalCluster::status() {
    ClusterStatus out = statusWithoutDisk();
    out.diskBytes = diskUse(out.spec.directory);
    return out;
}

ClusterStatus LocalCluster::statusWithoutDisk() const {
    ClusterStatus out;
    const MutexLock guard(m_mutex);
    out.spec = m_spec;
    out.running = out.ownedHere = m_lock.has_value();
    out.faults = m_faults.set();
    for (const Node& node : m_nodes) {
        if (node.removed) continue;
        out.nodes.push_back({node.spec, node.state, node.pid, node.text, logFile(m_directory, node.spec.name)});
    }
    return out;
}

void LocalCluster::onEvent(std::function<void(observe::Event)> callback) { m_events.onEvent(std::move(callback)); }
void LocalCluster::onEnded(std::function<void()> callback) { m_events.onEnded(std::move(callback)); }

std::string LocalCluster::logTail(const std::string& node, std::size_t bytes) {
    return find(node) ? readTail(logFile(status().spec.directory, node), bytes) : std::string();
}

bool LocalCluster::hasData(const NodeSpec& node) const {
    std::error_code error;
    return std::filesystem::exists(node.dataDir + "/member", error);
}

base::Status LocalCluster::wipeAll() {
    const MutexLock changes(m_memberMutex);
    std::vector<std::string> directories;
    {
        const MutexLock guard(m_mutex);
        for (const Node& node : m_nodes) {
            if (node.removed) continue;
            if (node.state != ProcessState::stopped) return runsAlready(node.spec.name, node.state);
            directories.push_back(node.spec.dataDir);
        }
    }
    for (const std::string& directory : directories) {
        std::error_code error;
        std::filesystem::remove_all(directory, error);
        if (error) return ioError("cannot delete " + directory, error.value());
    }
    // The nodes there are now begin as the first members of a new cluster.
    const auto begun = updateSpec([](ClusterSpec& spec) {
        spec.reconfigured = false;
        for (NodeSpec& node : spec.nodes) node.id = memberId(node.peerUrl(), spec.token);
    });
    return begun;
}

base::Status LocalCluster::wipe(const std::string& name) {
    if (name == "*") return wipeAll();
    const auto index = find(name);
    if (!index) return index.error();
    const MutexLock changes(m_memberMutex);
    NodeSpec spec;
    bool runs = false, alone = true;
    {
        const MutexLock guard(m_mutex);
        spec = m_nodes[*index].spec;
        runs = m_nodes[*index].state != ProcessState::stopped;
        for (const Node& other : m_nodes) {
            if (other.removed || other.spec.name == name) continue;
            if (hasData(other.spec) || other.state != ProcessState::stopped) alone = false;
        }
    }
    if (!alone) return rejoin(*index);
    if (runs) {
        if (auto killed = kill(name); !killed) return killed;
    }
    std::error_code error;
    std::filesystem::remove_all(spec.dataDir, error);
    if (error) return ioError("cannot delete " + spec.dataDir, error.value());
    return runs ? start(name) : base::Status{};
}

}  // namespace raftarium::control
