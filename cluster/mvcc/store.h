// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The MVCC store with its leases, alarms and watchers: one object, one writer (the node's loop), no locks inside. The
// node's reader gate makes the const members callable from other threads while the writer is not inside a write.
// Deterministic: the same requests in the same order give the same state, results and hash on every member.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/result.h"
#include "cluster/mvcc/backend/backend.h"
#include "cluster/mvcc/store_types.h"
#include "cluster/mvcc/txn/api_error.h"
#include "cluster/mvcc/txn/operations.h"
#include "cluster/mvcc/watch/watch.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::mvcc {

struct StoreImpl;

class Store {
public:
    Store(Backend& backend, const StoreOptions& options);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // Rebuilds index, leases and alarms from the backend; corruption has bucket and key in its text. Also used after a
    // snapshot replaced the backend's content: watchers stay and become unsynced.
    base::Status open();

    // --- Writer thread -------------------------------------------------------------------------------------------
    // Applies one committed request at this raft index, and stores index and term as consistent in the same backend
    // batch. An index at or below consistentIndex() has no effect on the store and answers monostate.
    base::Result<Response> apply(std::uint64_t index, std::uint64_t term, const Request& request);
    // Moves the consistent index over entries without effect on the store.
    void setConsistent(std::uint64_t index, std::uint64_t term);
    std::uint64_t consistentIndex() const;
    std::uint64_t consistentTerm() const;

    // One bounded step of background work (compaction rows, watcher catch-up, set-aside retries, progress notify);
    // true if more can be done now. Call it between batches.
    bool backgroundStep(base::Nanoseconds now);
    // True until the rows of every applied compaction are gone; the answer to a `physical` one waits for it.
    bool compactionPending() const;

    // Leases. Only the leader counts: promote() when it has applied its first entry of the term, demote() otherwise.
    void promoteLeases(base::Nanoseconds now, base::Nanoseconds extend);
    void demoteLeases();
    std::vector<std::int64_t> expiredLeases(base::Nanoseconds now,
                                            std::size_t limit);                     // due to be revoked through raft
    base::Result<std::int64_t> renewLease(std::int64_t id, base::Nanoseconds now);  // leader; the granted TTL
    // Remaining TTLs (above 300 s, each every 300 s) that the leader should now log as a checkpoint.
    std::vector<LeaseCheckpointOp::Item> dueLeaseCheckpoints(base::Nanoseconds now, std::size_t limit);

    // Watchers. A stream belongs to one client connection; its sink must outlive it.
    StreamId openWatchStream(WatchSink& sink);
    void closeWatchStream(StreamId stream);
    base::Result<WatchCreated> createWatch(StreamId stream, const WatchRequest& request);
    bool cancelWatch(StreamId stream, WatchId watch);
    // Between these two the events of applied requests are gathered, so that a watcher gets all of a batch of entries
    // at once.
    void holdWatchEvents();
    void sendWatchEvents();
    // A stream whose sink refused a batch takes some again.
    void retryWatchStream(StreamId stream);
    // Answered once through the sink (WatchBatch of kWholeStream), when every watcher of the stream is synced.
    void requestWatchProgress(StreamId stream);
    // Moves out what happened since the last call, for telemetry; how many changed keys and watch deliveries were left
    // out of it.
    std::uint64_t takeTrace(std::vector<StoreTrace>& out);
    // Off = nothing is collected.
    void setTracing(bool on);
    // While tracing: off = the next writes' keys and deliveries are counted, not collected.
    void setKeyTracing(bool on);

    // --- Readers (any thread, under the node's gate) --------------------------------------------------------------
    std::int64_t revision() const;
    std::int64_t compactRevision() const;  // 0 = never
    base::Result<RangeResult> range(const RangeOp& op) const;
    // The same without copies; result.kvs stays empty.
    base::Result<RangeResult> range(const RangeOp& op, KeyValueSink& sink) const;
    // A txn whose operations (both branches) are all ranges.
    base::Result<TxnResult> readOnlyTxn(const TxnOp& op) const;
    // Checks made before a request is proposed: empty keys, flags, op counts, duplicate keys. monostate passes.
    base::Status validate(const Request& request) const;
    // etcd's admission check against the quota; noSpace if it does not fit or the alarm is raised.
    base::Status checkQuota(const Request& request) const;

    base::Result<HashKvResult> hashKv(std::int64_t revision) const;  // 0 = current
    std::uint32_t hashAll() const;
    std::vector<LeaseView> leases(base::Nanoseconds now) const;  // by expiry; keys not filled
    base::Result<LeaseView> lease(std::int64_t id, base::Nanoseconds now, bool keys) const;
    std::vector<Alarm> alarms() const;
    bool noSpaceRaised() const;
    std::vector<WatcherView> watchers() const;
    BackendSize size() const;

    // History of one key, all revisions still stored, ascending; tombstones have version 0. For the app's key panel.
    std::vector<KeyValue> history(std::string_view key) const;

private:
    std::unique_ptr<StoreImpl> m_impl;
};

}  // namespace raftarium::mvcc
