// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Hashes that members compare. Facts: backend.md section 4.
#pragma once

#include "cluster/mvcc/store_core.h"

#include <cstdint>

namespace raftarium::mvcc {

base::Result<HashKvResult> hashKeyBucket(const StoreCore& core, const Rows& rows, std::int64_t revision);

// Over all buckets in name order, without the consistent index and term.
std::uint32_t hashBuckets(const Rows& rows);

}  // namespace raftarium::mvcc
