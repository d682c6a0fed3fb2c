// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Peer messages out of a node. rpc implements it on gRPC streams, the simulator on a simulated network.
#pragma once

#include "cluster/node/telemetry/telemetry_event.h"
#include "cluster/raft/message.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace raftarium::node {

struct Outgoing {
    raft::Message message;
    std::uint64_t counter = 0;  // of its MessageId
};

class Transport {
public:
    virtual ~Transport() = default;
    // Loop thread; must not block. Messages to a peer leave in order or are lost; a loss is reported by the
    // implementation through Node::peerUnreachable.
    virtual void send(std::vector<Outgoing>& messages) = 0;
    // A MsgSnap together with the store's content, the file at `path`, which stays until `done` is called (any thread,
    // once): true when the receiver has it whole. Loop thread; must not block. The default says that it cannot.
    virtual void sendSnapshot(Outgoing message, const std::string& path, std::function<void(bool)> done) {
        static_cast<void>(message);
        static_cast<void>(path);
        done(false);
    }
    virtual void setPeer(std::uint64_t id, const std::vector<std::string>& peerUrls) = 0;  // add or change
    virtual void removePeer(std::uint64_t id) = 0;
    // Connected without a break since then (monotonic ns); 0 = not connected. For etcd's membership checks.
    virtual std::int64_t connectedSince(std::uint64_t id) const = 0;
};

}  // namespace raftarium::node
