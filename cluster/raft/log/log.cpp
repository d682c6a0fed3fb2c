// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/log/log.h"

#include "cluster/base/check.h"
#include "cluster/raft/mutant.h"

#include <algorithm>
#include <iterator>

namespace raftarium::raft {

namespace {

// Cuts to at most maxBytes of encoded size, but keeps at least one entry.
void limitSize(std::vector<Entry>& entries, std::uint64_t maxBytes) {
    if (entries.size() < 2 || maxBytes == ~std::uint64_t{0}) return;
    std::uint64_t size = encodedSize(entries.front());
    std::size_t count = 1;
    while (count < entries.size() && (size += encodedSize(entries[count])) <= maxBytes) ++count;
    entries.resize(count);
}

}  // namespace

std::uint64_t encodedSizeOf(const std::vector<Entry>& entries) {
    std::uint64_t size = 0;
    for (const Entry& entry : entries) size += encodedSize(entry);
    return size;
}

std::uint64_t payloadSizeOf(const std::vector<Entry>& entries) {
    std::uint64_t size = 0;
    for (const Entry& entry : entries) size += entry.data.size();
    return size;
}

Log::Log(const Storage* storage, std::uint64_t maxApplyingBytes, std::vector<TraceEvent>* trace)
    : m_storage(storage),
      m_trace(trace),
      m_unstable(storage->lastIndex() + 1),
      m_committed(storage->firstIndex() - 1),
      m_applying(m_committed),
      m_applied(m_committed),
      m_maxApplyingBytes(maxApplyingBytes) {}

Index Log::firstIndex() const {
    if (const auto index = m_unstable.firstIndex()) return *index;
    return m_storage->firstIndex();
}

Index Log::lastIndex() const {
    if (const auto index = m_unstable.lastIndex()) return *index;
    return m_storage->lastIndex();
}

EntryId Log::lastEntry() const {
    const Index index = lastIndex();
    return {termOrZero(index), index};
}

LogResult<Term> Log::term(Index index) const {
    if (const auto held = m_unstable.term(index)) return *held;
    // The term of the entry just before the first one is still known.
    if (index + 1 < firstIndex()) return LogError::compacted;
    if (index > lastIndex()) return LogError::unavailable;
    return m_storage->term(index);
}

Term Log::termOrZero(Index index) const {
    const LogResult<Term> result = term(index);
    const Term* held = std::get_if<Term>(&result);
    return held ? *held : 0;
}

bool Log::matches(EntryId id) const {
    const LogResult<Term> result = term(id.index);
    const Term* held = std::get_if<Term>(&result);
    if (mutated(Mutant::skipPrevTermCheck)) return held != nullptr;
    return held && *held == id.term;
}

bool Log::isUpToDate(EntryId other) const {
    const EntryId own = lastEntry();
    return other.term > own.term || (other.term == own.term && other.index >= own.index);
}

Index Log::findConflict(const std::vector<Entry>& entries) const {
    for (const Entry& entry : entries) {
        const LogResult<Term> result = term(entry.index);
        const Term* held = std::get_if<Term>(&result);
        if (!held || *held != entry.term) return entry.index;
    }
    return 0;
}

std::optional<Index> Log::maybeAppend(EntryId previous, Index leaderCommit, std::vector<Entry> entries) {
    if (!matches(previous)) return std::nullopt;
    const Index lastNew = previous.index + entries.size();
    Index conflict = findConflict(entries);
    if (mutated(Mutant::truncateWithoutConflict)) {
        if (conflict == 0 && !entries.empty() && entries.front().index > m_committed) conflict = entries.front().index;
    }
    if (conflict != 0) {
        RAFTARIUM_CHECK_MSG(conflict > m_committed, "entry " + std::to_string(conflict) +
                                                        " conflicts with a committed one, committed is " +
                                                        std::to_string(m_committed));
        const Index first = previous.index + 1;
        entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(conflict - first));
        append(std::move(entries));
    }
    if (mutated(Mutant::commitBeyondMatch)) {
        commitTo(std::min(leaderCommit, lastIndex()));
    } else {
        commitTo(std::min(leaderCommit, lastNew));
    }
    return lastNew;
}

Index Log::append(std::vector<Entry> entries) {
    if (entries.empty()) return lastIndex();
    const Index first = entries.front().index;
    RAFTARIUM_CHECK_MSG(first > m_committed, "append at " + std::to_string(first) +
                                                 " would replace a committed entry, " + "committed is " +
                                                 std::to_string(m_committed));
    traceTruncation(first);
    m_trace->push_back(trace::LogAppended{first, entries.back().index, entries.back().term});
    m_unstable.truncateAndAppend(std::move(entries));
    return lastIndex();
}

void Log::traceTruncation(Index from) {
    const Index last = lastIndex();
    if (from > last) return;
    m_trace->push_back(trace::LogTruncated{from, last, termOrZero(from)});
}

