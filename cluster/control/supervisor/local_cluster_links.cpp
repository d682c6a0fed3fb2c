// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"
#include "cluster/base/coding.h"
#include "cluster/control/action_words.h"
#include "cluster/control/engine.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/control/supervisor/local_cluster.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace raftarium::control {

using observe::ProcessState;

namespace {

constexpr std::chrono::milliseconds kLookEvery{10};
constexpr std::chrono::seconds kSettingsWithin{10};
constexpr std::int64_t kTicksPerHeartbeat = 10;

client::PaceSettings paceSettings(const ClusterSpec& spec) {
    client::PaceSettings settings;
    settings.tickNs = spec.timing.heartbeatMs * base::kMillisecond / kTicksPerHeartbeat;
    settings.heartbeatTicks = kTicksPerHeartbeat;
    settings.electionTicks =
        static_cast<std::uint32_t>(spec.timing.electionMs * kTicksPerHeartbeat / spec.timing.heartbeatMs);
    settings.preVote = spec.preVote ? 1 : 0;
    settings.checkQuorum = spec.checkQuorum ? 1 : 0;
    return settings;
}

}  // namespace

void LocalCluster::configureNodes() {
    const MutexLock lock(m_mutex);
    while (!m_ending) {
        bool waiting = false;
        for (std::size_t index = 0; index < m_nodes.size(); ++index) {
            const Node& node = m_nodes[index];
            if (!node.needsSettings || node.pid == 0 || node.state == ProcessState::paused) continue;
            waiting = !configureOne(index) || waiting;
        }
        if (m_ending) return;
        if (waiting) {
            m_changed.wait_for(m_mutex, kLookEvery);
        } else {
            m_changed.wait(m_mutex, [&] {
                m_mutex.assertHeld();
                return m_ending || std::any_of(m_nodes.begin(), m_nodes.end(), [](const Node& node) {
                           return node.needsSettings && node.pid != 0 && node.state != ProcessState::paused;
                       });
            });
        }
    }
}

// True if the node has what it needs, or ended, or gave no hope.
bool LocalCluster::configureOne(std::size_t index) {
    Node& node = m_nodes[index];
    const NodeSpec spec = node.spec;
    const Engine& engine = engineOf(spec.engine);
    const std::uint64_t starts = node.starts;
    m_mutex.unlock();
    const bool reachable = engine.serves(spec);
    base::Status pushed;
    if (reachable && engine.control) pushed = push(index);
    m_mutex.lock();
    if (node.starts != starts || node.pid == 0) return true;
    if (!reachable) return false;
    // A node listens a moment before it knows who it is, and refuses until then.
    if (!pushed) {
        const auto now = std::chrono::steady_clock::now();
        if (now - node.settingsRefused.value_or(now) < kSettingsWithin) {
            node.settingsRefused = node.settingsRefused.value_or(now);
            return false;
        }
    }
    node.needsSettings = false;
    node.text = pushed ? "" : "pace and faults could not be set: " + pushed.error().text;
    if (node.state == ProcessState::starting) node.state = ProcessState::running;
    const bool first = !node.wasRunning;
    node.wasRunning = true;
    if (first || !pushed) publish(node);
    return true;
}

base::Status LocalCluster::push(std::size_t index) {
    const MutexLock order(m_pushMutex);
    std::vector<observe::LinkFaults> links;
    client::PaceSettings pace;
    std::string socket;
    {
        const MutexLock guard(m_mutex);
        links = m_faults.forNode(m_nodes[index].spec.id, m_spec.timing.linkDelayMs);
        pace = paceSettings(m_spec);
        socket = m_nodes[index].spec.adminSocket;
    }
    const auto control = m_access.control("unix:" + socket);
    if (!links.empty()) {
        if (auto set = control->setLinkFaults(links); !set) return set.error();
    }
    if (auto set = control->setPace(pace); !set) return set.error();
    return {};
}

base::Status LocalCluster::pushAll() {
    base::Status first;
    for (std::size_t index = 0; index < nodeCount(); ++index) {
        const auto runs = [&] {
            const MutexLock guard(m_mutex);
            // Others get everything when they start, become reachable or resume.
            return m_nodes[index].pid != 0 && m_nodes[index].state == ProcessState::running &&
                   engineOf(m_nodes[index].spec.engine).control;
        };
        if (!runs()) continue;
        auto pushed = push(index);
        if (!pushed && first && runs()) {
            const MutexLock guard(m_mutex);
            first = base::sayError(pushed.error().code, {RAFTARIUM_TEXT("Control", "{0} did not take the setting: {1}"),
                                                         {m_nodes[index].spec.name, pushed.error().text}});
        }
    }
    return first;
}

base::Status LocalCluster::changeFaults(const std::function<base::Status(FaultTable&)>& change) {
    {
        const MutexLock guard(m_mutex);
        if (auto changed = change(m_faults); !changed) return changed;
    }
    return pushAll();
}

