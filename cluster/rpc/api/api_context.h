// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Used by every service for clients: the node, its ids for response headers, and the conversion of a proposal's outcome
// into a reply.
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

    // With all four fields.
    void fillHeader(etcdserverpb::ResponseHeader& header, std::int64_t revision) const;
    // Without a revision, for the cluster service.
    void fillHeader(etcdserverpb::ResponseHeader& header) const { fillHeader(header, 0); }
    // With the store's present revision.
    void fillHeaderNow(etcdserverpb::ResponseHeader& header) const;
    std::int64_t revision() const;

    // Proposes the request and ends the call with its outcome.
    void propose(UnaryCall& call, wire::RequestField field, std::string_view encodedRequest) const;
    void propose(UnaryCall& call, wire::RequestField field, const google::protobuf::MessageLite& request) const;

    // Ends the call and returns true if this member is a learner, which serves only a few methods.
    bool refusedAsLearner(UnaryCall& call) const;
    // True if the caller requires a leader (metadata hasleader): its call is refused or ended if this member knows
    // none.
    static bool needsLeader(const grpc::ServerContext& context);
    // Fails such calls if no leader is known.
    grpc::Status leaderGate(const grpc::ServerContext& context) const;

private:
    static void answer(const ApiContext& context, UnaryCall& call, base::Result<node::Applied> applied);

    node::Node& m_node;
    const node::Config m_config;
    std::uint64_t m_memberId;
    std::uint64_t m_clusterId;
};

// The clock, in the units that the services need.
base::Nanoseconds monotonicNow();

}  // namespace raftarium::rpc
