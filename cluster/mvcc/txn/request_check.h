// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Checks of a request before it is proposed. Facts: behaviour.md sections 5 and 9.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/txn/operations.h"

#include <cstdint>

namespace raftarium::mvcc {

// Empty keys, contradicting flags, too many operations, the duplicate-key rule.
base::Status checkRequest(const Request& request, int maxTxnOps);

// What the quota counts for a request: 256 + key + value per put, 64 per lease, a txn its dearer branch (puts of nested
// txns are not counted). 0 = always admitted.
std::int64_t quotaCost(const Request& request);

}  // namespace raftarium::mvcc
