// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A fake node with all its servers on free ports and a private admin socket, and channels to them.
#pragma once

#include "cluster/rpc/edge/node_servers.h"
#include "tests/rpc/fake_node.h"

#include <QTemporaryDir>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace raftarium::test {

class ServedNode {
public:
    explicit ServedNode(const mvcc::StoreOptions& options = {}, std::uint64_t maxRequestBytes = 1'572'864);
    ~ServedNode();

    FakeNode& node() { return *m_node; }
    const node::Config& config() const { return m_config; }
    std::shared_ptr<grpc::Channel> client() const { return m_client; }
    std::shared_ptr<grpc::Channel> peer() const { return m_peer; }
    std::shared_ptr<grpc::Channel> admin() const { return m_admin; }
    // Calls that are open at the end of `grace` are cut off: whoever asserts how they end gives one.
    void stop(base::Nanoseconds grace = 0);

private:
    QTemporaryDir m_directory;
    node::Config m_config;
    rpc::PeerTransport m_transport;
    std::unique_ptr<FakeNode> m_node;
    std::unique_ptr<rpc::NodeServers> m_servers;
    std::shared_ptr<grpc::Channel> m_client, m_peer, m_admin;
};

}  // namespace raftarium::test
