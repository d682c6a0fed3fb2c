// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The enumerations of the core and the store as telemetry's. For node/telemetry and the raft loop.
#pragma once

#include "cluster/mvcc/txn/operations.h"
#include "cluster/mvcc/watch/events.h"
#include "cluster/raft/raw_node.h"
#include "cluster/raft/trace.h"
#include "cluster/telemetry/causes.h"

namespace raftarium::node {

telemetry::RoleCause valueOf(raft::RoleCause cause);
telemetry::VoteResult valueOf(raft::VoteResult result);
telemetry::TallyResult valueOf(raft::VoteOutcome outcome);
telemetry::ProgressState valueOf(raft::ProgressState state);
telemetry::Rule ruleOf(raft::IgnoreReason reason);
telemetry::WatcherGroup valueOf(mvcc::WatcherGroup group);
telemetry::WatcherCause valueOf(mvcc::WatcherCause cause);
telemetry::AlarmType valueOf(mvcc::AlarmType type);

}  // namespace raftarium::node
