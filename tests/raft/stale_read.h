// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A directed scenario: no random schedule finds it in reasonable time.
#pragma once

#include "cluster/raft/invariants.h"

namespace raftarium::raft::testing {

// Three members with CheckQuorum and PreVote. Follower 2 asks leader 1 for read A, is answered, and asks again; member
// 3's heartbeat answer for A is late. Leader 1 is paused, another member leads and commits. Then 1 wakes with a
// client's new read B, 2's repetition of A and 3's late answer in its inbox, in that order, and must not release B at
// its old commit index (etcd#20418; etcd-io/raft PR 397). The fault, if it does.
Fault readAfterRepeatedContext();

}  // namespace raftarium::raft::testing
