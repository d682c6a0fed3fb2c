// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the parts of the raft loop know and ask of it. The loop implements it; tests of a part stand in for it. Raft
// loop only, but for post().
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/result.h"
#include "cluster/node/calls.h"
#include "cluster/node/telemetry/telemetry_event.h"
#include "cluster/raft/types.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace raftarium::node {

inline constexpr base::Nanoseconds kNever = std::numeric_limits<base::Nanoseconds>::max();

// The last entry of the log that is applied here.
struct AppliedPosition {
    raft::Index index = 0;
    raft::Term term = 0;
};

class LoopHost {
public:
    virtual ~LoopHost() = default;

    base::Nanoseconds now() const { return m_now; }  // monotonic, of this step
    // As the core last reported it.
    bool isLeader() const { return m_role == raft::Role::leader; }
    std::uint64_t leader() const { return m_leader; }  // 0 = unknown
    const AppliedPosition& applied() const { return m_applied; }
    bool failed() const { return m_failed; }
    base::Nanoseconds requestTimeoutNs() const { return m_requestTimeoutNs; }
    virtual base::Nanoseconds electionTimeoutNs() const = 0;
    virtual raft::Term term() const = 0;  // the core's, at this moment

    virtual std::uint64_t nextRequestId() = 0;
    // A proposal of this member itself. Unlike a client's it does not wait for a leader: without one it fails at once.
    virtual void propose(std::uint64_t id, std::string payload, ProposalDone done) = 0;
    virtual void linearizableRead(ReadDone done) = 0;
    virtual void transferLeader(std::uint64_t target) = 0;

    virtual void emit(telemetry::EventKind kind) = 0;
    virtual void storeChanged() = 0;  // what the store traced becomes events
    // The node cannot go on: it ends with this step.
    virtual void fail(base::Error error) = 0;
    // Runs `work` on the raft loop in one of its next steps; false, and nothing runs, once it has ended. Any thread.
    virtual bool post(std::function<void()> work) = 0;

protected:
    base::Nanoseconds m_now = 0;
    raft::Role m_role = raft::Role::follower;
    std::uint64_t m_leader = 0;
    AppliedPosition m_applied;
    bool m_failed = false;
    base::Nanoseconds m_requestTimeoutNs = 0;
};

}  // namespace raftarium::node
