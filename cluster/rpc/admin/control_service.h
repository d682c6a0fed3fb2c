// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium.control.v1.Control: faults, pace and held messages of this node. Served on the admin socket only.
#pragma once

#include "cluster/rpc/api/api_context.h"

#include <functional>

namespace raftarium::rpc {

class ControlService {
public:
    explicit ControlService(const ApiContext& context) : m_context(context) {}
    void registerMethods(RpcService& service);

private:
    void setLinkFaults(UnaryCall& call);
    void clearLinkFaults(UnaryCall& call);
    void setPace(UnaryCall& call);
    void resolveHeld(UnaryCall& call);
    void campaign(UnaryCall& call);
    void transferLeadership(UnaryCall& call);
    // Runs `work` on the raft loop, and answers with the state that is there after it, or with its error.
    void change(UnaryCall& call, std::function<base::Status(node::RaftLoop&)> work) const;

    const ApiContext& m_context;
};

}  // namespace raftarium::rpc
