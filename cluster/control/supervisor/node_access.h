// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the supervisor asks of a running node. Values, so that tests can put a recorder in their place.
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/admin_client.h"
#include "cluster/client/etcd_client.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace raftarium::control {

struct NodeAccess {
    // Of a node's admin socket ("unix:/path"). Made anew for each use: a channel that saw its node die would wait
    // before it tries again.
    std::function<std::unique_ptr<client::ControlClient>(const std::string& address)> control;
    // Who leads, as the node at this client URL knows it; 0 = it knows of none.
    std::function<base::Result<std::uint64_t>(const std::string& clientUrl)> leader;
    // The API of nodes at these client URLs: members and keys are changed through it.
    std::function<std::unique_ptr<client::EtcdClient>(const client::ClientOptions& options)> etcd = {};
};

NodeAccess realNodeAccess();

}  // namespace raftarium::control
