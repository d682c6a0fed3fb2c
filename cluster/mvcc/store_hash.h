// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The hashes that members compare to find out whether their stores are equal. They are etcd's HashKV and Hash.
#pragma once

#include "cluster/mvcc/store_core.h"

#include <cstdint>

namespace raftarium::mvcc {

base::Result<HashKvResult> hashKeyBucket(const StoreCore& core, const Rows& rows, std::int64_t revision);

// Over all buckets in the order of their names, without the consistent index and term.
std::uint32_t hashBuckets(const Rows& rows);

}  // namespace raftarium::mvcc
