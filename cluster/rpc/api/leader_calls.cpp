// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/leader_calls.h"

#include "cluster/base/coding.h"
#include "cluster/rpc/edge/status.h"
#include "cluster/rpc/peers/member_messages.h"

#include <memory>
#include <utility>

namespace raftarium::rpc {
namespace {

namespace pb = etcdserverpb;
using grpc::StatusCode;

constexpr base::Nanoseconds kRetryAfter = 50 * base::kMillisecond;

// The node answers "another member leads" with the id of the leader as text.
bool saysElsewhere(const base::Error& error) {
    return error.code == base::Errc::unavailable && error.api == 0 && base::parseHexId(error.text).has_value();
}

grpc::Status statusOf(const base::Error& error) {
    return saysElsewhere(error) ? grpc::Status(StatusCode::UNAVAILABLE, error.text) : toStatus(error);
}

}  // namespace

struct LeaderCalls::Pending {
    Pending(CompletionThread& owner, const char* calledMethod)
        : completion(owner), method(calledMethod), timer(owner) {}
    CompletionThread& completion;
    const char* method;
    std::string request;
    ForwardDone done;
    base::Nanoseconds deadline = 0;
    bool givenUp = false;  // a leader was asked and did not answer; it may have done the request
    Timer timer;
};

void LeaderCalls::call(CompletionThread& completion, const char* method, std::string request, ForwardDone done) {
    auto pending = std::make_unique<Pending>(completion, method);
    pending->request = std::move(request);
    pending->done = std::move(done);
    pending->deadline = monotonicNow() + 5 * base::kSecond + 2 * m_context.config().electionMs * base::kMillisecond;
    attempt(*pending.release());
}

void LeaderCalls::attempt(Pending& pending) {
    runHere(pending.method, pending.request, [this, &pending](grpc::Status status, std::string response) {
        pending.completion.post([this, &pending, status = std::move(status), response = std::move(response)]() mutable {
            finishAttempt(pending, std::move(status), std::move(response), true);
        });
    });
}

void LeaderCalls::finishAttempt(Pending& pending, grpc::Status status, std::string response, bool here) {
    const bool notLearner = status.error_message() == mvcc::apiErrorText(mvcc::ApiError::memberNotLearner);
    if (pending.givenUp && notLearner && pending.method == std::string_view(kMemberPromote)) {
        // The promotion that the previous leader was asked for is in the log.
        status = grpc::Status::OK;
        pb::MemberPromoteResponse promoted;
        for (const auto& [id, member] : m_context.node().membership().members) toProto(member, *promoted.add_members());
        response = promoted.SerializeAsString();
    }
    // With the id of a leader it was an answer.
    if (!here && status.error_code() == StatusCode::UNAVAILABLE && !base::parseHexId(status.error_message()))
        pending.givenUp = true;
    if (status.error_code() != StatusCode::UNAVAILABLE) {
        const std::unique_ptr<Pending> owner(&pending);
        pending.done(std::move(status), std::move(response));
        return;
    }
    if (m_stopping || monotonicNow() >= pending.deadline) {
        const std::unique_ptr<Pending> owner(&pending);
        pending.done(toStatus(m_stopping ? mvcc::ApiError::stopped : mvcc::ApiError::timeout), {});
        return;
    }
    const auto leader = base::parseHexId(status.error_message());
    if (here && leader && *leader != 0 && *leader != m_context.memberId()) {
        m_forwarder.forward(
            *leader, pending.method, pending.request, [this, &pending](grpc::Status forwarded, std::string answer) {
                pending.completion.post(
                    [this, &pending, forwarded = std::move(forwarded), answer = std::move(answer)]() mutable {
                        finishAttempt(pending, std::move(forwarded), std::move(answer), false);
                    });
            });
        return;
    }
    pending.timer.start(kRetryAfter, [this, &pending] { attempt(pending); });
}

etcdserverpb::LeaseTimeToLiveResponse LeaderCalls::timeToLive(const pb::LeaseTimeToLiveRequest& ask) const {
    pb::LeaseTimeToLiveResponse response;
    response.set_id(ask.id());
    response.set_ttl(-1);
    m_context.node().read([&](const mvcc::Store& store) {
        const auto lease = store.lease(ask.id(), monotonicNow(), ask.keys());
        if (!lease) return;
        response.set_ttl(lease->remainingTtlSeconds);
        response.set_grantedttl(lease->grantedTtlSeconds);
        for (const std::string& key : lease->keys) response.add_keys(key);
    });
    return response;
}

void LeaderCalls::runHere(const std::string& method, const std::string& request, ForwardDone done) const {
    const auto malformed = [&] { done({StatusCode::INVALID_ARGUMENT, method + ": the request does not parse"}, {}); };
    if (method == kLeaseKeepAlive) {
        pb::LeaseKeepAliveRequest renew;
        if (!renew.ParseFromString(request)) return malformed();
        const std::int64_t id = renew.id();
        m_context.node().ask(&node::RaftLoop::renewLease, id,
                             [id, done = std::move(done)](const base::Result<std::int64_t>& ttl) {
                                 if (!ttl && mvcc::apiErrorOf(ttl.error()) != mvcc::ApiError::leaseNotFound)
                                     return done(statusOf(ttl.error()), {});
                                 pb::LeaseKeepAliveResponse response;
                                 response.set_id(id);
                                 response.set_ttl(ttl ? *ttl : 0);  // an unknown lease is no error here
                                 done(grpc::Status::OK, response.SerializeAsString());
                             });
    } else if (method == kLeaseTimeToLive) {
        pb::LeaseTimeToLiveRequest ask;
        if (!ask.ParseFromString(request)) return malformed();
        // Another member may lead by now, and may have renewed the lease.
        m_context.node().ask(&node::RaftLoop::confirmLeadership,
                             [this, ask, done = std::move(done)](const base::Status& leads) {
                                 if (!leads) return done(statusOf(leads.error()), {});
                                 done(grpc::Status::OK, timeToLive(ask).SerializeAsString());
                             });
    } else if (method == kMemberPromote) {
        pb::MemberPromoteRequest promote;
        if (!promote.ParseFromString(request)) return malformed();
        m_context.node().ask(&node::RaftLoop::promoteMember, promote.id(),
                             [done = std::move(done)](const base::Result<std::vector<node::Member>>& members) {
                                 if (!members) return done(statusOf(members.error()), {});
                                 pb::MemberPromoteResponse response;
                                 for (const node::Member& member : *members) toProto(member, *response.add_members());
                                 done(grpc::Status::OK, response.SerializeAsString());
                             });
    } else {
        done({StatusCode::UNIMPLEMENTED, "not a call that members forward: " + method}, {});
    }
}

}  // namespace raftarium::rpc
