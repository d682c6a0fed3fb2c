// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Who this member is at its first start, and who else is in the cluster: from the flags, and from the running cluster
// that it joins. Reads no files.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/config/config.h"
#include "cluster/node/loop/start_state.h"
#include "cluster/node/members/membership.h"

namespace raftarium::node {

// Fills in the ids, the known members and, for a new cluster, the conf changes to begin with, which every member
// derives from the same flags. `existing`: the running cluster as its members describe it; null if none was asked.
base::Status planStart(const Config& config, const Membership* existing, StartState& start);

}  // namespace raftarium::node
