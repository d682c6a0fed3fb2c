// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium.peer.v1.Peer: receives the messages of other members.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/api/leader_calls.h"

namespace raftarium::rpc {

class PeerService {
public:
    PeerService(const ApiContext& context, const LeaderCalls& leaderCalls)
        : m_context(context), m_leaderCalls(leaderCalls) {}
    void registerMethods(RpcService& service);

private:
    void members(UnaryCall& call);
    void forward(UnaryCall& call);

    const ApiContext& m_context;
    const LeaderCalls& m_leaderCalls;
};

// Checks the metadata of a Messages stream against this member. An error is the status that ends the stream.
struct PeerIdentity {
    std::uint64_t from = 0;
    std::uint64_t incarnation = 0;
};
struct PeerMetadata {
    std::string clusterId, from, to, incarnation, firstStart;
};
grpc::Status checkPeer(const PeerMetadata& metadata, const node::Node& node, PeerIdentity& out);

// Reads a MessageBatch in place and passes its messages to the node. False if it is malformed or not from `peer`.
bool receiveBatch(std::string_view batch, const PeerIdentity& peer, node::Node& node);

}  // namespace raftarium::rpc
