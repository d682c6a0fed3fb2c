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
using base::Errc;

constexpr base::Nanoseconds kDelayMax = 60 * base::kSecond;
constexpr std::uint32_t kElectionTicksMax = 10'000;

base::Error invalid(std::string text) { return {Errc::invalidArgument, std::move(text), 0}; }

base::Status checkDelay(const char* field, base::Nanoseconds value) {
    if (value >= 0 && value <= kDelayMax) return {};
    return invalid(std::string(field) + " is " + std::to_string(value) + "; allowed are 0 to 60,000,000,000 (60 s)");
}

base::Status checkShare(const char* field, double value) {
    if (value >= 0 && value <= 1) return {};  // false for NaN
    return invalid(std::string(field) + " is " + std::to_string(value) + "; allowed are 0 to 1");
}

}  // namespace

base::Status checkLinkFaults(const node::LinkFaults& faults, std::uint64_t self) {
    const std::string link = base::hexId(faults.from) + " to " + base::hexId(faults.to);
    if (faults.from == 0 || faults.to == 0) return invalid("link " + link + ": both ends must be named");
    if (faults.from == faults.to) return invalid("link " + link + ": a member has no link to itself");
    if (faults.from != self && faults.to != self) {
        return invalid("link " + link + ": one end must be this member, " + base::hexId(self));
    }
    for (const base::Status& check :
         {checkDelay("delay_ns", faults.delayNs), checkDelay("jitter_ns", faults.jitterNs),
          checkShare("drop_share", faults.dropShare), checkShare("duplicate_share", faults.duplicateShare)}) {
        if (!check) return invalid("link " + link + ": " + check.error().text);
    }
    return {};
}

base::Status checkPace(const node::Pace& pace) {
    if (pace.tickNs < base::kMillisecond || pace.tickNs > 60 * base::kSecond) {
        return invalid("tick_ns is " + std::to_string(pace.tickNs) +
                       "; allowed are 1,000,000 (1 ms) to 60,000,000,000 (60 s)");
    }
    if (pace.heartbeatTicks < 1 || pace.heartbeatTicks > kElectionTicksMax / 2) {
        return invalid("heartbeat_ticks is " + std::to_string(pace.heartbeatTicks) + "; allowed are 1 to 5,000");
    }
    if (pace.electionTicks < 2 * pace.heartbeatTicks || pace.electionTicks > kElectionTicksMax) {
        return invalid("election_ticks is " + std::to_string(pace.electionTicks) +
                       "; allowed are twice heartbeat_ticks (" + std::to_string(2 * pace.heartbeatTicks) +
                       ") to 10,000");
    }
    return {};
}

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
    service.addUnary("/raftarium.control.v1.Control/GetState", [this](UnaryCall& call) { replyState(call); });
}

void ControlService::setLinkFaults(UnaryCall& call) {
    pb::SetLinkFaultsRequest request;
    if (!call.parse(request)) return;
    std::vector<node::LinkFaults> links;
    for (const auto& link : request.links()) {
        links.push_back(telemetry::fromProto(link));
        if (const base::Status valid = checkLinkFaults(links.back(), m_context.memberId()); !valid) {
            return call.fail(valid.error());
        }
    }
    if (const base::Status done = m_context.node().setLinkFaults(links); !done) return call.fail(done.error());
    replyState(call);
}

void ControlService::clearLinkFaults(UnaryCall& call) {
    m_context.node().clearLinkFaults();
    replyState(call);
}

void ControlService::setPace(UnaryCall& call) {
    pb::SetPaceRequest request;
    if (!call.parse(request)) return;
    node::Pace pace = m_context.node().status().pace;
    if (request.has_tick_ns()) pace.tickNs = request.tick_ns();
    if (request.has_heartbeat_ticks()) pace.heartbeatTicks = request.heartbeat_ticks();
    if (request.has_election_ticks()) pace.electionTicks = request.election_ticks();
    if (request.has_pre_vote()) pace.preVote = request.pre_vote();
    if (request.has_check_quorum()) pace.checkQuorum = request.check_quorum();
    if (const base::Status valid = checkPace(pace); !valid) return call.fail(valid.error());
    if (const base::Status done = m_context.node().setPace(pace); !done) return call.fail(done.error());
    replyState(call);
}

void ControlService::resolveHeld(UnaryCall& call) {
    pb::ResolveHeldRequest request;
    if (!call.parse(request)) return;
    node::Node::HeldAction action = node::Node::HeldAction::deliver;
    switch (request.action()) {
        case pb::HELD_DELIVER:
            break;
        case pb::HELD_DROP:
            action = node::Node::HeldAction::drop;
            break;
        case pb::HELD_DUPLICATE:
            action = node::Node::HeldAction::duplicate;
            break;
        default:
            return call.fail(invalid("action is " + std::to_string(request.action()) +
                                     "; allowed are 0 (deliver), 1 (drop) and 2 (duplicate)"));
    }
    const node::MessageId id = request.has_id() ? telemetry::fromProto(request.id()) : node::MessageId();
    if (const base::Status done = m_context.node().resolveHeld(id, action); !done) return call.fail(done.error());
    replyState(call);
}

void ControlService::campaign(UnaryCall& call) {
    m_context.node().campaign();
    replyState(call);
}

void ControlService::transferLeadership(UnaryCall& call) {
    pb::TransferRequest request;
    if (!call.parse(request)) return;
    if (!m_context.node().isMember(request.target())) {
        return call.fail(invalid("target " + base::hexId(request.target()) + " is not a member of this cluster"));
    }
    m_context.node().moveLeader(request.target(), [this, &call](const base::Status& moved) {
        if (!moved) return call.fail(moved.error());
        call.resume([this](UnaryCall& ready) { replyState(ready); });
    });
}

void ControlService::replyState(UnaryCall& call) const {
    pb::ControlState state;
    for (const node::LinkFaults& link : m_context.node().linkFaults()) telemetry::toProto(link, *state.add_links());
    telemetry::toProto(m_context.node().status().pace, *state.mutable_pace());
    for (const node::MessageInfo& held : m_context.node().heldMessages()) telemetry::toProto(held, *state.add_held());
    call.reply(state);
}

}  // namespace raftarium::rpc
