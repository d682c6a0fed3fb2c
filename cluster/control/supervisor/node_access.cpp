// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/node_access.h"

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
    access.etcd = [](const client::ClientOptions& options) { return client::EtcdClient::create(options); };
    return access;
}

}  // namespace raftarium::control
