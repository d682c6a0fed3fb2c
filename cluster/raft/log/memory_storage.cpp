// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/check.h"
#include "cluster/raft/log/storage.h"

#include <algorithm>

namespace raftarium::raft {

ConfState MemoryStorage::initialConfState() const { return m_snapshot->metadata.confState; }

Index MemoryStorage::firstIndex() const { return m_entries.front().index + 1; }

Index MemoryStorage::lastIndex() const { return m_entries.front().index + m_entries.size() - 1; }

LogResult<Term> MemoryStorage::term(Index index) const {
    const Index offset = m_entries.front().index;
    if (index < offset) return LogError::compacted;
    if (index - offset >= m_entries.size()) return LogError::unavailable;
    return m_entries[index - offset].term;
}

LogResult<std::vector<Entry>> MemoryStorage::entries(Index low, Index high, std::uint64_t maxBytes) const {
    const Index offset = m_entries.front().index;
    if (low <= offset) return LogError::compacted;
    RAFTARIUM_CHECK_MSG(high <= lastIndex() + 1, "entries up to " + std::to_string(high) + " asked, last index is " +
                                                     std::to_string(lastIndex()));
    if (m_entries.size() == 1) return LogError::unavailable;
    const auto first = m_entries.begin() + static_cast<std::ptrdiff_t>(low - offset);
    auto last = m_entries.begin() + static_cast<std::ptrdiff_t>(high - offset);
    if (maxBytes != ~std::uint64_t{0} && first != last) {
        std::uint64_t size = encodedSize(*first);
        auto end = first + 1;
        while (end != last && (size += encodedSize(*end)) <= maxBytes) ++end;
        last = end;
    }
    return std::vector<Entry>(first, last);
}

LogResult<std::shared_ptr<const Snapshot>> MemoryStorage::snapshot() const { return m_snapshot; }

void MemoryStorage::append(const std::vector<Entry>& entries) {
    if (entries.empty()) return;
    const Index first = firstIndex();
    const Index last = entries.back().index;
    if (last < first) return;  // all of them are compacted
    // Entries that are compacted already are skipped.
    const std::size_t skipped = first > entries.front().index ? first - entries.front().index : 0;
    const Index from = entries[skipped].index;
    RAFTARIUM_CHECK_MSG(
        from <= lastIndex() + 1,
        "append from " + std::to_string(from) + " leaves a gap after the last index " + std::to_string(lastIndex()));
    m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(from - m_entries.front().index), m_entries.end());
    m_entries.insert(m_entries.end(), entries.begin() + static_cast<std::ptrdiff_t>(skipped), entries.end());
}

bool MemoryStorage::applySnapshot(std::shared_ptr<const Snapshot> snapshot) {
    if (m_snapshot->metadata.index >= snapshot->metadata.index) return false;
    m_snapshot = std::move(snapshot);
    m_entries.assign(1, Entry{m_snapshot->metadata.term, m_snapshot->metadata.index, EntryType::normal, {}});
    return true;
}

bool MemoryStorage::createSnapshot(Index index, const ConfState& confState, base::Bytes data) {
    if (index <= m_snapshot->metadata.index) return false;
    RAFTARIUM_CHECK_MSG(index <= lastIndex(), "snapshot at " + std::to_string(index) + " is beyond the last index " +
                                                  std::to_string(lastIndex()));
    const LogResult<Term> at = term(index);
    RAFTARIUM_CHECK(std::holds_alternative<Term>(at));
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->data = std::move(data);
    snapshot->metadata = {confState, index, std::get<Term>(at)};
    m_snapshot = std::move(snapshot);
    return true;
}

bool MemoryStorage::compact(Index index) {
    const Index offset = m_entries.front().index;
    if (index <= offset) return false;
    RAFTARIUM_CHECK_MSG(index <= lastIndex(), "compaction at " + std::to_string(index) + " is beyond the last index " +
                                                  std::to_string(lastIndex()));
    const auto kept = m_entries.begin() + static_cast<std::ptrdiff_t>(index - offset);
    Entry placeholder{kept->term, kept->index, EntryType::normal, {}};
    m_entries.erase(m_entries.begin(), kept);
    m_entries.front() = std::move(placeholder);
    return true;
}

}  // namespace raftarium::raft