EntryId Log::findConflictByTerm(Index index, Term wanted) const {
    for (; index > 0; --index) {
        const LogResult<Term> result = term(index);
        const Term* held = std::get_if<Term>(&result);
        if (!held) return {0, index};
        if (*held <= wanted) return {*held, index};
    }
    return {0, 0};
}

LogResult<std::vector<Entry>> Log::entriesFrom(Index low, std::uint64_t maxBytes) const {
    const Index last = lastIndex();
    if (low > last) return std::vector<Entry>();
    return slice(low, last + 1, maxBytes);
}

LogResult<std::vector<Entry>> Log::slice(Index low, Index high, std::uint64_t maxBytes) const {
    RAFTARIUM_CHECK(low <= high);
    if (low < firstIndex()) return LogError::compacted;
    RAFTARIUM_CHECK_MSG(high <= lastIndex() + 1, "slice up to " + std::to_string(high) + " is beyond the last index");
    std::vector<Entry> out;
    if (low == high) return out;
    const Index offset = m_unstable.offset();
    if (low >= offset) {
        m_unstable.slice(low, high, out);
        limitSize(out, maxBytes);
        return out;
    }
    const Index cut = std::min(high, offset);
    LogResult<std::vector<Entry>> stored = m_storage->entries(low, cut, maxBytes);
    if (const LogError* error = std::get_if<LogError>(&stored)) {
        RAFTARIUM_CHECK_MSG(*error == LogError::compacted, "stable entries are missing from storage");
        return stored;
    }
    out = std::move(std::get<std::vector<Entry>>(stored));
    if (high <= offset || out.size() < cut - low) return out;
    if (maxBytes == ~std::uint64_t{0}) {
        m_unstable.slice(offset, high, out);
        return out;
    }
    std::uint64_t size = encodedSizeOf(out);
    for (Index index = offset; index < high; ++index) {
        const Entry& entry = m_unstable.at(index);
        size += encodedSize(entry);
        if (size > maxBytes) break;
        out.push_back(entry);
    }
    return out;
}

LogResult<std::shared_ptr<const Snapshot>> Log::snapshot() const {
    if (m_unstable.snapshot()) return m_unstable.snapshot();
    return m_storage->snapshot();
}

Index Log::maxAppliable(bool allowUnstable) const {
    Index limit = m_committed;
    if (mutated(Mutant::applyBeforeCommit)) limit = m_unstable.offset() - 1;
    return allowUnstable ? limit : std::min(limit, m_unstable.offset() - 1);
}

bool Log::hasNextCommitted(bool allowUnstable) const {
    if (m_applyingPaused || hasPendingSnapshot()) return false;
    return m_applying < maxAppliable(allowUnstable);
}

std::vector<Entry> Log::nextCommitted(bool allowUnstable) const {
    if (!hasNextCommitted(allowUnstable)) return {};
    RAFTARIUM_CHECK(m_applyingBytes < m_maxApplyingBytes);
    LogResult<std::vector<Entry>> found =
        slice(m_applying + 1, maxAppliable(allowUnstable) + 1, m_maxApplyingBytes - m_applyingBytes);
    RAFTARIUM_CHECK_MSG(std::holds_alternative<std::vector<Entry>>(found),
                        "committed entries are missing from the log");
    return std::move(std::get<std::vector<Entry>>(found));
}

void Log::acceptApplying(Index index, std::uint64_t bytes, bool allowUnstable) {
    RAFTARIUM_CHECK(index <= m_committed || mutated(Mutant::applyBeforeCommit));
    m_applying = index;
    m_applyingBytes += bytes;
    // Nothing more until some is acknowledged: the limit is reached, or the next entry would exceed it.
    m_applyingPaused = m_applyingBytes >= m_maxApplyingBytes || index < maxAppliable(allowUnstable);
}

void Log::appliedTo(Index index, std::uint64_t bytes) {
    RAFTARIUM_CHECK_MSG((index <= m_committed || mutated(Mutant::applyBeforeCommit)) && index >= m_applied,
                        "applied " + std::to_string(index) + " is not between applied " + std::to_string(m_applied) +
                            " and committed " + std::to_string(m_committed));
    m_applied = index;
    m_applying = std::max(m_applying, index);
    m_applyingBytes -= std::min(m_applyingBytes, bytes);
    m_applyingPaused = m_applyingBytes >= m_maxApplyingBytes;
}

void Log::commitTo(Index index) {
    if (index <= m_committed) return;
    RAFTARIUM_CHECK_MSG(index <= lastIndex(), "commit " + std::to_string(index) + " is beyond the last index " +
                                                  std::to_string(lastIndex()) + ": was the log lost or damaged?");
    m_committed = index;
    m_trace->push_back(trace::CommitAdvanced{index, termOrZero(index)});
}

void Log::restore(std::shared_ptr<const Snapshot> snapshot) {
    m_trace->push_back(trace::SnapshotRestored{snapshot->metadata.index, snapshot->metadata.term});
    m_committed = snapshot->metadata.index;
    m_unstable.restore(std::move(snapshot));
}

}  // namespace raftarium::raft
