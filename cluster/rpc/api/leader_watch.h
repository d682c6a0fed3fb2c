// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Ends streams whose caller asked for it (metadata hasleader) once this member has known no leader for a while: it
// looks once per election timeout, and the third look in a row without one ends them with "etcdserver: no leader", as
// etcd does (facts: wire, request metadata). Completion thread only.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/edge/completion_thread.h"

namespace raftarium::rpc {

class LeaderWatch {
public:
    LeaderWatch(const ApiContext& context, RpcService& service, CompletionThread& completion)
        : m_context(context), m_service(service), m_timer(completion) {}
    void start();
    // `gone` runs when nothing is pending any more.
    void stop(std::function<void()> gone) { m_timer.stop(std::move(gone)); }

private:
    void look();

    const ApiContext& m_context;
    RpcService& m_service;
    Timer m_timer;
    int m_leaderless = 0;  // looks in a row
};

}  // namespace raftarium::rpc
