// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/client/admin_client.h"
#include "cluster/client/channels_internal.h"
#include "cluster/telemetry/codec.h"
#include "proto/raftarium/control.grpc.pb.h"

#include <grpcpp/client_context.h>

#include <chrono>
#include <utility>

namespace raftarium::client {

namespace pb = control::v1;

namespace {

constexpr std::int64_t kDialTimeoutMs = 2000;
constexpr std::chrono::seconds kTimeout{5};

ControlState stateOf(const pb::ControlState& in) {
    ControlState out;
    for (const auto& link : in.links()) out.links.push_back(telemetry::fromProto(link));
    out.pace = telemetry::fromProto(in.pace());
    for (const auto& message : in.held()) out.held.push_back(telemetry::fromProto(message));
    return out;
}

class GrpcControlClient final : public ControlClient {
public:
    explicit GrpcControlClient(const std::string& address) : m_endpoints({address}) {}

    base::Result<ControlState> setLinkFaults(const std::vector<observe::LinkFaults>& links) override {
        pb::SetLinkFaultsRequest request;
        for (const auto& link : links) telemetry::toProto(link, *request.add_links());
        return call(&pb::Control::Stub::SetLinkFaults, request);
    }

    base::Result<ControlState> clearLinkFaults() override {
        return call(&pb::Control::Stub::ClearLinkFaults, pb::ClearLinkFaultsRequest());
    }

    base::Result<ControlState> setPace(const PaceSettings& pace) override {
        pb::SetPaceRequest request;
        if (pace.tickNs != 0) request.set_tick_ns(pace.tickNs);
        if (pace.heartbeatTicks != 0) request.set_heartbeat_ticks(pace.heartbeatTicks);
        if (pace.electionTicks != 0) request.set_election_ticks(pace.electionTicks);
        if (pace.preVote >= 0) request.set_pre_vote(pace.preVote != 0);
        if (pace.checkQuorum >= 0) request.set_check_quorum(pace.checkQuorum != 0);
        return call(&pb::Control::Stub::SetPace, request);
    }

    base::Result<ControlState> resolveHeld(const observe::MessageKey& id, HeldAction action) override {
        pb::ResolveHeldRequest request;
        // The key of no message stands for all that are held.
        if (id != observe::MessageKey{}) telemetry::toProto(id, *request.mutable_id());
        request.set_action(static_cast<pb::HeldAction>(action));
        return call(&pb::Control::Stub::ResolveHeld, request);
    }

    base::Result<ControlState> campaign() override { return call(&pb::Control::Stub::Campaign, pb::CampaignRequest()); }

    base::Result<ControlState> transferLeadership(std::uint64_t target) override {
        pb::TransferRequest request;
        request.set_target(target);
        return call(&pb::Control::Stub::TransferLeadership, request);
    }

    base::Result<ControlState> state() override { return call(&pb::Control::Stub::GetState, pb::GetStateRequest()); }

private:
    template <typename Request>
    base::Result<ControlState> call(grpc::Status (pb::Control::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                              pb::ControlState*),
                                    const Request& request) {
        const auto endpoint = m_endpoints.choose(kDialTimeoutMs);
        if (!endpoint.ok()) return endpoint.error();
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + kTimeout);
        pb::ControlState response;
        const auto stub = pb::Control::NewStub((*endpoint)->channel);
        const grpc::Status status = (*stub.*method)(&context, request, &response);
        if (!status.ok()) return errorOf(status, (*endpoint)->target);
        return stateOf(response);
    }

    Endpoints m_endpoints;
};

}  // namespace

std::unique_ptr<ControlClient> ControlClient::create(const std::string& address) {
    return std::make_unique<GrpcControlClient>(address);
}

}  // namespace raftarium::client
