// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/rpc/served_node.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

int freePort() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
}

ServedNode::ServedNode(const mvcc::StoreOptions& options, std::uint64_t maxRequestBytes)
    : m_directory(QStringLiteral("/tmp/rft-XXXXXX")), m_node(std::make_unique<FakeNode>(options)) {
    const int clientPort = freePort();
    const int peerPort = freePort();
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

void ServedNode::stop() {
    if (m_servers == nullptr) return;
    m_servers->stopClients(0);
    m_node->stop();
    m_servers->end();
    m_servers.reset();
}

}  // namespace raftarium::test
