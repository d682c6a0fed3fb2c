// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium.peer.v1.Peer: the receiver's end of the members' traffic.
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

// What the metadata of a Messages stream says, checked against this member; an error is the status to end it with.
struct PeerIdentity {
    std::uint64_t from = 0;
    std::uint64_t incarnation = 0;
};
struct PeerMetadata {
    std::string clusterId, from, to, incarnation, firstStart;
};
grpc::Status checkPeer(const PeerMetadata& metadata, const node::Node& node, PeerIdentity& out);

// Walks a MessageBatch in place and hands its messages to the node. False: damaged, or not from `peer`.
bool receiveBatch(std::string_view batch, const PeerIdentity& peer, node::Node& node);

}  // namespace raftarium::rpc
