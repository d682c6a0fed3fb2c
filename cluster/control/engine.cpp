// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/engine.h"

#include "cluster/client/etcd_client.h"
#include "cluster/control/action_words.h"
#include "cluster/control/fd.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

namespace raftarium::control {
namespace {

using base::Errc;
using observe::ProcessState;

constexpr std::int64_t kEtcdElectionPerHeartbeat = 5;
// Small files keep a classroom's disk use low and cuts of segments frequent enough to be seen.
constexpr const char* kWalSegmentBytes = "4000000";
constexpr std::int64_t kAnswerWithinMs = 500;

std::string flag(const char* name, const std::string& value) { return std::string("--") + name + "=" + value; }
std::string flag(const char* name, bool value) { return flag(name, std::string(value ? "true" : "false")); }

std::vector<std::string> etcdArguments(const ClusterSpec& spec, const NodeSpec& node) {
    std::vector<std::string> members;
    for (const NodeSpec& member : spec.nodes) members.push_back(member.name + "=" + member.peerUrl());
    const std::int64_t heartbeat =
        std::min(spec.timing.heartbeatMs, spec.timing.electionMs / kEtcdElectionPerHeartbeat);
    return {flag("name", node.name),
            flag("data-dir", node.dataDir),
            flag("listen-client-urls", node.clientUrl()),
            flag("advertise-client-urls", node.clientUrl()),
            flag("listen-peer-urls", node.peerUrl()),
            flag("initial-advertise-peer-urls", node.peerUrl()),
            flag("initial-cluster", absl::StrJoin(members, ",")),
            flag("initial-cluster-state", std::string(spec.reconfigured ? "existing" : "new")),
            flag("initial-cluster-token", spec.token),
            flag("heartbeat-interval", std::to_string(std::max<std::int64_t>(heartbeat, 1))),
            flag("election-timeout", std::to_string(spec.timing.electionMs)),
            flag("pre-vote", spec.preVote)};
}

std::vector<std::string> ownArguments(const ClusterSpec& spec, const NodeSpec& node) {
    std::vector<std::string> out = etcdArguments(spec, node);
    for (std::string& more : std::vector<std::string>{
             flag("check-quorum", spec.checkQuorum), flag("wal-segment-bytes", std::string(kWalSegmentBytes)),
             flag("admin-socket", node.adminSocket), flag("exit-with-parent", true)})
        out.push_back(std::move(more));
    return out;
}

// Asked before gRPC is: its channels wait a second after a refused connection.
bool listensOnAdminSocket(const NodeSpec& node) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (node.adminSocket.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, node.adminSocket.c_str(), node.adminSocket.size() + 1);
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return socket && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// An etcd opens its client port when it has joined its cluster.
bool answersClients(const NodeSpec& node) {
    client::ClientOptions options;
    options.endpoints = {node.clientUrl()};
    options.dialTimeoutMs = options.requestTimeoutMs = kAnswerWithinMs;
    return client::EtcdClient::create(options)->status().ok();
}

constexpr Engine kEngines[] = {
    {EngineKind::raftarium, "raftarium", "raftarium-node", true, true, ownArguments, listensOnAdminSocket},
    {EngineKind::etcd, "etcd", "etcd", false, false, etcdArguments, answersClients}};

const NodeStatus* nodeOf(const ClusterStatus& status, const std::string& name) {
    for (const NodeStatus& node : status.nodes)
        if (node.spec.name == name) return &node;
    return nullptr;
}

// What only nodes with a control service can do.
bool needsControl(const Action& action) {
    return std::visit(
        [](const auto& one) {
            using T = std::decay_t<decltype(one)>;
            return std::is_same_v<T, Campaign> || std::is_same_v<T, TransferLeadership> || std::is_same_v<T, CutLink> ||
                   std::is_same_v<T, HealLink> || std::is_same_v<T, Partition> || std::is_same_v<T, DelayLink> ||
                   std::is_same_v<T, DropOnLink> || std::is_same_v<T, HoldLink> || std::is_same_v<T, ResolveHeld> ||
                   std::is_same_v<T, SetPace> || std::is_same_v<T, SetProtocol>;
        },
        action);
}

struct Judge {
    using Reason = std::optional<base::Error>;
    const ClusterStatus& status;
    const NodeStatus* node;  // that the action is about, or null

    bool stopped() const { return node != nullptr && node->process == ProcessState::stopped; }
    const std::string& name() const { return node->spec.name; }

