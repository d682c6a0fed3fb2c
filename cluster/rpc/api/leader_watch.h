// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Ends streams whose callers require a leader (metadata hasleader) if this member has known none for a while. As in
// etcd, it checks once per election timeout; the third time in a row without a leader, the streams end with
// "etcdserver: no leader". Completion thread only.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/edge/completion_thread.h"

namespace raftarium::rpc {

class LeaderWatch {
public:
    LeaderWatch(const ApiContext& context, RpcService& service, CompletionThread& completion)
        : m_context(context), m_service(service), m_timer(completion) {}
    void start();
    // `gone` runs when no timer is pending any more.
    void stop(std::function<void()> gone) { m_timer.stop(std::move(gone)); }

private:
    void look();

    const ApiContext& m_context;
    RpcService& m_service;
    Timer m_timer;
    int m_leaderless = 0;  // checks in a row without a leader
};

}  // namespace raftarium::rpc
