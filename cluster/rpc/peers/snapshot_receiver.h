// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Receives Peer.Snapshot: writes the chunks to a file, checks it, and passes it to the node.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/edge/work_thread.h"

namespace raftarium::rpc {

// The file is synced on `work`, because that may take long.
void registerSnapshotMethod(RpcService& service, const ApiContext& context, WorkThread& work);

}  // namespace raftarium::rpc