base::Result<std::vector<observe::Message>> LocalCluster::held() {
    std::vector<observe::Message> out;
    for (const NodeStatus& node : status().nodes) {
        if (node.process != ProcessState::running || !engineOf(node.spec.engine).control) continue;
        const auto index = find(node.spec.name);
        if (!index) continue;
        auto control = controlOf(*index);
        if (!control) continue;  // ended meanwhile, and what it held with it
        auto state = (*control)->state();
        if (!state) return state.error();
        std::move(state->held.begin(), state->held.end(), std::back_inserter(out));
    }
    return out;
}

base::Status LocalCluster::resolveHeld(const HeldName& message, HeldAction action) {
    if (message.node.empty()) {
        for (const NodeStatus& node : status().nodes) {
            if (node.process != ProcessState::running) continue;
            const auto index = find(node.spec.name);
            if (!index) continue;
            auto control = controlOf(*index);
            if (!control) continue;  // ended meanwhile, and what it held with it
            if (auto done = (*control)->resolveHeld({}, action); !done) return done.error();
        }
        return {};
    }
    // Messages are held where their link begins.
    const auto index = find(message.node);
    if (!index) return index.error();
    auto control = controlOf(*index);
    if (!control) return control.error();
    const auto state = (*control)->state();
    if (!state) return state.error();
    for (const observe::Message& one : state->held) {
        if (one.key.counter != message.counter) continue;
        if (message.incarnation != 0 && one.key.incarnation != message.incarnation) continue;
        if (auto done = (*control)->resolveHeld(one.key, action); !done) return done.error();
        return {};
    }
    return base::sayError(base::Errc::notFound,
                          {RAFTARIUM_TEXT("Control",
                                          "no held message is called {0}: 'raftariumctl cluster held' lists "
                                          "those that are held"),
                           {heldText(message)}});
}

base::Status LocalCluster::setPace(const PaceSpec& pace) {
    if (auto checked = checkPace(pace); !checked) return checked;
    {
        const MutexLock guard(m_mutex);
        ClusterSpec changed = m_spec;
        changed.timing = pace;
        changed.pace = presetOf(pace).value_or(changed.pace);
        if (auto written = writeSpec(changed); !written) return written;
        m_spec.timing = changed.timing;
        m_spec.pace = changed.pace;
    }
    return pushAll();
}

base::Status LocalCluster::setProtocol(std::optional<bool> preVote, std::optional<bool> checkQuorum) {
    {
        const MutexLock guard(m_mutex);
        ClusterSpec changed = m_spec;
        changed.preVote = preVote.value_or(changed.preVote);
        changed.checkQuorum = checkQuorum.value_or(changed.checkQuorum);
        if (auto written = writeSpec(changed); !written) return written;
        m_spec.preVote = changed.preVote;
        m_spec.checkQuorum = changed.checkQuorum;
    }
    return pushAll();
}

base::Result<std::unique_ptr<client::ControlClient>> LocalCluster::controlOf(std::size_t index) {
    std::string socket;
    {
        const MutexLock guard(m_mutex);
        const Node& node = m_nodes[index];
        if (node.state != ProcessState::running) return notServing(node.spec.name, node.state);
        socket = node.spec.adminSocket;
    }
    return m_access.control("unix:" + socket);
}

base::Status LocalCluster::campaign(const std::string& name) {
    const auto index = find(name);
    if (!index) return index.error();
    auto control = controlOf(*index);
    if (!control) return control.error();
    if (auto done = (*control)->campaign(); !done) return done.error();
    return {};
}

base::Status LocalCluster::transferLeadership(const std::string& to) {
    const auto target = find(to);
    if (!target) return target.error();
    const std::vector<NodeStatus> nodes = status().nodes;
    const std::uint64_t targetId = [&] {
        const MutexLock guard(m_mutex);
        return m_nodes[*target].spec.id;
    }();
    for (const NodeStatus& node : nodes) {
        if (node.process != ProcessState::running) continue;
        const auto leader = m_access.leader(node.spec.clientUrl());
        if (!leader || *leader == 0) continue;
        if (*leader == targetId) return {};  // it leads already
        for (const NodeStatus& other : nodes) {
            if (other.spec.id != *leader) continue;
            const auto index = find(other.spec.name);
            if (!index) break;
            auto control = controlOf(*index);
            if (!control) break;  // what this node believes is old: ask the next
            if (auto done = (*control)->transferLeadership(targetId); !done) return done.error();
            return {};
        }
    }
    return base::sayError(
        base::Errc::unavailable,
        {RAFTARIUM_TEXT("Control", "no running leader to hand over: wait for an election, or campaign {0}"), {to}});
}

}  // namespace raftarium::control
