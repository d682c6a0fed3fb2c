// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcdserverpb.Lease. Grant and revoke go through the log; the leader answers renewal and time to live; the list of
// leases is this member's.
#pragma once

#include "cluster/node/requests/write_admission.h"
#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/api/leader_calls.h"

#include <set>

namespace raftarium::rpc {

class KeepAliveStream;

class LeaseService {
public:
    LeaseService(const ApiContext& context, LeaderCalls& leaderCalls)
        : m_context(context),
          m_leaderCalls(leaderCalls),
          m_admission(context.node(), context.config().quotaBackendBytes) {}
    void registerMethods(RpcService& service, CompletionThread& completion);
    void finishAll();  // ends the keep-alive streams; completion thread

private:
    friend class KeepAliveStream;
    void grant(UnaryCall& call);
    void timeToLive(UnaryCall& call, CompletionThread& completion);
    void list(UnaryCall& call);

    const ApiContext& m_context;
    LeaderCalls& m_leaderCalls;
    node::WriteAdmission m_admission;
    std::set<KeepAliveStream*> m_streams;
    bool m_stopping = false;
};

}  // namespace raftarium::rpc
