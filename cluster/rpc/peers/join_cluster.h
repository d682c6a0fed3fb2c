// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a member asks the others before its first start: who is in the cluster.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/config/config.h"
#include "cluster/node/members/membership.h"

namespace raftarium::rpc {

// Asks the peer URLs of --initial-cluster, the own ones left out, one after the other until one answers. Blocks for up
// to 2 s each. The error names all that were asked.
base::Result<node::Membership> fetchMembership(const node::Config& config);

// For a new cluster, whose other members may not run yet: asks all of them at once, and returns whatever members those
// that answer know; one that has client URLs in any answer has them here. Blocks for half a second at most.
node::Membership membersKnownToOthers(const node::Config& config);

}  // namespace raftarium::rpc
