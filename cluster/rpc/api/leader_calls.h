// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Calls that only the leader answers: renewal and time to live of leases, promotion of a learner. If this member leads,
// it answers; otherwise the call is forwarded over the peer service. While there is no leader it is tried again, up to
// etcd's request timeout. A call to a member that no longer leads (it may be frozen) is given up and made to the next
// leader.
#pragma once

#include "cluster/rpc/api/api_context.h"

#include <functional>
#include <string>

namespace raftarium::rpc {

inline constexpr const char* kLeaseKeepAlive = "/etcdserverpb.Lease/LeaseKeepAlive";
inline constexpr const char* kLeaseTimeToLive = "/etcdserverpb.Lease/LeaseTimeToLive";
inline constexpr const char* kMemberPromote = "/etcdserverpb.Cluster/MemberPromote";

using ForwardDone = std::function<void(grpc::Status status, std::string response)>;

// Forwards calls to another member. The peer transport implements it.
class Forwarder {
public:
    virtual ~Forwarder() = default;
    // `done` runs once, on any thread; with UNAVAILABLE also when that member is no longer known as the leader.
    virtual void forward(std::uint64_t member, const std::string& method, const std::string& request,
                         ForwardDone done) = 0;
};

class LeaderCalls {
public:
    LeaderCalls(const ApiContext& context, Forwarder& forwarder) : m_context(context), m_forwarder(forwarder) {}

    // `done` runs on the completion thread with the bytes of the response, without its header. Completion thread.
    void call(CompletionThread& completion, const char* method, std::string request, ForwardDone done);

    // From now on calls are not tried again. Completion thread.
    void stop() { m_stopping = true; }

    // A call that a peer forwarded. If this member does not lead: UNAVAILABLE with the leader's id (hex) as text.
    void runHere(const std::string& method, const std::string& request, ForwardDone done) const;

private:
    struct Pending;
    void attempt(Pending& pending);
    etcdserverpb::LeaseTimeToLiveResponse timeToLive(const etcdserverpb::LeaseTimeToLiveRequest& ask) const;
    void finishAttempt(Pending& pending, grpc::Status status, std::string response, bool here);

    const ApiContext& m_context;
    Forwarder& m_forwarder;
    bool m_stopping = false;
};

}  // namespace raftarium::rpc
