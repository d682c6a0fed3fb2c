// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a member that joins a running cluster asks first: who is in it.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/config.h"
#include "cluster/node/membership.h"

namespace raftarium::rpc {

// Asks the peer URLs of --initial-cluster, the own ones left out, one after the other until one answers. Blocks for up
// to 2 s each. The error names all that were asked.
base::Result<node::Membership> fetchMembership(const node::Config& config);

}  // namespace raftarium::rpc
