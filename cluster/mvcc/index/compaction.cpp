// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/index/compaction.h"

#include <algorithm>

namespace raftarium::mvcc {
namespace {
constexpr std::string_view kScheduled = "scheduledCompactRev";
constexpr std::string_view kFinished = "finishedCompactRev";

base::Result<std::int64_t> readRevision(Backend& backend, std::string_view name) {
    const auto value = backend.get(Bucket::meta, name);
    if (!value) return kNeverCompacted;
    const auto decoded = decodeRevision(*value);
    if (!decoded) {
        return base::Error{
            base::Errc::corruption,
            "bucket meta, " + std::string(name) + ": not a revision; restore the member from a snapshot or its peers"};
    }
    return decoded->revision.main;
}
}  // namespace

base::Status Compactor::open() {
    m_targets.clear();
    m_cursor.clear();
    m_rowsRemoved = 0;
    const auto finished = readRevision(m_core.backend, kFinished);
    if (!finished) return finished.error();
    const auto scheduled = readRevision(m_core.backend, kScheduled);
    if (!scheduled) return scheduled.error();
    m_core.compactRevision = std::max(*finished, *scheduled);
    if (*scheduled > *finished) m_targets.push_back(*scheduled);
    return {};
}

base::Result<CompactResult> Compactor::schedule(const CompactOp& op) {
    if (op.revision <= m_core.compactRevision) return makeError(ApiError::compacted);
    if (op.revision > m_core.revision) return makeError(ApiError::futureRevision);
    m_core.compactRevision = op.revision;
    m_core.backend.put(Bucket::meta, kScheduled, RowKey({op.revision, 0}, false).view());
    m_core.bounds.compact(m_core.backend, m_core.index, op.revision);
    m_targets.push_back(op.revision);
    m_core.addTrace(trace::CompactionScheduled{op.revision});
    return CompactResult{m_core.revision};
}

// Looks at one row at or below the target, oldest first, and takes it out of the index if it goes.
bool Compactor::keepRow(const DecodedRevision& row, std::string_view record) {
    KeyValueView kv;
    if (!decodeKeyValue(record, kv)) return true;
    KeyHistory* history = m_core.index.find(kv.key);
    // The index knows every row that is to stay.
    if (history == nullptr || row.revision < history->front().revision()) return false;
    if (history->front().revision() < row.revision) return true;
    const bool superseded = history->size() > 1 && history->change(1).main <= m_targets.front();
    const bool ended = row.tombstone && row.revision.main < m_targets.front();
    if (!superseded && !ended) return true;
    history->removeFront();
    if (history->size() == 0) m_core.index.erase(history);
    return false;
}

bool Compactor::step() {
    if (m_targets.empty()) return false;
    const RowKey end({m_targets.front() + 1, 0}, false);
    std::size_t looked = 0;
    bool more = false;
    m_doomed.clear();
    m_core.backend.scan(Bucket::key, m_cursor, end.view(), [&](std::string_view key, std::string_view value) {
        if (looked == m_core.options.compactionRowsPerStep) {
            m_cursor.assign(key);
            more = true;
            return false;
        }
        ++looked;
        const auto row = decodeRevision(key);
        if (row && !keepRow(*row, value)) m_doomed.emplace_back(key);
        return true;
    });
    for (const std::string& key : m_doomed) m_core.backend.remove(Bucket::key, key);
    m_rowsRemoved += static_cast<std::int64_t>(m_doomed.size());
    if (!more) finish();
    return pending();
}

void Compactor::finish() {
    const std::int64_t target = m_targets.front();
    m_core.backend.put(Bucket::meta, kFinished, RowKey({target, 0}, false).view());
    m_core.addTrace(trace::CompactionFinished{target, m_rowsRemoved});
    m_targets.pop_front();
    m_cursor.clear();
    m_rowsRemoved = 0;
}

}  // namespace raftarium::mvcc
