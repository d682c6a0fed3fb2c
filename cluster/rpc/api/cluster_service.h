// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcdserverpb.Cluster: members and their changes. As in etcd, its headers have no revision.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/api/leader_calls.h"

namespace raftarium::rpc {

class ClusterService {
public:
    ClusterService(const ApiContext& context, LeaderCalls& leaderCalls)
        : m_context(context), m_leaderCalls(leaderCalls) {}
    void registerMethods(RpcService& service, CompletionThread& completion);

private:
    void list(UnaryCall& call);
    void add(UnaryCall& call);
    void remove(UnaryCall& call);
    void update(UnaryCall& call);
    void promote(UnaryCall& call, CompletionThread& completion);

    const ApiContext& m_context;
    LeaderCalls& m_leaderCalls;
};

}  // namespace raftarium::rpc
