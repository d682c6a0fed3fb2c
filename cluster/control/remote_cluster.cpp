// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/remote_cluster.h"

#include "cluster/control/line_socket.h"
#include "cluster/control/node_command.h"
#include "cluster/control/paths.h"
#include "cluster/control/supervisor_protocol.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sys/socket.h>
#include <sys/time.h>

namespace raftarium::control {
namespace {

using nlohmann::json;

// Longer than the slowest call: stopping nodes that do not heed SIGTERM, settings of nodes that do not answer.
constexpr timeval kAnswerWithin{.tv_sec = 60, .tv_usec = 0};

base::Error gone(const std::string& cluster) {
    return {base::Errc::unavailable, "the supervisor of cluster " + cluster + " is gone: open the cluster again"};
}

}  // namespace

base::Result<std::unique_ptr<Cluster>> RemoteCluster::join(const ClusterSpec& spec, const std::string& socket) {
    std::unique_ptr<RemoteCluster> cluster(new RemoteCluster(spec, socket));
    if (auto subscribed = cluster->subscribe(); !subscribed) return subscribed.error();
    return std::unique_ptr<Cluster>(std::move(cluster));
}

RemoteCluster::RemoteCluster(ClusterSpec spec, std::string socket)
    : m_spec(std::move(spec)), m_path(std::move(socket)) {}

RemoteCluster::~RemoteCluster() {
    m_events.onEnded({});  // leaving is not an end of the duty
    if (m_subscription) ::shutdown(m_subscription.get(), SHUT_RDWR);
    if (m_reader.joinable()) m_reader.join();
}

base::Status RemoteCluster::subscribe() {
    auto socket = connectUnix(m_path);
    if (!socket) return socket.error();
    m_subscription = std::move(*socket);
    auto reader = std::make_shared<LineReader>(m_subscription.get());
    std::string line;
    if (!reader->next(line)) return gone(m_spec.name);
    if (auto greeted = checkGreeting(line, m_spec.name); !greeted) return greeted;
    if (!sendAll(m_subscription.get(), toLine({{"op", "subscribe"}})) || !reader->next(line)) return gone(m_spec.name);
    if (auto accepted = readAnswer(line); !accepted) return accepted.error();
    m_reader = std::thread([this, reader] {
        std::string event;
        while (reader->next(event)) {
            if (auto decoded = decodeEvent(event)) m_events.post(std::move(*decoded));
        }
        m_events.postEnded();
    });
    return {};
}

base::Result<json> RemoteCluster::call(const json& request) {
    auto socket = connectUnix(m_path);
    if (!socket) return gone(m_spec.name);
    ::setsockopt(socket->get(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerWithin, sizeof kAnswerWithin);
    LineReader reader(socket->get());
    std::string line;
    if (!reader.next(line)) return gone(m_spec.name);
    if (auto greeted = checkGreeting(line, m_spec.name); !greeted) return greeted.error();
    if (!sendAll(socket->get(), toLine(request)) || !reader.next(line)) return gone(m_spec.name);
    return readAnswer(line);
}

base::Status RemoteCluster::act(const json& request) {
    auto done = call(request);
    if (!done) return done.error();
    return {};
}

base::Status RemoteCluster::actOn(const char* op, const std::string& node) { return act({{"op", op}, {"node", node}}); }

ClusterStatus RemoteCluster::status() {
    auto told = call({{"op", "status"}});
    auto status = told ? statusFromJson(told->value("status", json())) : base::Result<ClusterStatus>(told.error());
    if (status) return std::move(*status);
    ClusterStatus out;
    out.spec = m_spec;
    for (const NodeSpec& node : m_spec.nodes) {
        out.nodes.push_back({node, observe::ProcessState::stopped, 0, "", logFile(m_spec.directory, node.name)});
    }
    out.diskBytes = diskUse(m_spec.directory);
    out.problem = status.error().text;
    return out;
}

base::Status RemoteCluster::startAll() { return act({{"op", "startAll"}}); }
base::Status RemoteCluster::stopAll() { return act({{"op", "stopAll"}}); }
base::Status RemoteCluster::start(const std::string& node) { return actOn("start", node); }
base::Status RemoteCluster::stop(const std::string& node) { return actOn("stop", node); }
base::Status RemoteCluster::kill(const std::string& node) { return actOn("kill", node); }
base::Status RemoteCluster::pause(const std::string& node) { return actOn("pause", node); }
base::Status RemoteCluster::resume(const std::string& node) { return actOn("resume", node); }
base::Status RemoteCluster::restart(const std::string& node) { return actOn("restart", node); }
base::Status RemoteCluster::wipe(const std::string& node) { return actOn("wipe", node); }
base::Result<std::string> RemoteCluster::addNode(bool learner) {
    auto done = call({{"op", "addNode"}, {"learner", learner}});
    if (!done) return done.error();
    return done->value("node", std::string());
}
base::Status RemoteCluster::promote(const std::string& node) { return actOn("promote", node); }
base::Status RemoteCluster::removeNode(const std::string& node) { return actOn("removeNode", node); }
base::Status RemoteCluster::campaign(const std::string& node) { return actOn("campaign", node); }
base::Status RemoteCluster::transferLeadership(const std::string& to) { return actOn("transferLeadership", to); }

base::Status RemoteCluster::cut(const std::string& from, const std::string& to, bool bothWays) {
    return act({{"op", "cut"}, {"from", from}, {"to", to}, {"bothWays", bothWays}});
}

base::Status RemoteCluster::heal(const std::string& from, const std::string& to, bool bothWays) {
    return act({{"op", "heal"}, {"from", from}, {"to", to}, {"bothWays", bothWays}});
}

base::Status RemoteCluster::healAll() { return act({{"op", "healAll"}}); }

base::Status RemoteCluster::partition(const std::vector<std::vector<std::string>>& groups) {
    return act({{"op", "partition"}, {"groups", groups}});
}

base::Status RemoteCluster::delay(const std::string& from, const std::string& to, std::int64_t ms,
                                  std::int64_t jitterMs) {
    return act({{"op", "delay"}, {"from", from}, {"to", to}, {"ms", ms}, {"jitterMs", jitterMs}});
}

base::Status RemoteCluster::drop(const std::string& from, const std::string& to, double share) {
    return act({{"op", "drop"}, {"from", from}, {"to", to}, {"share", share}});
}

base::Status RemoteCluster::hold(const std::string& from, const std::string& to) {
    return act({{"op", "hold"}, {"from", from}, {"to", to}});
}

base::Result<std::vector<observe::Message>> RemoteCluster::held() {
    const auto told = call({{"op", "held"}});
    if (!told) return told.error();
    return messagesFromJson(told->value("messages", json::array()));
}

base::Status RemoteCluster::resolveHeld(const observe::MessageKey& message, HeldAction action) {
    return act({{"op", "resolveHeld"}, {"message", keyToJson(message)}, {"action", static_cast<int>(action)}});
}

base::Status RemoteCluster::setPace(const PaceSpec& pace) {
    return act({{"op", "setPace"},
                {"heartbeatMs", pace.heartbeatMs},
                {"electionMs", pace.electionMs},
                {"linkDelayMs", pace.linkDelayMs}});
}

base::Status RemoteCluster::setProtocol(bool preVote, bool checkQuorum) {
    return act({{"op", "setProtocol"}, {"preVote", preVote}, {"checkQuorum", checkQuorum}});
}

void RemoteCluster::onProcessChange(std::function<void(observe::Event)> callback) {
    m_events.onEvent(std::move(callback));
}
void RemoteCluster::onDutyEnded(std::function<void()> callback) { m_events.onEnded(std::move(callback)); }

std::string RemoteCluster::logTail(const std::string& node, std::size_t bytes) {
    const auto isNode = [&](const auto& known) { return known.spec.name == node; };
    const auto nodes = status().nodes;
    if (std::none_of(nodes.begin(), nodes.end(), isNode)) return {};
    return readTail(logFile(m_spec.directory, node), bytes);
}

}  // namespace raftarium::control
