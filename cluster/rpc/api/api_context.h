// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What every client-facing service needs: the node, its ids for response headers, and the one way from a proposal's
// outcome to a reply.
#pragma once

#include "cluster/node/node.h"
#include "cluster/rpc/edge/rpc_service.h"
#include "cluster/wire/requests.h"
#include "proto/etcd/rpc.pb.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace raftarium::rpc {

class ApiContext {
public:
    ApiContext(node::Node& node, const node::Config& config);

    node::Node& node() const { return m_node; }
    const node::Config& config() const { return m_config; }
    std::uint64_t memberId() const { return m_memberId; }
    std::uint64_t clusterId() const { return m_clusterId; }

    // All four fields.
    void fillHeader(etcdserverpb::ResponseHeader& header, std::int64_t revision) const;
    // Without a revision: what the cluster service answers.
    void fillHeader(etcdserverpb::ResponseHeader& header) const { fillHeader(header, 0); }
    // With the store's present revision.
    void fillHeaderNow(etcdserverpb::ResponseHeader& header) const;
    std::int64_t revision() const;

    // Proposes the request and ends the call with its outcome.
    void propose(UnaryCall& call, wire::RequestField field, std::string_view encodedRequest) const;
    void propose(UnaryCall& call, wire::RequestField field, const google::protobuf::MessageLite& request) const;

    // Ends the call and returns true if this member is a learner, which serves next to nothing.
    bool refusedAsLearner(UnaryCall& call) const;
    // Whether the caller asks to be refused, or ended, when this member knows no leader (metadata hasleader).
    static bool needsLeader(const grpc::ServerContext& context);
    // Fails such calls while no leader is known.
    grpc::Status leaderGate(const grpc::ServerContext& context) const;

private:
    static void answer(const ApiContext& context, UnaryCall& call, base::Result<node::Applied> applied);

    node::Node& m_node;
    const node::Config m_config;
    std::uint64_t m_memberId;
    std::uint64_t m_clusterId;
};

// Milliseconds and so on live in base; what the services need of the clock.
base::Nanoseconds monotonicNow();

}  // namespace raftarium::rpc
