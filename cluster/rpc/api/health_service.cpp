// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/health_service.h"

#include "cluster/base/protobuf_fields.h"

namespace raftarium::rpc {
namespace {

// HealthCheckRequest {string service = 1}; HealthCheckResponse {ServingStatus status = 1}.
bool asksForServer(std::string_view request) {
    base::FieldReader reader(request);
    while (reader.next()) {
        if (reader.number() == 1 && !reader.bytes().empty()) return false;
    }
    return true;
}
const std::string kServing = {0x08, 0x01};
const std::string kServiceUnknown = {0x08, 0x03};

class HealthWatch final : public StreamCall {
    void opened() override {
        if (!finished()) read();
    }
    void received(std::string_view request) override {
        write(toBuffer(asksForServer(request) ? kServing : kServiceUnknown));
    }
    void halfClosed() override {}
    void written() override { read(); }  // the status stays the same until the client or the server ends
};

}  // namespace

void registerHealthMethods(RpcService& service) {
    service.addUnary("/grpc.health.v1.Health/Check", [](UnaryCall& call) {
        if (asksForServer(call.request())) return call.reply(toBuffer(kServing));
        call.fail(grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown service"));
    });
    service.addStream("/grpc.health.v1.Health/Watch", [] { return std::make_unique<HealthWatch>(); });
}

}  // namespace raftarium::rpc
