// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/edge/node_servers.h"

#include "cluster/rpc/admin/admin_socket.h"
#include "cluster/rpc/admin/control_service.h"
#include "cluster/rpc/admin/telemetry_service.h"
#include "cluster/rpc/api/cluster_service.h"
#include "cluster/rpc/api/health_service.h"
#include "cluster/rpc/api/kv_service.h"
#include "cluster/rpc/api/leader_watch.h"
#include "cluster/rpc/api/lease_service.h"
#include "cluster/rpc/api/maintenance_service.h"
#include "cluster/rpc/api/watch_service.h"
#include "cluster/rpc/edge/listen_url.h"
#include "cluster/rpc/edge/rpc_server.h"
#include "cluster/rpc/peers/peer_service.h"
#include "cluster/rpc/peers/snapshot_receiver.h"

#include <cstdlib>
#include <future>
#include <optional>
#include <unistd.h>

namespace raftarium::rpc {
namespace {

constexpr std::size_t kReceiveOverheadBytes = 512 << 10;  // above max-request-bytes, as in etcd

std::vector<Listener> listenersOf(const char* flag, const std::vector<std::string>& urls) {
    std::vector<Listener> out;
    for (const std::string& url : urls) out.push_back({flag, url});
    return out;
}

}  // namespace

// Passes requests and messages that arrived together to the raft loop together.
class ForNode final : public Gatherer {
public:
    explicit ForNode(node::Node& node) : m_node(node) {}
    void begin() override { m_node.gatherHere(); }
    bool waiting() const override { return m_node.gathered(); }
    void release() override { m_node.release(); }

private:
    node::Node& m_node;
};

struct NodeServers::Parts {
    Parts(node::Node& node, PeerTransport& peerTransport, const node::Config& config)
        : forNode(node),
          context(node, config),
          transport(peerTransport),
          leaderCalls(context, transport),
          kv(context),
          watch(context),
          lease(context, leaderCalls),
          cluster(context, leaderCalls),
          maintenance(context),
          peer(context, leaderCalls),
          telemetry(context),
          control(context) {}

    ForNode forNode;
    ApiContext context;
    PeerTransport& transport;
    LeaderCalls leaderCalls;
    KvService kv;
    WatchService watch;
    LeaseService lease;
    ClusterService cluster;
    MaintenanceService maintenance;
    PeerService peer;
    TelemetryService telemetry;
    ControlService control;
    WorkThread snapshotWork;

    std::unique_ptr<CompletionThread> completion;  // outlives the servers
    std::optional<RpcServer> clientServer;
    std::optional<RpcServer> peerServer;
    std::optional<RpcServer> adminServer;
    std::optional<LeaderWatch> leaderWatch;
    bool transportStarted = false;
    bool clientsServed = false;
    bool adminServed = false;
};

NodeServers::NodeServers(node::Node& node, PeerTransport& transport, const node::Config& config)
    : m_parts(std::make_unique<Parts>(node, transport, config)) {}

NodeServers::~NodeServers() = default;

base::Status NodeServers::start() {
    Parts& p = *m_parts;
    const node::Config& config = p.context.config();

    p.peerServer.emplace();
    p.completion = p.peerServer->makeCompletionThread("rpc");
    p.peer.registerMethods(p.peerServer->service());
    registerSnapshotMethod(p.peerServer->service(), p.context, p.snapshotWork);
    if (base::Status started =
            p.peerServer->start(listenersOf("--listen-peer-urls", config.listenPeerUrls), *p.completion);
        !started) {
        return started;
    }
    p.completion->start(&p.forNode);
    p.transport.start(p.context.node(), *p.completion);
    p.transportStarted = true;

    if (!config.adminSocket.empty()) {
        if (base::Status ready = prepareAdminSocket(config.adminSocket); !ready) return ready;
        p.adminServer.emplace();
        p.telemetry.registerMethods(p.adminServer->service());
        p.control.registerMethods(p.adminServer->service());
        const std::string url = "unix://" + config.adminSocket;
        if (base::Status started = p.adminServer->start({{"--admin-socket", url}}, *p.completion); !started)
            return started;
        p.adminServed = true;
    }

    p.clientServer.emplace();
    RpcService& service = p.clientServer->service();
    service.setMaxReceiveBytes(config.maxRequestBytes + kReceiveOverheadBytes);
    service.setGate([this](const grpc::ServerContext& context) { return m_parts->context.leaderGate(context); });
    p.kv.registerMethods(service);
    p.watch.registerMethods(service);
    p.lease.registerMethods(service, *p.completion);
    p.cluster.registerMethods(service, *p.completion);
    p.maintenance.registerMethods(service);
    registerHealthMethods(service);
    if (base::Status started =
            p.clientServer->start(listenersOf("--listen-client-urls", config.listenClientUrls), *p.completion);
        !started) {
        return started;
    }
    p.clientsServed = true;
    p.leaderWatch.emplace(p.context, service, *p.completion);
    p.completion->runAndWait([&] { p.leaderWatch->start(); });
    p.context.node().afterSteps([completion = p.completion.get()](bool last) { completion->roundEnded(last); });
    return {};
}

void NodeServers::stopClients(base::Nanoseconds grace) {
    Parts& p = *m_parts;
    if (!p.clientsServed) return;
    p.completion->runAndWait([&] {
        p.watch.finishAll();
        p.lease.finishAll();
        p.leaderCalls.stop();
    });
    p.clientServer->stopAccepting(grace);
}

bool NodeServers::end(base::Nanoseconds within) {
    Parts& p = *m_parts;
    p.kv.stop();
    p.maintenance.stop();
    p.snapshotWork.stop();
    if (p.leaderWatch) {
        std::promise<void> gone;
        p.completion->post([&] { p.leaderWatch->stop([&gone] { gone.set_value(); }); });
        gone.get_future().wait();
    }
    bool ended = true;
    if (p.adminServed) {
        p.completion->runAndWait([&] { p.telemetry.finishAll(); });
        p.adminServer->stopAccepting(100 * base::kMillisecond);
        unlink(p.context.config().adminSocket.c_str());
    }
    if (p.transportStarted) {
        p.transport.stop();
        p.peerServer->stopAccepting(0);
    }
    for (std::optional<RpcServer>* server : {&p.clientServer, &p.adminServer, &p.peerServer}) {
        if (*server) ended = (*server)->end(within) && ended;
    }
    if (ended && p.completion) p.completion->shutdown();
    return ended;
}

base::Status checkListeners(const node::Config& config) {
    for (const auto& [flag, urls] : {std::pair{"--listen-peer-urls", &config.listenPeerUrls},
                                     std::pair{"--listen-client-urls", &config.listenClientUrls}}) {
        for (const std::string& url : *urls) {
            if (base::Status free = checkListenable(flag, url); !free) return free;
        }
    }
    if (!config.adminSocket.empty()) return prepareAdminSocket(config.adminSocket);
    return {};
}

}  // namespace raftarium::rpc
