// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/node_access.h"

#include "cluster/client/etcd_client.h"
#include "cluster/control/controller.h"
#include "cluster/control/open_cluster.h"

namespace raftarium::control {

NodeAccess realNodeAccess() {
    NodeAccess access;
    access.control = [](const std::string& address) { return client::ControlClient::create(address); };
    access.leader = [](const std::string& clientUrl) -> base::Result<std::uint64_t> {
        client::ClientOptions options;
        options.endpoints = {clientUrl};
        const auto status = client::EtcdClient::create(options)->status();
        if (!status) return status.error();
        return status->leader;
    };
    access.etcd = [](const std::string& clientUrl) {
        // Longer than a member takes before it gives up a change itself.
        client::ClientOptions options;
        options.endpoints = {clientUrl};
        options.requestTimeoutMs = 10'000;
        return client::EtcdClient::create(options);
    };
    return access;
}

base::Result<std::unique_ptr<Cluster>> openCluster(const std::string& name, const std::string& nodeProgram) {
    return openClusterWith(name, nodeProgram, realNodeAccess());
}

}  // namespace raftarium::control
