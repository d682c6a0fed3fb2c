// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium.control.v1.Control: faults, pace and held messages of this node. Served on the admin socket only.
#pragma once

#include "cluster/rpc/api/api_context.h"

namespace raftarium::rpc {

// The limits of control.proto; texts name the field, its value and what is allowed.
base::Status checkLinkFaults(const node::LinkFaults& faults, std::uint64_t self);
base::Status checkPace(const node::Pace& pace);

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
    void replyState(UnaryCall& call) const;

    const ApiContext& m_context;
};

}  // namespace raftarium::rpc
