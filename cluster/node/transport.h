// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Peer messages out of a node. rpc implements it on gRPC streams, the simulator on a simulated network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/node/telemetry_event.h"
#include "cluster/raft/message.h"

namespace raftarium::node {

struct Outgoing {
    raft::Message message;
    std::uint64_t counter = 0;  // of its MessageId
};

class Transport {
public:
    virtual ~Transport() = default;
    // Loop thread; must not block. Messages to a peer leave in order or are lost; a loss is reported by the
    // implementation through NodeInput::peerUnreachable.
    virtual void send(std::vector<Outgoing>& messages) = 0;
    virtual void setPeer(std::uint64_t id, const std::vector<std::string>& peerUrls) = 0;  // add or change
    virtual void removePeer(std::uint64_t id) = 0;
    // Connected without a break since then (monotonic ns); 0 = not connected. For etcd's membership checks.
    virtual std::int64_t connectedSince(std::uint64_t id) const = 0;
};

}  // namespace raftarium::node
