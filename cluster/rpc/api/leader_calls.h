// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Calls that only the leader answers (lease renewal, time to live, promotion of a learner): done here if this member
// leads, else forwarded over the peer service; tried again while there is no leader, up to etcd's request timeout. A
// call that waits for a leader which is none any more (a frozen one, say) is given up and made to the next one.
#pragma once

#include "cluster/rpc/api/api_context.h"

#include <functional>
#include <string>

namespace raftarium::rpc {

inline constexpr const char* kLeaseKeepAlive = "/etcdserverpb.Lease/LeaseKeepAlive";
inline constexpr const char* kLeaseTimeToLive = "/etcdserverpb.Lease/LeaseTimeToLive";
inline constexpr const char* kMemberPromote = "/etcdserverpb.Cluster/MemberPromote";

using ForwardDone = std::function<void(grpc::Status status, std::string response)>;

// The way to another member; the peer transport implements it.
class Forwarder {
public:
    virtual ~Forwarder() = default;
    // `done` runs on any thread, once: UNAVAILABLE also as soon as that member is no longer known to lead.
    virtual void forward(std::uint64_t member, const std::string& method, const std::string& request,
                         ForwardDone done) = 0;
};

class LeaderCalls {
public:
    LeaderCalls(const ApiContext& context, Forwarder& forwarder) : m_context(context), m_forwarder(forwarder) {}

    // `done` runs on the completion thread with the response's bytes, its header not filled in. Completion thread.
    void call(CompletionThread& completion, const char* method, std::string request, ForwardDone done);

    // From now on nothing is tried again. Completion thread.
    void stop() { m_stopping = true; }

    // What a peer forwarded. UNAVAILABLE with the leader's id (hex) as text if this member does not lead.
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
