// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// From our errors to the status that a gRPC client sees: etcd's codes and texts (api/v3rpc/rpctypes/error.go of 3.4),
// also the two errors whose code etcd loses, so that they arrive as Unknown.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/txn/api_error.h"

#include <grpcpp/support/status.h>

namespace raftarium::rpc {

grpc::StatusCode statusCodeOf(mvcc::ApiError error);
grpc::Status toStatus(mvcc::ApiError error);
// An error without an ApiError keeps its text; its code is chosen by its Errc.
grpc::Status toStatus(const base::Error& error);

}  // namespace raftarium::rpc
