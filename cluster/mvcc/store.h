// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The MVCC store with its leases, alarms and watchers. It has one writer, the raft loop, and no locks. Other threads
// may call the const members under the node's reader gate, which keeps the writer out meanwhile. The store is
// deterministic: the same requests in the same order give the same state, results and hashes on every member.
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

    // Rebuilds index, leases and alarms from the backend. Errc::corruption names the bucket and the key. Also called
    // after a snapshot replaced the backend's content: the watchers stay and become unsynced.
    base::Status open();

    // --- Writer thread -------------------------------------------------------------------------------------------
    // Applies one committed request at this raft index. Index and term are stored with it in the same backend batch, as
    // consistentIndex() and consistentTerm(). A request at or below consistentIndex() has no effect and answers
    // monostate.
    base::Result<Response> apply(std::uint64_t index, std::uint64_t term, const Request& request);
    // Records that entries without effect on the store were applied up to this index.
    void setConsistent(std::uint64_t index, std::uint64_t term);
    std::uint64_t consistentIndex() const;
    std::uint64_t consistentTerm() const;

    // One bounded step of background work: compaction, watchers that catch up, victims, progress notifications. True if
    // more can be done now. Call it between batches of requests.
    bool backgroundStep(base::Nanoseconds now);
    // True until the rows of all applied compactions are deleted. A compaction with `physical` is answered then.
    bool compactionPending() const;

    // Leases. Only the leader counts their time: promoteLeases() after it applied the first entry of its term,
    // demoteLeases() when it stops leading.
    void promoteLeases(base::Nanoseconds now, base::Nanoseconds extend);
    void demoteLeases();
    // Leases to be revoked through raft.
    std::vector<std::int64_t> expiredLeases(base::Nanoseconds now, std::size_t limit);
    // Leader only. Returns the granted TTL.
    base::Result<std::int64_t> renewLease(std::int64_t id, base::Nanoseconds now);
    // Remaining TTLs that the leader should now propose as checkpoints: every 300 s, of leases with more time left.
    std::vector<LeaseCheckpointOp::Item> dueLeaseCheckpoints(base::Nanoseconds now, std::size_t limit);

    // Watchers. A stream belongs to one client connection. The sink must outlive the stream.
    StreamId openWatchStream(WatchSink& sink);
    void closeWatchStream(StreamId stream);
    base::Result<WatchCreated> createWatch(StreamId stream, const WatchRequest& request);
    bool cancelWatch(StreamId stream, WatchId watch);
    // Between these two calls events are gathered, so that a watcher gets all events of a batch of entries at once.
    void holdWatchEvents();
    void sendWatchEvents();
    // The sink of this stream refused a batch and now has room again.
    void retryWatchStream(StreamId stream);
    // The sink gets one answer, a WatchBatch of kWholeStream, when every watcher of the stream is synced.
    void requestWatchProgress(StreamId stream);
    // Moves out the trace since the last call, for telemetry. Returns how many changed keys and watch deliveries it
    // left out.
    std::uint64_t takeTrace(std::vector<StoreTrace>& out);
    // Off: nothing is collected.
    void setTracing(bool on);
    // While tracing; off: the keys and deliveries of the next writes are counted, not collected.
    void setKeyTracing(bool on);

    // --- Readers (any thread, under the node's gate) --------------------------------------------------------------
    std::int64_t revision() const;
    std::int64_t compactRevision() const;  // 0 = never
    base::Result<RangeResult> range(const RangeOp& op) const;
    // The same without copies: the pairs go to `sink`, result.kvs stays empty.
    base::Result<RangeResult> range(const RangeOp& op, KeyValueSink& sink) const;
    // A txn whose operations, in both branches, are all ranges.
    base::Result<TxnResult> readOnlyTxn(const TxnOp& op) const;
    // The checks made before a request is proposed: empty keys, flags, numbers of operations, duplicate keys. monostate
    // passes.
    base::Status validate(const Request& request) const;
    // etcd's check against the quota: noSpace if the request does not fit or the alarm is raised.
    base::Status checkQuota(const Request& request) const;

    base::Result<HashKvResult> hashKv(std::int64_t revision) const;  // 0 = current
    std::uint32_t hashAll() const;
    std::vector<LeaseView> leases(base::Nanoseconds now) const;  // ordered by expiry; without keys
    base::Result<LeaseView> lease(std::int64_t id, base::Nanoseconds now, bool keys) const;
    std::vector<Alarm> alarms() const;
    bool noSpaceRaised() const;
    std::vector<WatcherView> watchers() const;
    BackendSize size() const;

    // All stored revisions of one key, ascending; tombstones have version 0. For the app's key panel.
    std::vector<KeyValue> history(std::string_view key) const;

private:
    std::unique_ptr<StoreImpl> m_impl;
};

}  // namespace raftarium::mvcc
