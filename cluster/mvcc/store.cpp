// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/store.h"

#include "cluster/mvcc/store_hash.h"
#include "cluster/mvcc/store_impl.h"
#include "cluster/mvcc/txn/request_check.h"

#include <utility>

namespace raftarium::mvcc {

Store::Store(Backend& backend, const StoreOptions& options) : m_impl(std::make_unique<StoreImpl>(backend, options)) {}
Store::~Store() = default;

void Store::setConsistent(std::uint64_t index, std::uint64_t term) {
    if (index > m_impl->consistentIndex) m_impl->saveConsistent(index, term);
}
std::uint64_t Store::consistentIndex() const { return m_impl->consistentIndex; }
std::uint64_t Store::consistentTerm() const { return m_impl->consistentTerm; }

bool Store::backgroundStep(base::Nanoseconds now) {
    m_impl->lessor.advance(now);
    const bool moreRows = m_impl->compactor.step();
    const bool moreWatchers = m_impl->hub.step(now);
    return moreRows || moreWatchers;
}
bool Store::compactionPending() const { return m_impl->compactor.pending(); }

void Store::promoteLeases(base::Nanoseconds now, base::Nanoseconds extend) { m_impl->lessor.promote(now, extend); }
void Store::demoteLeases() { m_impl->lessor.demote(); }
std::vector<std::int64_t> Store::expiredLeases(base::Nanoseconds now, std::size_t limit) {
    return m_impl->lessor.expired(now, limit);
}
base::Result<std::int64_t> Store::renewLease(std::int64_t id, base::Nanoseconds now) {
    return m_impl->lessor.renew(id, now);
}
std::vector<LeaseCheckpointOp::Item> Store::dueLeaseCheckpoints(base::Nanoseconds now, std::size_t limit) {
    return m_impl->lessor.dueCheckpoints(now, limit);
}

StreamId Store::openWatchStream(WatchSink& sink) { return m_impl->hub.openStream(sink); }
void Store::closeWatchStream(StreamId stream) { m_impl->hub.closeStream(stream); }
base::Result<WatchCreated> Store::createWatch(StreamId stream, const WatchRequest& request) {
    return m_impl->hub.create(stream, request);
}
bool Store::cancelWatch(StreamId stream, WatchId watch) { return m_impl->hub.cancel(stream, watch); }
void Store::holdWatchEvents() { m_impl->hub.hold(); }
void Store::sendWatchEvents() { m_impl->hub.release(); }
void Store::retryWatchStream(StreamId stream) { m_impl->hub.retry(stream); }
void Store::requestWatchProgress(StreamId stream) { m_impl->hub.requestProgress(stream); }

std::uint64_t Store::takeTrace(std::vector<StoreTrace>& out) {
    out.clear();
    out.swap(m_impl->core.traces);
    return std::exchange(m_impl->core.untraced, 0);
}
void Store::setTracing(bool on) {
    m_impl->core.tracing = on;
    m_impl->core.tracingKeys = true;
    m_impl->core.untraced = 0;
    if (!on) m_impl->core.traces.clear();
}
void Store::setKeyTracing(bool on) { m_impl->core.tracingKeys = on; }

std::int64_t Store::revision() const { return m_impl->core.revision; }
std::int64_t Store::compactRevision() const { return std::max<std::int64_t>(m_impl->core.compactRevision, 0); }

base::Result<RangeResult> Store::range(const RangeOp& op) const {
    const auto view = m_impl->core.backend.readView();
    const Rows rows(*view);
    return RangeRead(m_impl->core, rows, m_impl->core.revision).run(op);
}
base::Result<RangeResult> Store::range(const RangeOp& op, KeyValueSink& sink) const {
    const auto view = m_impl->core.backend.readView();
    const Rows rows(*view);
    return RangeRead(m_impl->core, rows, m_impl->core.revision).run(op, sink);
}
base::Result<TxnResult> Store::readOnlyTxn(const TxnOp& op) const {
    const auto view = m_impl->core.backend.readView();
    const Rows rows(*view);
    return runReadOnly(RangeRead(m_impl->core, rows, m_impl->core.revision), op);
}

base::Status Store::validate(const Request& request) const {
    return checkRequest(request, m_impl->core.options.maxTxnOps);
}
base::Status Store::checkQuota(const Request& request) const {
    if (m_impl->fitsQuota(request)) return m_impl->admitted(request);
    return makeError(ApiError::noSpace);
}

base::Result<HashKvResult> Store::hashKv(std::int64_t revision) const {
    const auto view = m_impl->core.backend.readView();
    return hashKeyBucket(m_impl->core, Rows(*view), revision);
}
std::uint32_t Store::hashAll() const {
    const auto view = m_impl->core.backend.readView();
    return hashBuckets(Rows(*view));
}

std::vector<LeaseView> Store::leases(base::Nanoseconds now) const { return m_impl->lessor.views(now); }
base::Result<LeaseView> Store::lease(std::int64_t id, base::Nanoseconds now, bool keys) const {
    return m_impl->lessor.view(id, now, keys);
}
std::vector<Alarm> Store::alarms() const { return m_impl->alarms.all(); }
bool Store::noSpaceRaised() const { return m_impl->alarms.raised(AlarmType::noSpace); }
std::vector<WatcherView> Store::watchers() const { return m_impl->hub.views(); }
BackendSize Store::size() const { return m_impl->core.backend.size(); }

std::vector<KeyValue> Store::history(std::string_view key) const {
    std::vector<KeyValue> versions;
    const StoreCore& core = m_impl->core;
    const KeyHistory* history = core.index.find(key);
    if (history == nullptr) return versions;
    const auto view = core.backend.readView();
    const Rows rows(*view);
    const std::int64_t oldest = std::max<std::int64_t>(history->indexAt(core.compactRevision), 0);
    for (auto i = static_cast<std::uint32_t>(oldest); i < history->size(); ++i) {
        const Change& change = history->change(i);
        if (change.tombstone) {
            // The running compaction will remove this tombstone.
            if (change.main < core.compactRevision) continue;
            KeyValue& deleted = versions.emplace_back();
            deleted.key = key;
            deleted.modRevision = change.main;
        } else if (const auto kv = rows.record(change)) {
            versions.push_back(kv->copy());
        }
    }
    return versions;
}

}  // namespace raftarium::mvcc
