// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"
#include "cluster/control/engine.h"
#include "cluster/control/spec/paths.h"
#include "cluster/control/spec/ports.h"
#include "cluster/control/supervisor/local_cluster.h"
#include "cluster/control/supervisor/node_command.h"
#include "cluster/control/supervisor/supervisor_protocol.h"
#include "cluster/control/supervisor/supervisor_socket.h"

#include <algorithm>
#include <chrono>
#include <csignal>

namespace raftarium::control {

using observe::ProcessState;

namespace {

constexpr std::chrono::seconds kGrace{5};         // from SIGTERM to SIGKILL
constexpr std::chrono::seconds kKilledWithin{5};  // a killed process can stay a while in the kernel
constexpr std::chrono::seconds kPortsWithin{2};

}  // namespace

// Called with the lock held, so that events stand in the order of the changes.
void LocalCluster::publish(const Node& node) {
    observe::Event event;
    event.atNs = base::SystemClock().monotonicNow();
    event.node = node.spec.id;
    event.kind = observe::ProcessChanged{node.state, node.spec.name, node.exitCode, node.signal, node.text};
    report(std::move(event));
    m_changed.notify_all();
}

void LocalCluster::report(observe::Event event) {
    if (m_socket) m_socket->broadcast(encodeEvent(event));
    m_events.post(std::move(event));
}

void LocalCluster::started(std::size_t index, pid_t pid) {
    const MutexLock lock(m_mutex);
    Node& node = m_nodes[index];
    node.pid = pid;
    publish(node);
}

void LocalCluster::exited(std::size_t index, int exitCode, int signal) {
    const MutexLock lock(m_mutex);
    Node& node = m_nodes[index];
    node.state = ProcessState::stopped;
    node.pid = 0;
    node.needsSettings = false;
    node.exitCode = exitCode;
    node.signal = signal;
    node.text = exitText(exitCode, signal, logFile(m_directory, node.spec.name));
    publish(node);
}

base::Status LocalCluster::launch(std::size_t index) {
    Command command;
    NodeSpec spec;
    {
        const MutexLock lock(m_mutex);
        Node& node = m_nodes[index];
        spec = node.spec;
        if (node.removed)
            return base::sayError(base::Errc::notFound,
                                  {RAFTARIUM_TEXT("Control", "{0} was removed from the cluster"), {spec.name}});
        if (node.state != ProcessState::stopped) {
            return runsAlready(spec.name, node.state);
        }
        node.state = ProcessState::starting;
        node.starts++;
        node.needsSettings = true;
        node.wasRunning = false;
        node.settingsRefused.reset();
        node.exitCode = node.signal = 0;
        node.text.clear();
        command.arguments = engineOf(spec.engine).arguments(m_spec, spec);
    }
    const auto run = [&]() -> base::Status {
        // A predecessor that was killed a moment ago may still hold its ports.
        const auto deadline = std::chrono::steady_clock::now() + kPortsWithin;
        for (const std::uint16_t port : {spec.clientPort, spec.peerPort}) {
            while (!portIsFree(port)) {
                if (std::chrono::steady_clock::now() > deadline) {
                    return base::sayError(
                        base::Errc::unavailable,
                        {RAFTARIUM_TEXT(
                             "Control",
                             "port {0} of {1} is used by another program: end that program, then start the node again"),
                         {port, spec.name}});
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        }
        command.outputFile = logFile(m_directory, spec.name);
        if (auto made = makeDirectory(m_directory + "/logs"); !made) return made;
        if (auto rotated = rotateLog(command.outputFile); !rotated) return rotated;
        ::unlink(spec.adminSocket.c_str());
        auto program = spec.engine == EngineKind::raftarium ? base::Result<std::string>(m_program)
                                                            : findProgram(engineOf(spec.engine).program);
        if (!program) return program.error();
        command.program = std::move(*program);
        command.environment = nodeEnvironment();
        command.onStarted = [this, index](pid_t pid) { started(index, pid); };
        command.onExited = [this, index](int exitCode, int signal) { exited(index, exitCode, signal); };
        return m_launcher->launch(std::move(command));
    };
    auto result = run();
    if (!result) {
        const MutexLock lock(m_mutex);
        Node& node = m_nodes[index];
        node.state = ProcessState::stopped;
        node.needsSettings = false;
        node.text = result.error().text;
        publish(node);
    }
    return result;
}

base::Status LocalCluster::start(const std::string& name) {
    const auto index = find(name);
    if (!index) return index.error();
    if (auto begun = ensureSupervision(); !begun) return begun;
    return launch(*index);
}

base::Status LocalCluster::startAll() {
    if (auto begun = ensureSupervision(); !begun) return begun;
    base::Status first;
    for (std::size_t index = 0; index < nodeCount(); ++index) {
        {
            const MutexLock guard(m_mutex);
            if (m_nodes[index].removed || m_nodes[index].state != ProcessState::stopped) continue;
        }
        auto launched = launch(index);
        if (!launched && launched.error().code != base::Errc::exists && first) first = launched;
    }
    return first;
}

// A stopped process takes the signal when it continues.
void LocalCluster::terminate(const Node& node) {
    m_launcher->signal(node.pid, SIGTERM);
    m_launcher->signal(node.pid, SIGCONT);
}

base::Status LocalCluster::awaitExit(const std::vector<std::size_t>& indexes, bool killAfterGrace) {
    const auto ended = [&] {
        return std::all_of(indexes.begin(), indexes.end(), [&](std::size_t index) {
            m_mutex.assertHeld();
            return m_nodes[index].state == ProcessState::stopped;
        });
    };
    if (killAfterGrace && m_changed.wait_for(m_mutex, kGrace, ended)) return {};
    if (killAfterGrace) {
        for (const std::size_t index : indexes) {
            if (m_nodes[index].pid != 0) m_launcher->signal(m_nodes[index].pid, SIGKILL);
        }
    }
    if (m_changed.wait_for(m_mutex, kKilledWithin, ended)) return {};
    return base::sayError(base::Errc::timeout,
                          {RAFTARIUM_TEXT("Control", "a killed node has not ended yet; its disk may be stuck"), {}});
}

base::Status LocalCluster::stop(const std::string& name) {
    const auto index = find(name);
    if (!index) return index.error();
    const MutexLock lock(m_mutex);
    const Node& node = m_nodes[*index];
    m_changed.wait(m_mutex, [&] { return node.pid != 0 || node.state == ProcessState::stopped; });
    if (node.pid == 0) return notRunning(name);
    terminate(node);
    return awaitExit({*index}, true);
}

base::Status LocalCluster::kill(const std::string& name) {
    const auto index = find(name);
    if (!index) return index.error();
    const MutexLock lock(m_mutex);
    const Node& node = m_nodes[*index];
    m_changed.wait(m_mutex, [&] { return node.pid != 0 || node.state == ProcessState::stopped; });
    if (node.pid == 0) return notRunning(name);
    m_launcher->signal(node.pid, SIGKILL);
    return awaitExit({*index}, false);
}

base::Status LocalCluster::pause(const std::string& name) {
    const auto index = find(name);
    if (!index) return index.error();
    const MutexLock lock(m_mutex);
    Node& node = m_nodes[*index];
    m_changed.wait(m_mutex, [&] { return node.pid != 0 || node.state == ProcessState::stopped; });
    if (node.pid == 0) return notRunning(name);
    if (node.state == ProcessState::paused) return pausedAlready(name);
    const std::uint64_t starts = node.starts;
    const pid_t pid = node.pid;
    m_mutex.unlock();
    const bool paused = m_launcher->pause(pid);
    m_mutex.lock();
    if (!paused || node.starts != starts || node.pid == 0) {
        return base::sayError(base::Errc::unavailable,
                              {RAFTARIUM_TEXT("Control", "{0} ended while it was being paused"), {name}});
    }
    node.state = ProcessState::paused;
    publish(node);
    return {};
}

base::Status LocalCluster::resume(const std::string& name) {
    const auto index = find(name);
    if (!index) return index.error();
    const MutexLock lock(m_mutex);
    Node& node = m_nodes[*index];
    if (node.pid == 0) return notRunning(name);
    if (node.state != ProcessState::paused) return notPaused(name);
    m_launcher->signal(node.pid, SIGCONT);
    // What was changed while it could not listen.
    node.needsSettings = true;
    node.settingsRefused.reset();
    node.state = node.wasRunning ? ProcessState::running : ProcessState::starting;
    publish(node);
    return {};
}

base::Status LocalCluster::restart(const std::string& name) {
    const auto index = find(name);
    if (!index) return index.error();
    bool runs = false;
    {
        const MutexLock guard(m_mutex);
        runs = m_nodes[*index].state != ProcessState::stopped;
    }
    if (runs) {
        auto stopped = stop(name);
        if (!stopped && stopped.error().code != base::Errc::unavailable) return stopped;
    }
    return start(name);
}

base::Status LocalCluster::stopAll() {
    base::Status stopped;
    {
        const MutexLock lock(m_mutex);
        std::vector<std::size_t> indexes;
        for (std::size_t index = 0; index < m_nodes.size(); ++index) {
            const Node& node = m_nodes[index];
            m_changed.wait(m_mutex, [&] { return node.pid != 0 || node.state == ProcessState::stopped; });
            if (node.pid == 0) continue;
            terminate(node);
            indexes.push_back(index);
        }
        stopped = awaitExit(indexes, true);
    }
    return stopped;
}

}  // namespace raftarium::control
