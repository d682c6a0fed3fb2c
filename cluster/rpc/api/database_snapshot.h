// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcdserverpb.Maintenance/Snapshot: the store as etcd's database file, then its SHA-256, in pieces.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/edge/work_thread.h"

namespace raftarium::rpc {

// The file is written on `work`. Both arguments must outlive the service.
void registerDatabaseSnapshot(RpcService& service, const ApiContext& context, WorkThread& work);

}  // namespace raftarium::rpc
