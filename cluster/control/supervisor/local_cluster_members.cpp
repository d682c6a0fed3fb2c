// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Membership, changed as an operator changes it: through the API of the running members, then the processes and the
// spec.
#include "cluster/control/spec/paths.h"
#include "cluster/control/spec/ports.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/control/supervisor/local_cluster.h"
#include "cluster/control/supervisor/node_command.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>

namespace raftarium::control {

using observe::ProcessState;

namespace {

// etcd allows a change when all voters were connected for five seconds.
constexpr std::chrono::seconds kHealthyWithin{20};
constexpr std::chrono::milliseconds kAskAgainAfter{200};
constexpr std::int64_t kChangeWithinMs = 10'000;
// A member that hears of its removal ends a second later, by itself.
constexpr std::chrono::seconds kLeavesWithin{5};
constexpr const char* kUnhealthy = "unhealthy cluster";
constexpr const char* kNotForLearners = "not supported for learner";

bool says(const base::Error& error, const char* what) { return error.text.find(what) != std::string::npos; }

// Whether the change may have been made although an error came back.
bool unclear(const base::Error& error) {
    return (error.code == base::Errc::timeout || error.code == base::Errc::unavailable) && !says(error, kUnhealthy);
}

std::uint32_t nextNumber(const ClusterSpec& spec) {
    std::uint32_t next = spec.nextNode;
    for (const NodeSpec& node : spec.nodes) {
        std::uint32_t number = 0;
        std::from_chars(node.name.data() + 1, node.name.data() + node.name.size(), number);
        next = std::max(next, number + 1);
    }
    return next;
}

}  // namespace

base::Status LocalCluster::updateSpec(const std::function<void(ClusterSpec&)>& change) {
    const MutexLock guard(m_mutex);
    ClusterSpec changed = m_spec;
    change(changed);
    if (auto written = writeSpec(changed); !written) return written;
    m_spec = std::move(changed);
    for (const NodeSpec& spec : m_spec.nodes) {
        for (Node& node : m_nodes) {
            if (node.removed || node.spec.name != spec.name) continue;
            if (node.spec.id != spec.id) m_faults.renumber(node.spec.id, spec.id);
            node.spec = spec;
        }
    }
    return {};
}

// Of the running nodes, the leader first: it alone promotes, and judges by its own connections.
std::vector<std::string> LocalCluster::askableUrls(const std::string& without, bool& allRun) {
    std::vector<NodeSpec> running;
    allRun = true;
    for (const NodeStatus& node : status().nodes) {
        if (node.spec.name == without) continue;
        if (node.process == ProcessState::running)
            running.push_back(node.spec);
        else
            allRun = false;
    }
    std::uint64_t leader = 0;
    for (std::size_t i = 0; i < running.size() && leader == 0; ++i) {
        if (const auto known = m_access.leader(running[i].clientUrl())) leader = *known;
    }
    std::stable_partition(running.begin(), running.end(), [&](const NodeSpec& node) { return node.id == leader; });
    std::vector<std::string> urls;
    for (const NodeSpec& node : running) urls.push_back(node.clientUrl());
    return urls;
}

LocalCluster::Members LocalCluster::changeMembers(const std::string& without,
                                                  const std::function<Members(client::EtcdClient&)>& change) {
    const auto deadline = std::chrono::steady_clock::now() + kHealthyWithin;
    while (true) {
        bool allRun = false;
        const std::vector<std::string> urls = askableUrls(without, allRun);
        base::Error refused{base::Errc::unavailable,
                            "members are changed by the running members, and none runs: start the cluster first"};
        for (const std::string& url : urls) {
            client::ClientOptions options;
            options.endpoints = {url};
            // Longer than a member takes before it gives up a change itself.
            options.requestTimeoutMs = kChangeWithinMs;
            auto changed = change(*m_access.etcd(options));
            if (changed) return changed;
            refused = changed.error();
            if (!says(refused, kNotForLearners)) break;
        }
        if (!allRun || !says(refused, kUnhealthy) || std::chrono::steady_clock::now() > deadline) return refused;
        const MutexLock lock(m_mutex);
        m_changed.wait_for(m_mutex, kAskAgainAfter);
        if (m_ending) return refused;
    }
}

base::Result<std::string> LocalCluster::addNode(bool learner) {
    const MutexLock changes(m_memberMutex);
    const ClusterSpec before = status().spec;
    const std::uint32_t number = nextNumber(before);
    auto reserved = reservePorts(2, memberId(before.token, std::to_string(number)));
    if (!reserved) return reserved.error();
    NodeSpec node;
    node.name = "n" + std::to_string(number);
    node.engine = before.nodes.front().engine;
    node.clientPort = reserved->ports[0];
    node.peerPort = reserved->ports[1];
    node.dataDir = before.directory + "/" + node.name;
    const std::string peerUrl = node.peerUrl();
    const auto isNew = [&](const client::MemberInfo& member) {
        return std::find(member.peerUrls.begin(), member.peerUrls.end(), peerUrl) != member.peerUrls.end();
    };
    Members members = changeMembers("", [&](client::EtcdClient& client) {
        Members added = client.memberAdd({peerUrl}, learner);
        if (added || !unclear(added.error())) return added;
        const auto now = client.members();
        const bool there = now && std::any_of(now->second.begin(), now->second.end(), isNew);
        return there ? Members(now->second) : added;
    });
    if (!members) return members.error();
    node.id = std::find_if(members->begin(), members->end(), isNew)->id;
    if (!before.nodes.front().adminSocket.empty()) {
        const std::string& other = before.nodes.front().adminSocket;
        node.adminSocket = other.substr(0, other.rfind('/') + 1) + node.name;
    }
    const auto written = updateSpec([&](ClusterSpec& spec) {
        spec.nodes.push_back(node);
        spec.reconfigured = true;
        spec.nextNode = number + 1;
    });
    if (!written) {
        (void)changeMembers("", [&](client::EtcdClient& client) { return client.memberRemove(node.id); });
        return written.error();
    }
    reserved->lock = Fd();
    std::size_t index = 0;
    {
        const MutexLock guard(m_mutex);
        index = m_nodes.size();
        m_nodes.emplace_back().spec = node;
        m_faults.addNode(node.name, node.id);
    }
    if (auto launched = launch(index); !launched) {
        return base::sayError(launched.error().code,
                              {RAFTARIUM_TEXT("Control", "{0} is a member now, but did not start: {1}"),
                               {node.name, launched.error().text}});
    }
    (void)pushAll();  // the others' links to it have the pace's delay
    return node.name;
}

base::Status LocalCluster::promote(const std::string& name) {
    const MutexLock changes(m_memberMutex);
    const auto index = find(name);
    if (!index) return index.error();
    const std::uint64_t id = [&] {
        const MutexLock guard(m_mutex);
        return m_nodes[*index].spec.id;
    }();
    const Members promoted = changeMembers("", [&](client::EtcdClient& client) { return client.memberPromote(id); });
    if (!promoted) return promoted.error();
    return {};
}

// Out of the membership, its process ended, its data deleted.
base::Status LocalCluster::leaveCluster(std::size_t index) {
    NodeSpec spec;
    {
        const MutexLock guard(m_mutex);
        spec = m_nodes[index].spec;
    }
    const Members removed =
        changeMembers(spec.name, [&](client::EtcdClient& client) { return client.memberRemove(spec.id); });
    // Somebody may have removed it already, with etcdctl say.
    if (!removed && removed.error().code != base::Errc::notFound) return removed.error();
    {
        const MutexLock lock(m_mutex);
        const Node& node = m_nodes[index];
        m_changed.wait(m_mutex, [&] { return node.pid != 0 || node.state == ProcessState::stopped; });
        if (node.state == ProcessState::paused) m_launcher->signal(node.pid, SIGKILL);
        m_changed.wait_for(m_mutex, kLeavesWithin, [&] { return node.state == ProcessState::stopped; });
        if (node.pid != 0) {
            terminate(node);
            if (auto ended = awaitExit({index}, true); !ended) return ended;
        }
    }
    std::error_code error;
    std::filesystem::remove_all(spec.dataDir, error);
    if (error) return ioError("cannot delete " + spec.dataDir, error.value());
    return {};
}

base::Status LocalCluster::removeNode(const std::string& name) {
    const MutexLock changes(m_memberMutex);
    const auto index = find(name);
    if (!index) return index.error();
    if (auto left = leaveCluster(*index); !left) return left;
    const auto written = updateSpec([&](ClusterSpec& spec) {
        spec.nextNode = nextNumber(spec);
        spec.reconfigured = true;
        std::erase_if(spec.nodes, [&](const NodeSpec& node) { return node.name == name; });
    });
    if (!written) return written;
    const MutexLock lock(m_mutex);
    Node& node = m_nodes[*index];
    node.removed = true;
    node.text = "removed from the cluster";
    m_faults.removeNode(node.spec.id);
    publish(node);
    return {};
}

// Wiped in a running cluster: the old member goes, an empty one with a new id takes its name and addresses.
base::Status LocalCluster::rejoin(std::size_t index) {
    NodeSpec spec;
    {
        const MutexLock guard(m_mutex);
        spec = m_nodes[index].spec;
    }
    const Members members = changeMembers(spec.name, [](client::EtcdClient& client) -> Members {
        auto listed = client.members();
        if (!listed) return listed.error();
        return std::move(listed->second);
    });
    if (!members) {
        return base::sayError(
            members.error().code,
            {RAFTARIUM_TEXT("Control",
                            "wiping {0} alone is not safe: a member that forgot its vote and its log could vote twice "
                            "in a term and lose acknowledged writes. It has to be removed from the cluster and added "
                            "again, for which the others must run: {1}"),
             {spec.name, members.error().text}});
    }
    const bool learner = std::any_of(members->begin(), members->end(), [&](const client::MemberInfo& member) {
        return member.id == spec.id && member.learner;
    });
    if (auto left = leaveCluster(index); !left) return left;
    const Members added = changeMembers(
        spec.name, [&](client::EtcdClient& client) { return client.memberAdd({spec.peerUrl()}, learner); });
    if (!added) {
        return base::sayError(
            added.error().code,
            {RAFTARIUM_TEXT(
                 "Control",
                 "{0} was removed from the cluster and wiped, but not added again: {1}; wipe it again to try that"),
             {spec.name, added.error().text}});
    }
    const auto written = updateSpec([&](ClusterSpec& changed) {
        changed.reconfigured = true;
        for (NodeSpec& node : changed.nodes) {
            if (node.name == spec.name) node.id = added->front().id;
        }
    });
    if (!written) return written;
    if (auto launched = launch(index); !launched) return launched;
    (void)pushAll();  // the others' links to it keep their faults, under its new id
    return {};
}

}  // namespace raftarium::control
