// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Everything that a running node offers on the network, wired together: the client port, the peer port and the admin
// socket, all on one completion thread.
#pragma once

#include "cluster/node/node.h"
#include "cluster/rpc/peers/peer_transport.h"

#include <memory>

namespace raftarium::rpc {

class NodeServers {
public:
    // `transport` is the one the node was created with. Everything outlives the servers.
    NodeServers(node::Node& node, PeerTransport& transport, const node::Config& config);
    ~NodeServers();

    // Opens all listeners; the node may be started before or after. Errors name the flag and the URL or path.
    base::Status start();
    // Clients get no new answers; calls under way end within `grace`. Then stop the node, then call end().
    void stopClients(base::Nanoseconds grace);
    // False: a call is not answered within the time. It would touch what is to be destroyed; the process must end
    // without doing so (std::quick_exit).
    [[nodiscard]] bool end(base::Nanoseconds within = base::kSecond);

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

// Whether all listen URLs of the configuration can be used; before anything is written to the data directory.
base::Status checkListeners(const node::Config& config);

}  // namespace raftarium::rpc
