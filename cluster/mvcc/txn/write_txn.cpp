// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/txn/write_txn.h"

#include "cluster/mvcc/backend/key_value_record.h"

#include <utility>

namespace raftarium::mvcc {

base::Status WriteTxn::checkLease(const PutOp& op) const {
    if (op.lease != 0 && !m_lessor.exists(op.lease)) return makeError(ApiError::leaseNotFound);
    return {};
}

base::Status WriteTxn::checkKey(const PutOp& op) const {
    if (!op.ignoreValue && !op.ignoreLease) return {};
    const KeyHistory* history = m_core.index.find(op.key);
    if (history == nullptr || !history->live()) return makeError(ApiError::keyNotFound);
    return {};
}

void WriteTxn::tell(const KeyHistory& history, const KeyValueView& kv, bool deleted, Revision revision) {
    EventPtr event = m_hub.change(history, kv, deleted, revision);
    if (m_core.tracesKeys())
        m_core.addTrace(trace::KeyChanged{std::move(event)});
    else
        m_core.leaveOutOfTrace();
}

base::Result<PutResult> WriteTxn::put(const PutOp& op) {
    KeyHistory& history = m_core.index.findOrAdd(op.key);
    const bool existed = history.live();
    PutResult result;
    KeyValueView kv;
    kv.key = op.key;
    kv.value = op.value;
    kv.lease = op.lease;
    if (existed && (op.prevKv || op.ignoreValue || op.ignoreLease)) {
        const auto before = m_rows.record(history.back());
        if (!before) return before.error();
        if (op.ignoreValue) kv.value = before->value;
        if (op.ignoreLease) kv.lease = before->lease;
        if (op.prevKv) result.prevKv = std::make_unique<KeyValue>(before->copy());
    }
    const Revision revision{m_core.revision + 1, m_changes};
    history.put(revision);
    ++m_changes;
    kv.createRevision = history.createRevision();
    kv.modRevision = revision.main;
    kv.version = history.version();
    // Watchers first: what they read of the pair before may go with the put's version bound.
    tell(history, kv, false, revision);
    std::string& record = m_core.record;
    record.clear();
    appendKeyValue(record, kv);
    if (existed) m_lessor.detach(op.key);
    if (kv.lease != 0) m_lessor.attach(kv.lease, op.key);
    m_core.backend.put(Bucket::key, RowKey(revision, false).view(), record);
    m_core.bounds.afterPut(m_core.backend, history, revision, op.keepVersions, m_core.compactRevision);
    result.revision = revision.main;
    return result;
}

void WriteTxn::erase(KeyHistory& history) {
    const Revision revision{m_core.revision + 1, m_changes};
    ++m_changes;
    history.tombstone(revision);
    KeyValueView kv;
    kv.key = history.key();
    tell(history, kv, true, revision);
    std::string& record = m_core.record;
    record.clear();
    appendKeyValue(record, kv);
    m_core.backend.put(Bucket::key, RowKey(revision, true).view(), record);
    m_lessor.detach(history.key());
}

base::Result<DeleteResult> WriteTxn::erase(const DeleteOp& op) {
    DeleteResult result;
    if (op.prevKv) {
        RangeOp before;
        before.range = op.range;
        auto kvs = reads().run(before);
        if (!kvs) return kvs.error();
        result.prevKvs = std::move(kvs->kvs);
    }
    m_core.index.visit(op.range, [&](KeyHistory& history) {
        if (!history.live()) return true;
        erase(history);
        ++result.deleted;
        return true;
    });
    result.revision = visibleRevision();
    return result;
}

base::Result<LeaseRevokeResult> WriteTxn::revoke(const LeaseRevokeOp& op) {
    if (!m_lessor.exists(op.id)) return makeError(ApiError::leaseNotFound);
    const std::vector<std::string> keys = m_lessor.keysOf(op.id);
    for (const std::string& key : keys) {
        KeyHistory* history = m_core.index.find(key);
        if (history != nullptr && history->live()) erase(*history);
    }
    m_lessor.remove(op.id);
    if (m_core.tracing) m_core.addTrace(trace::LeaseRevoked{op.id, static_cast<std::uint32_t>(keys.size())});
    return LeaseRevokeResult{visibleRevision()};
}

void WriteTxn::end() {
    if (m_changes == 0) return;
    ++m_core.revision;
    m_hub.flush();
}

}  // namespace raftarium::mvcc
