// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// All that a new subscriber of telemetry needs to begin with. The raft loop makes it between two events.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/mvcc/store.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/status.h"
#include "cluster/node/telemetry/telemetry_event.h"
#include "cluster/raft/message.h"
#include "cluster/raft/raw_node.h"

#include <cstdint>
#include <vector>

namespace raftarium::node {

struct FullState {
    std::uint64_t sequence = 0;  // of the last event before it
    base::Nanoseconds atNs = 0;
    NodeStatus status;
    std::vector<raft::Entry> tail;  // newest entries, ascending, at most 256
    raft::ConfState conf;
    Membership membership;
    std::vector<raft::ProgressView> progress;
    std::int64_t revision = 0;
    std::int64_t compactRevision = 0;
    std::vector<LinkFaults> faults;
    std::vector<mvcc::WatcherView> watchers;
    std::vector<mvcc::LeaseView> leases;
    std::vector<mvcc::Alarm> alarms;
};

}  // namespace raftarium::node
