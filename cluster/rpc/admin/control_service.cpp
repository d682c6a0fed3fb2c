// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/admin/control_service.h"

#include "cluster/base/coding.h"
#include "cluster/telemetry/codec.h"
#include "proto/raftarium/control.pb.h"

#include <algorithm>
#include <utility>

namespace raftarium::rpc {
namespace {

namespace pb = control::v1;

base::Error invalid(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

base::Status nothing(node::RaftLoop&) { return {}; }

}  // namespace

void ControlService::registerMethods(RpcService& service) {
    const auto bind = [this](void (ControlService::*handler)(UnaryCall&)) {
        return [this, handler](UnaryCall& call) { (this->*handler)(call); };
    };
    service.addUnary("/raftarium.control.v1.Control/SetLinkFaults", bind(&ControlService::setLinkFaults));
    service.addUnary("/raftarium.control.v1.Control/ClearLinkFaults", bind(&ControlService::clearLinkFaults));
    service.addUnary("/raftarium.control.v1.Control/SetPace", bind(&ControlService::setPace));
    service.addUnary("/raftarium.control.v1.Control/ResolveHeld", bind(&ControlService::resolveHeld));
    service.addUnary("/raftarium.control.v1.Control/Campaign", bind(&ControlService::campaign));
    service.addUnary("/raftarium.control.v1.Control/TransferLeadership", bind(&ControlService::transferLeadership));
    service.addUnary("/raftarium.control.v1.Control/GetState", [this](UnaryCall& call) { change(call, nothing); });
}

void ControlService::setLinkFaults(UnaryCall& call) {
    pb::SetLinkFaultsRequest request;
    if (!call.parse(request)) return;
    std::vector<node::LinkFaults> links;
    for (const auto& link : request.links()) links.push_back(telemetry::fromProto(link));
    change(call, [links = std::move(links)](node::RaftLoop& raft) { return raft.setLinkFaults(links); });
}

void ControlService::clearLinkFaults(UnaryCall& call) {
    change(call, [](node::RaftLoop& raft) { return raft.clearLinkFaults(), base::Status(); });
}

void ControlService::setPace(UnaryCall& call) {
    pb::SetPaceRequest request;
    if (!call.parse(request)) return;
    change(call, [request = std::move(request)](node::RaftLoop& raft) {
        node::Pace pace = raft.pace();
        if (request.has_tick_ns()) pace.tickNs = request.tick_ns();
        if (request.has_heartbeat_ticks()) pace.heartbeatTicks = request.heartbeat_ticks();
        if (request.has_election_ticks()) pace.electionTicks = request.election_ticks();
        if (request.has_pre_vote()) pace.preVote = request.pre_vote();
        if (request.has_check_quorum()) pace.checkQuorum = request.check_quorum();
        return raft.setPace(pace);
    });
}

void ControlService::resolveHeld(UnaryCall& call) {
    pb::ResolveHeldRequest request;
    if (!call.parse(request)) return;
    node::HeldAction action = node::HeldAction::deliver;
    switch (request.action()) {
        case pb::HELD_DELIVER:
            break;
        case pb::HELD_DROP:
            action = node::HeldAction::drop;
            break;
        case pb::HELD_DUPLICATE:
            action = node::HeldAction::duplicate;
            break;
        default:
            return call.fail(invalid("action is " + std::to_string(request.action()) +
                                     "; allowed are 0 (deliver), 1 (drop) and 2 (duplicate)"));
    }
    const node::MessageId id = request.has_id() ? telemetry::fromProto(request.id()) : node::MessageId();
    change(call, [id, action](node::RaftLoop& raft) { return raft.resolveHeld(id, action); });
}

void ControlService::campaign(UnaryCall& call) {
    change(call, [](node::RaftLoop& raft) { return raft.campaign(), base::Status(); });
}

void ControlService::transferLeadership(UnaryCall& call) {
    pb::TransferRequest request;
    if (!call.parse(request)) return;
    if (!m_context.node().isMember(request.target())) {
        return call.fail(invalid("target " + base::hexId(request.target()) + " is not a member of this cluster"));
    }
    m_context.node().ask(&node::RaftLoop::moveLeader, request.target(), [this, &call](const base::Status& moved) {
        if (!moved) return call.fail(moved.error());
        change(call, nothing);
    });
}

void ControlService::change(UnaryCall& call, std::function<base::Status(node::RaftLoop&)> work) const {
    const bool posted = m_context.node().post([&call, work = std::move(work)](node::RaftLoop& raft) {
        if (const base::Status done = work(raft); !done) return call.fail(done.error());
        pb::ControlState state;
        for (const node::LinkFaults& link : raft.linkFaults()) telemetry::toProto(link, *state.add_links());
        telemetry::toProto(raft.pace(), *state.mutable_pace());
        for (const node::MessageInfo& held : raft.heldMessages()) telemetry::toProto(held, *state.add_held());
        call.reply(state);
    });
    if (!posted) call.fail(mvcc::makeError(mvcc::ApiError::stopped));
}

}  // namespace raftarium::rpc
