// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Before its first start, a member asks the others who is in the cluster.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/config/config.h"
#include "cluster/node/members/membership.h"

namespace raftarium::rpc {

// Asks the other members at their peer URLs of --initial-cluster, one after the other, until an answer has this member;
// after 2 s an answer without it will do. Blocks for up to 2 s for each. The error names all of them.
base::Result<node::Membership> fetchMembership(const node::Config& config);

// For a new cluster, whose other members may not run yet: asks all of them at once, and returns the members that their
// answers contain, with the client URLs from any of the answers. Blocks for at most half a second.
node::Membership membersKnownToOthers(const node::Config& config);

}  // namespace raftarium::rpc
