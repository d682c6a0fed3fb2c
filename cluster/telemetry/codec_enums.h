// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The enumerations of causes.h have the numbers of the protocol's: checked here, at compile time. Internal to the
// codec.
#pragma once

#include "cluster/telemetry/causes.h"
#include "proto/raftarium/telemetry.pb.h"
#include "proto/raftarium/trace.pb.h"

namespace raftarium::telemetry {

// A number outside its enumeration, from a newer or a broken node, becomes `otherwise`.
template <typename E>
E enumOr(int value, E last, E otherwise) {
    return value >= 0 && value <= static_cast<int>(last) ? static_cast<E>(value) : otherwise;
}

#define RAFTARIUM_SAME_ENUM(ours, last, theirs)                                                    \
    static_assert(static_cast<int>(ours::last) == theirs##_MAX, #ours " and the protocol differ"); \
    inline theirs toProto(ours value) { return static_cast<theirs>(value); }                       \
    inline ours fromProto(theirs value, ours otherwise) { return enumOr(value, ours::last, otherwise); }

RAFTARIUM_SAME_ENUM(Role, learner, v1::Role)
RAFTARIUM_SAME_ENUM(RoleCause, forgotLeader, v1::RoleCause)
RAFTARIUM_SAME_ENUM(VoteResult, oldTerm, v1::VoteRefusal)
RAFTARIUM_SAME_ENUM(TallyResult, won, v1::TallyResult)
RAFTARIUM_SAME_ENUM(DropReason, stepRefused, v1::DropReason)
RAFTARIUM_SAME_ENUM(ProgressState, snapshot, v1::ProgressState)
RAFTARIUM_SAME_ENUM(SnapshotPhase, installed, v1::SnapshotPhase)
RAFTARIUM_SAME_ENUM(WatcherGroup, victim, v1::WatcherGroup)
RAFTARIUM_SAME_ENUM(WatcherCause, storeReplaced, v1::WatcherCause)
RAFTARIUM_SAME_ENUM(LeaseChange, deadlineMoved, v1::LeaseEventKind)
RAFTARIUM_SAME_ENUM(LeaseCause, expirySpread, v1::LeaseCause)
RAFTARIUM_SAME_ENUM(RequestPhase, failed, v1::RequestPhase)
RAFTARIUM_SAME_ENUM(LifecyclePhase, restarted, v1::LifecyclePhase)
RAFTARIUM_SAME_ENUM(Rule, proposalDropped, v1::Rule)
RAFTARIUM_SAME_ENUM(ProcessState, paused, trace::v1::ProcessState)
RAFTARIUM_SAME_ENUM(ActionOutcome, failed, trace::v1::ActionOutcome)

#undef RAFTARIUM_SAME_ENUM

}  // namespace raftarium::telemetry
