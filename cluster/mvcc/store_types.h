// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The options of the store, and what it reports about itself. Plain values.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/mvcc/side_work.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::mvcc {

struct StoreOptions {
    std::int64_t minLeaseTtlSeconds = 2;  // ceil(1.5 x election timeout)
    std::int64_t quotaBytes = 0;          // 0 = 2 GiB, < 0 = none
    int maxTxnOps = 128;
    // Keeps remaining TTLs in the lease rows, so that a restart does not lose them.
    bool persistLeaseCheckpoints = false;
    std::size_t compactionRowsPerStep = 1000;
    std::size_t watchersPerSyncStep = 512;
    std::size_t watchRevisionsPerBatch = 1000;
    base::Nanoseconds watchProgressInterval = 600 * base::kSecond;
    std::function<std::unique_ptr<SideWork>()> sideWork;  // makes a helper for opening a large store; empty: none
};

struct HashKvResult {
    std::uint32_t hash = 0;
    std::int64_t revision = 0;         // current one
    std::int64_t compactRevision = 0;  // -1: never compacted
    std::int64_t hashRevision = 0;     // the one hashed
};

struct LeaseView {
    std::int64_t id = 0;
    std::int64_t grantedTtlSeconds = 0;
    std::int64_t remainingTtlSeconds = 0;  // whole seconds; granted TTL where this node does not count
    // Of the last checkpoint, 0 = none. A renewal must clear it with a checkpoint of 0.
    std::int64_t checkpointedTtlSeconds = 0;
    base::Nanoseconds deadline = 0;  // 0 = not counted here
    std::vector<std::string> keys;
};

}  // namespace raftarium::mvcc
