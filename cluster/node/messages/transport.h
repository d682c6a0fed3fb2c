// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Peer messages out of a node. rpc implements it on gRPC streams, the simulator on a simulated network.
#pragma once

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
    // Raft loop; must not block. Messages to a peer leave in order or are lost; the implementation reports a loss by
    // RaftLoop::peerUnreachable.
    virtual void send(std::vector<Outgoing>& messages) = 0;
    // A MsgSnap together with the store's content, the file at `path`, which stays until `done` is called (any thread,
    // once): true when the receiver has it whole. Raft loop; must not block. The default answers false.
    virtual void sendSnapshot(Outgoing message, const std::string& path, std::function<void(bool)> done) {
        static_cast<void>(message);
        static_cast<void>(path);
        done(false);
    }
    virtual void setPeer(std::uint64_t id, const std::vector<std::string>& peerUrls) = 0;  // add or change; raft loop
    virtual void removePeer(std::uint64_t id) = 0;                                         // raft loop
    // Connected without a break since then (monotonic ns); 0 = not connected. For etcd's membership checks. Raft loop.
    virtual std::int64_t connectedSince(std::uint64_t id) const = 0;
};

}  // namespace raftarium::node
