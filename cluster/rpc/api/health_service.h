// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// grpc.health.v1.Health for the whole server (empty service name), as etcd registers it.
#pragma once

#include "cluster/rpc/edge/rpc_service.h"

namespace raftarium::rpc {

void registerHealthMethods(RpcService& service);

}  // namespace raftarium::rpc
