// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// May this change of members be made? etcd's rules and error codes (facts: behaviour, section 12). Pure: nothing here
// needs the core, a transport or a thread.
//
// There are two sets. What every member checks when it applies the change must give the same answer everywhere, so it
// looks only at the membership that the log made. What the member checks that was asked to propose it may also look at
// its connections: etcd's --strict-reconfig-check, and whether a learner has caught up.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/result.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/members/membership_json.h"
#include "cluster/raft/types.h"

#include <cstdint>
#include <functional>

namespace raftarium::node {

// --- At apply, and before a proposal ---------------------------------------------------------------------------------
// An id that was removed never comes back. A member is added once, and no two share a peer URL. There is at most one
// learner. Only a learner is promoted. The last voter stays.
base::Status checkChange(const Membership& membership, const raft::ConfChange& change,
                         const ConfChangeContext& context);

// --- Before a proposal -----------------------------------------------------------------------------------------------
// What the member that was asked sees of the others.
struct Surroundings {
    const Membership& membership;
    std::uint64_t self = 0;
    base::Nanoseconds now = 0;  // monotonic
    // Connected without a break since then (monotonic ns); 0 = not connected.
    std::function<std::int64_t(std::uint64_t)> connectedSince;
};

// --strict-reconfig-check for an addition. memberNotEnoughStarted: fewer voters have started than the quorum would need
// after it (a learner does not change the quorum, and one voter that runs may always be joined by a second one).
// unhealthy: a voter was not connected for the last five seconds.
base::Status checkStrictAdd(const Surroundings& seen, bool learner);

// --strict-reconfig-check for a removal; a learner may always go. memberNotEnoughStarted: fewer other voters have
// started than the quorum needs after it. unhealthy: the member is connected, and too few voters have been connected
// for the last five seconds to do without it.
base::Status checkStrictRemove(const Surroundings& seen, std::uint64_t id);

// --strict-reconfig-check for a promotion. memberNotEnoughStarted: fewer voters have started, with this one, than the
// quorum needs after it.
base::Status checkStrictPromote(const Membership& membership);

// learnerNotReady: the learner's log is shorter than nine tenths of the leader's.
base::Status checkCaughtUp(std::uint64_t leaderMatch, std::uint64_t learnerMatch);

}  // namespace raftarium::node
