// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcdserverpb.Maintenance: the state and the maintenance of this member. Long work runs on a thread of its own.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/edge/work_thread.h"

namespace raftarium::rpc {

class MaintenanceService {
public:
    explicit MaintenanceService(const ApiContext& context) : m_context(context) {}
    void registerMethods(RpcService& service);
    void stop() { m_work.stop(); }  // waits for work that has begun

private:
    void status(UnaryCall& call);
    void alarm(UnaryCall& call);
    void hashKv(UnaryCall& call);
    void hash(UnaryCall& call);
    void defragment(UnaryCall& call);
    void moveLeader(UnaryCall& call);

    const ApiContext& m_context;
    WorkThread m_work;
};

}  // namespace raftarium::rpc
