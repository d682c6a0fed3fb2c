// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcd's checks of a request before it is proposed.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/txn/operations.h"

#include <cstdint>

namespace raftarium::mvcc {

// Empty keys, contradicting flags, too many operations, and the duplicate-key rule: a txn may not put a key twice, or
// both put and delete it.
base::Status checkRequest(const Request& request, int maxTxnOps);

// The bytes that the quota counts for a request: 256 + key + value for a put, 64 for a lease, the larger branch for a
// txn (puts of nested txns are not counted). Requests that count 0 are always admitted.
std::int64_t quotaCost(const Request& request);

}  // namespace raftarium::mvcc
