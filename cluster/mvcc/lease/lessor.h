// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Leases: their rows, the keys attached to them and, on the leader only, their deadlines. They behave as etcd's.
//
// Rows of Bucket::lease: the key is the id as 8 bytes big-endian, the value is leasepb.Lease {1 id, 2 ttl, 3 remaining
// ttl}. The keys attached to a lease are not stored; each key's newest record names its lease.
#pragma once

#include "cluster/mvcc/index/string_table.h"
#include "cluster/mvcc/store_core.h"

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace raftarium::mvcc {

class Lessor {
public:
    explicit Lessor(StoreCore& core) : m_core(core) {}

    base::Status open();

    base::Result<LeaseGrantResult> grant(const LeaseGrantOp& op);
    void checkpoint(const LeaseCheckpointOp& op);
    // Removes the row; the keys must have been deleted before.
    void remove(std::int64_t id);
    bool exists(std::int64_t id) const { return m_leases.contains(id); }
    // In the order of bytes, so that all members delete them in the same order.
    std::vector<std::string> keysOf(std::int64_t id) const;

    void attach(std::int64_t id, std::string_view key);  // no effect if the lease does not exist
    void detach(std::string_view key);

    void promote(base::Nanoseconds now, base::Nanoseconds extend);
    void demote();
    std::vector<std::int64_t> expired(base::Nanoseconds now, std::size_t limit);
    base::Result<std::int64_t> renew(std::int64_t id, base::Nanoseconds now);
    std::vector<LeaseCheckpointOp::Item> dueCheckpoints(base::Nanoseconds now, std::size_t limit);
    // The time of leases granted since the last call begins now. apply() knows no time, and a lease may end late but
    // never early.
    void advance(base::Nanoseconds now);

    std::vector<LeaseView> views(base::Nanoseconds now) const;
    base::Result<LeaseView> view(std::int64_t id, base::Nanoseconds now, bool keys) const;

private:
    struct Lease {
        std::int64_t ttlSeconds = 0;
        std::int64_t remainingTtlSeconds = 0;  // from the last checkpoint, 0 = none
        base::Nanoseconds deadline = 0;        // 0 = this member does not count it
        base::Nanoseconds due = 0;             // when expired() reports it, or reports it again
        base::Nanoseconds checkpointDue = 0;   // 0 = none planned
        absl::btree_set<std::string, std::less<>> keys;
    };
    using Queue = absl::btree_set<std::pair<base::Nanoseconds, std::int64_t>>;

    void store(std::int64_t id, const Lease& lease);
    void setDeadline(std::int64_t id, Lease& lease, base::Nanoseconds deadline);
    void planCheckpoint(std::int64_t id, Lease& lease, base::Nanoseconds now);
    void stopCounting(std::int64_t id, Lease& lease);
    void spreadExpiries(base::Nanoseconds now, base::Nanoseconds extend);
    LeaseView viewOf(std::int64_t id, const Lease& lease, base::Nanoseconds now) const;

    StoreCore& m_core;
    absl::btree_map<std::int64_t, Lease> m_leases;
    StringTable<std::int64_t> m_leaseOfKey;
    Queue m_expiries;                       // by Lease::due
    Queue m_checkpoints;                    // by Lease::checkpointDue
    std::vector<std::int64_t> m_uncounted;  // granted since the last advance()
    bool m_primary = false;
    base::Nanoseconds m_now = 0;
};

}  // namespace raftarium::mvcc
