// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/rpc/served_node.h"

#include "tests/ports/free_ports.h"

namespace raftarium::test {
namespace {

std::shared_ptr<grpc::Channel> connect(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

ServedNode::ServedNode(const mvcc::StoreOptions& options, std::uint64_t maxRequestBytes)
    : m_directory(QStringLiteral("/tmp/rft-XXXXXX")), m_node(std::make_unique<FakeNode>(options)) {
    const std::vector<int> ports = freePorts(2);
    const int clientPort = ports[0], peerPort = ports[1];
    m_config.name = "n1";
    m_config.maxRequestBytes = maxRequestBytes;
    m_config.listenClientUrls = {"http://127.0.0.1:" + std::to_string(clientPort)};
    m_config.listenPeerUrls = {"http://127.0.0.1:" + std::to_string(peerPort)};
    m_config.adminSocket = m_directory.path().toStdString() + "/n1.sock";
    m_servers = std::make_unique<rpc::NodeServers>(*m_node, m_transport, m_config);
    const base::Status started = m_servers->start();
    RAFTARIUM_CHECK_MSG(started.ok(), started.error().text);
    m_client = connect("127.0.0.1:" + std::to_string(clientPort));
    m_peer = connect("127.0.0.1:" + std::to_string(peerPort));
    m_admin = connect("unix:" + m_config.adminSocket);
}

ServedNode::~ServedNode() { stop(); }

void ServedNode::stop(base::Nanoseconds grace) {
    if (m_servers == nullptr) return;
    m_servers->stopClients(grace);
    m_node->stop();
    RAFTARIUM_CHECK(m_servers->end(60 * base::kSecond));
    m_servers.reset();
}

}  // namespace raftarium::test
