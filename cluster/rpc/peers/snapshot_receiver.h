// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The receiver's end of Peer.Snapshot: writes what arrives to a file, checks it, and hands it to the node.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/edge/work_thread.h"

namespace raftarium::rpc {

// `work` syncs the file, which may take long.
void registerSnapshotMethod(RpcService& service, const ApiContext& context, WorkThread& work);

}  // namespace raftarium::rpc
