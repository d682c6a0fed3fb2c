// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/lease_service.h"

#include "cluster/rpc/edge/status.h"

#include <limits>
#include <utility>

namespace raftarium::rpc {

namespace pb = etcdserverpb;

// Renewals are answered one at a time, in the order of the requests, as in etcd.
class KeepAliveStream final : public StreamCall {
public:
    explicit KeepAliveStream(LeaseService& service) : m_service(service) {}
    void endWith(const grpc::Status& status) { finish(status); }

private:
    void opened() override {
        m_service.m_streams.insert(this);
        if (finished()) return;
        if (m_service.m_stopping) return finish(toStatus(mvcc::ApiError::noLeader));
        if (m_service.m_context.node().status().learner) {
            return finish(toStatus(mvcc::ApiError::notSupportedForLearner));
        }
        read();
    }
    void received(std::string_view message) override {
        m_waiting = true;
        // The revision of the header is read before the renewal.
        m_response.Clear();
        m_service.m_context.fillHeaderNow(*m_response.mutable_header());
        m_service.m_leaderCalls.call(completion(), kLeaseKeepAlive, std::string(message),
                                     [this](const grpc::Status& status, const std::string& response) {
                                         m_waiting = false;
                                         if (m_released) return release();
                                         answer(status, response);
                                     });
    }
    void answer(const grpc::Status& status, const std::string& response) {
        pb::LeaseKeepAliveResponse renewed;
        if (!status.ok() || !renewed.ParseFromString(response)) return finish(status);
        if (finished()) return;
        m_response.set_id(renewed.id());
        m_response.set_ttl(renewed.ttl());
        write(toBuffer(m_response));
    }
    void halfClosed() override {
        if (!m_waiting && !finished()) finish(grpc::Status::OK);
    }
    void written() override { read(); }
    void cancelled() override { m_service.m_streams.erase(this); }
    void release() override {
        m_released = true;
        if (!m_waiting) delete this;
    }

    LeaseService& m_service;
    pb::LeaseKeepAliveResponse m_response;
    bool m_waiting = false;
    bool m_released = false;
};

void LeaseService::registerMethods(RpcService& service, CompletionThread& completion) {
    service.addUnary(
        "/etcdserverpb.Lease/LeaseGrant", [this](UnaryCall& call) { grant(call); }, 4);
    service.addUnary("/etcdserverpb.Lease/LeaseRevoke", [this](UnaryCall& call) {
        if (!m_context.refusedAsLearner(call)) {
            m_context.propose(call, wire::RequestField::leaseRevoke, call.request());
        }
    });
    service.addUnary("/etcdserverpb.Lease/LeaseTimeToLive",
                     [this, &completion](UnaryCall& call) { timeToLive(call, completion); });
    service.addUnary("/etcdserverpb.Lease/LeaseLeases", [this](UnaryCall& call) { list(call); });
    service.addStream(kLeaseKeepAlive, [this] { return std::make_unique<KeepAliveStream>(*this); });
}

void LeaseService::finishAll() {
    m_stopping = true;
    for (KeepAliveStream* stream : m_streams) stream->endWith(toStatus(mvcc::ApiError::noLeader));
}

void LeaseService::grant(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    pb::LeaseGrantRequest request;
    if (!call.parse(request)) return;
    if (const base::Status fits = m_admission.check(wire::toOp(request)); !fits) return call.fail(fits.error());
    // This member chooses the id before it proposes, so that all members apply the same id.
    while (request.id() == 0) {
        request.set_id(static_cast<std::int64_t>(m_context.node().nextRequestId() &
                                                 static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
    }
    m_context.propose(call, wire::RequestField::leaseGrant, request);
}

void LeaseService::timeToLive(UnaryCall& call, CompletionThread& completion) {
    if (m_context.refusedAsLearner(call)) return;
    m_leaderCalls.call(completion, kLeaseTimeToLive, std::string(call.request()),
                       [this, &call](const grpc::Status& status, const std::string& response) {
                           pb::LeaseTimeToLiveResponse message;
                           if (!status.ok()) return call.fail(status);
                           message.ParseFromString(response);
                           m_context.fillHeaderNow(*message.mutable_header());
                           call.reply(message);
                       });
}

void LeaseService::list(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    pb::LeaseLeasesResponse response;
    m_context.node().read([&](const mvcc::Store& store) {
        for (const mvcc::LeaseView& lease : store.leases(monotonicNow())) response.add_leases()->set_id(lease.id);
    });
    m_context.fillHeaderNow(*response.mutable_header());
    call.reply(response);
}

}  // namespace raftarium::rpc
