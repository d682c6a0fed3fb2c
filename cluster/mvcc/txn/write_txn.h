// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One transaction on the store. All its changes have the same main revision and successive sub revisions. Everything
// that may fail is checked before the first change, because changes are not undone.
#pragma once

#include "cluster/mvcc/lease/lessor.h"
#include "cluster/mvcc/store_core.h"
#include "cluster/mvcc/txn/range_read.h"
#include "cluster/mvcc/watch/watch_hub.h"

#include <cstdint>
#include <string>

namespace raftarium::mvcc {

class WriteTxn {
public:
    WriteTxn(StoreCore& core, Lessor& lessor, WatchHub& hub)
        : m_core(core), m_lessor(lessor), m_hub(hub), m_rows(core.backend) {}

    // The newest state this transaction sees.
    RangeRead reads() const { return {m_core, m_rows, visibleRevision()}; }
    std::int64_t visibleRevision() const { return m_changes == 0 ? m_core.revision : m_core.revision + 1; }

    // The lease of a put must exist, and so must its key if the put keeps the value or the lease. As in etcd, a single
    // put checks the lease first, a put within a txn the key.
    base::Status checkLease(const PutOp& op) const;
    base::Status checkKey(const PutOp& op) const;
    base::Result<PutResult> put(const PutOp& op);
    base::Result<DeleteResult> erase(const DeleteOp& op);
    base::Result<TxnResult> run(const TxnOp& op);
    base::Result<LeaseRevokeResult> revoke(const LeaseRevokeOp& op);

    // Makes the new revision visible and sends the events to watchers. Without a change there is no new revision. Call
    // it once.
    void end();

private:
    base::Status choosePath(const TxnOp& op, std::vector<bool>& path) const;
    // As in etcd, all puts are checked before any range; this decides which of two errors is reported.
    enum class Checked { puts, ranges };
    base::Status checkPath(Checked kind, const TxnOp& op, const std::vector<bool>& path, std::size_t& at) const;
    base::Result<TxnResult> runPath(const TxnOp& op, const std::vector<bool>& path, std::size_t& at);
    base::Result<OperationResult> runOperation(const Operation& operation, const std::vector<bool>& path,
                                               std::size_t& at);
    void erase(KeyHistory& history);
    void tell(const KeyHistory& history, const KeyValueView& kv, bool deleted, Revision revision);

    StoreCore& m_core;
    Lessor& m_lessor;
    WatchHub& m_hub;
    Rows m_rows;
    std::int64_t m_changes = 0;
};

// A txn of ranges only, on a view.
base::Result<TxnResult> runReadOnly(const RangeRead& reads, const TxnOp& op);

}  // namespace raftarium::mvcc
