// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/remote_cluster.h"

#include "cluster/control/spec/paths.h"
#include "cluster/control/supervisor/line_socket.h"
#include "cluster/control/supervisor/node_command.h"
#include "cluster/control/supervisor/supervisor_protocol.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <sys/time.h>

namespace raftarium::control {
namespace {

using nlohmann::json;

// Longer than the slowest call: stopping nodes that ignore SIGTERM, settings of nodes that do not answer.
constexpr timeval kAnswerWithin{.tv_sec = 60, .tv_usec = 0};

base::Error gone(const std::string& cluster) {
    return base::sayError(
        base::Errc::unavailable,
        {RAFTARIUM_TEXT("Control", "the supervisor of cluster {0} is gone: open the cluster again"), {cluster}});
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
    m_events.onEnded({});  // that we leave does not end the cluster
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

ClusterStatus RemoteCluster::status() {
    auto answer = call({{"op", "status"}});
    auto status =
        answer ? statusFromJson(answer->value("status", json())) : base::Result<ClusterStatus>(answer.error());
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

base::Result<ActionOutcome> RemoteCluster::apply(const Action& action) {
    const auto answer =
        call({{"op", "apply"}, {"by", program_invocation_short_name}, {"action", actionToJson(action)}});
    if (!answer) return answer.error();
    return outcomeFromJson(answer->value("outcome", json::object()));
}

base::Result<std::vector<observe::Message>> RemoteCluster::held() {
    const auto answer = call({{"op", "held"}});
    if (!answer) return answer.error();
    return messagesFromJson(answer->value("messages", json::array()));
}

void RemoteCluster::onEvent(std::function<void(observe::Event)> callback) { m_events.onEvent(std::move(callback)); }
void RemoteCluster::onEnded(std::function<void()> callback) { m_events.onEnded(std::move(callback)); }

std::string RemoteCluster::logTail(const std::string& node, std::size_t bytes) {
    const auto isNode = [&](const auto& known) { return known.spec.name == node; };
    const auto nodes = status().nodes;
    if (std::none_of(nodes.begin(), nodes.end(), isNode)) return {};
    return readTail(logFile(m_spec.directory, node), bytes);
}

}  // namespace raftarium::control