    Reason operator()(const StartNode&) const { return stopped() ? Reason() : runsAlready(name(), node->process); }
    Reason operator()(const StopNode&) const { return stopped() ? Reason(notRunning(name())) : Reason(); }
    Reason operator()(const KillNode&) const { return stopped() ? Reason(notRunning(name())) : Reason(); }
    Reason operator()(const PauseNode&) const {
        if (stopped()) return notRunning(name());
        return node->process == ProcessState::paused ? Reason(pausedAlready(name())) : Reason();
    }
    Reason operator()(const ResumeNode&) const {
        if (stopped()) return notRunning(name());
        return node->process == ProcessState::paused ? Reason() : Reason(notPaused(name()));
    }
    Reason operator()(const Campaign&) const {
        return node->process == ProcessState::running ? Reason() : Reason(notServing(name(), node->process));
    }
    Reason operator()(const WipeNode& action) const {
        if (action.node != "*") return {};
        for (const NodeStatus& one : status.nodes) {
            if (one.process == ProcessState::stopped) continue;
            return base::sayError(Errc::unavailable,
                                  {RAFTARIUM_TEXT("Control",
                                                  "the data of all nodes is deleted only when all are "
                                                  "stopped, and {0} is not: stop the nodes first"),
                                   {one.spec.name}});
        }
        return {};
    }
    Reason operator()(const AddNode&) const {
        if (status.nodes.size() < kNodesMax) return {};
        return base::sayError(
            Errc::outOfRange,
            {RAFTARIUM_TEXT("Control", "cluster {0} has {1} nodes, as many as there may be: remove one first"),
             {status.spec.name, status.nodes.size()}});
    }
    Reason operator()(const RemoveNode&) const {
        if (status.nodes.size() > 1) return {};
        return base::sayError(
            Errc::invalidArgument,
            {RAFTARIUM_TEXT("Control", "{0} is the last node of its cluster: stop the cluster and destroy it instead"),
             {name()}});
    }
    template <typename T>
    Reason operator()(const T&) const {
        return {};
    }
};

}  // namespace

const Engine& engineOf(EngineKind kind) {
    for (const Engine& engine : kEngines)
        if (engine.kind == kind) return engine;
    return kEngines[0];
}

std::optional<EngineKind> engineKind(std::string_view name) {
    for (const Engine& engine : kEngines)
        if (name == engine.name) return engine.kind;
    return std::nullopt;
}

std::optional<base::Error> whyNot(const Action& action, const ClusterStatus& status) {
    const std::string name = actionNode(action);
    const NodeStatus* const node = nodeOf(status, name);
    if (node == nullptr && needsOneNode(action)) {
        std::vector<std::string> names;
        for (const NodeStatus& one : status.nodes) names.push_back(one.spec.name);
        return unknownNode(name, names);
    }
    if (needsControl(action)) {
        for (const NodeStatus& one : status.nodes) {
            if ((node != nullptr && node != &one) || engineOf(one.spec.engine).control) continue;
            return base::sayError(
                Errc::unimplemented,
                {RAFTARIUM_TEXT("Control",
                                "{0} runs {1}, which has no way to do that: only Raftarium's own nodes have"),
                 {one.spec.name, engineOf(one.spec.engine).name}});
        }
    }
    return std::visit(Judge{status, node}, action);
}

base::Error notRunning(const std::string& node) {
    return base::sayError(Errc::unavailable, {RAFTARIUM_TEXT("Control", "{0} is not running: start it first"), {node}});
}

base::Error pausedAlready(const std::string& node) {
    return base::sayError(Errc::exists, {RAFTARIUM_TEXT("Control", "{0} is paused already"), {node}});
}

base::Error notPaused(const std::string& node) {
    return base::sayError(Errc::unavailable, {RAFTARIUM_TEXT("Control", "{0} is not paused"), {node}});
}

base::Error runsAlready(const std::string& node, ProcessState state) {
    if (state == ProcessState::paused)
        return base::sayError(Errc::exists, {RAFTARIUM_TEXT("Control", "{0} is paused: resume it"), {node}});
    return base::sayError(Errc::exists, {RAFTARIUM_TEXT("Control", "{0} is running already"), {node}});
}

base::Error notServing(const std::string& node, ProcessState state) {
    if (state == ProcessState::paused)
        return base::sayError(Errc::unavailable, {RAFTARIUM_TEXT("Control", "{0} is paused: resume it first"), {node}});
    if (state == ProcessState::starting)
        return base::sayError(Errc::unavailable,
                              {RAFTARIUM_TEXT("Control", "{0} is still starting: try again"), {node}});
    return notRunning(node);
}

base::Error unknownNode(const std::string& node, const std::vector<std::string>& names) {
    return base::sayError(Errc::notFound, {RAFTARIUM_TEXT("Control", "there is no node \"{0}\"; the nodes are {1}"),
                                           {node.substr(0, 60), absl::StrJoin(names, ", ")}});
}

}  // namespace raftarium::control
