// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// All servers of a running node: the client port, the peer port and the admin socket, on one completion thread.
#pragma once

#include "cluster/node/node.h"
#include "cluster/rpc/peers/peer_transport.h"

#include <memory>

namespace raftarium::rpc {

class NodeServers {
public:
    // `transport` is the one that the node was created with. All arguments must outlive the servers.
    NodeServers(node::Node& node, PeerTransport& transport, const node::Config& config);
    ~NodeServers();

    // Opens all listeners, before or after the start of the node. Errors name the flag and the URL or path.
    base::Status start();
    // Stops accepting calls; calls in progress end within `grace`. Then stop the node, then call end().
    void stopClients(base::Nanoseconds grace);
    // False: a call was not answered in time. It would use objects that are to be destroyed, so the process must end
    // without destroying them (std::quick_exit).
    [[nodiscard]] bool end(base::Nanoseconds within = base::kSecond);

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

// Checks that all listen URLs of the configuration can be used. Call it before writing to the data directory.
base::Status checkListeners(const node::Config& config);

}  // namespace raftarium::rpc
