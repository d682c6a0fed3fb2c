// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Range reads and the guards of transactions, over one state of the store.
#pragma once

#include "cluster/mvcc/store_core.h"

#include <cstdint>
#include <vector>

namespace raftarium::mvcc {

class RangeRead {
public:
    // `revision` is the newest visible one: the store's, or one more inside a txn that has changed something.
    RangeRead(const StoreCore& core, const Rows& rows, std::int64_t revision)
        : m_core(core), m_rows(rows), m_revision(revision) {}

    base::Result<RangeResult> run(const RangeOp& op, KeyValueSink& sink) const;
    base::Result<RangeResult> run(const RangeOp& op) const;
    std::int64_t revision() const { return m_revision; }

    // A range inside a txn is checked before any operation of the txn runs, as in etcd.
    base::Status check(const RangeOp& op) const;
    base::Result<bool> holds(const Compare& compare) const;

private:
    base::Result<RangeResult> stream(const RangeOp& op, std::int64_t at, KeyValueSink& sink) const;
    base::Result<RangeResult> sorted(const RangeOp& op, std::int64_t at, KeyValueSink& sink) const;

    const StoreCore& m_core;
    const Rows& m_rows;
    std::int64_t m_revision;
};

}  // namespace raftarium::mvcc
