// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/log/unstable.h"

#include "cluster/base/check.h"

#include <algorithm>
#include <iterator>

namespace raftarium::raft {

std::optional<Index> Unstable::firstIndex() const {
    if (m_snapshot) return m_snapshot->metadata.index + 1;
    return std::nullopt;
}

std::optional<Index> Unstable::lastIndex() const {
    if (hasEntries()) return m_offset + size() - 1;
    if (m_snapshot) return m_snapshot->metadata.index;
    return std::nullopt;
}

std::optional<Term> Unstable::term(Index index) const {
    if (index < m_offset) {
        if (m_snapshot && m_snapshot->metadata.index == index) return m_snapshot->metadata.term;
        return std::nullopt;
    }
    if (index - m_offset >= size()) return std::nullopt;
    return at(index).term;
}

void Unstable::slice(Index low, Index high, std::vector<Entry>& out) const {
    RAFTARIUM_CHECK(m_offset <= low && low <= high && high <= m_offset + size());
    const auto begin = m_entries.begin() + static_cast<std::ptrdiff_t>(m_head);
    out.insert(out.end(), begin + static_cast<std::ptrdiff_t>(low - m_offset),
               begin + static_cast<std::ptrdiff_t>(high - m_offset));
}

std::vector<Entry> Unstable::nextEntries() const {
    std::vector<Entry> out;
    if (hasNextEntries()) slice(m_offsetInProgress, m_offset + size(), out);
    return out;
}

void Unstable::acceptInProgress() {
    if (hasEntries()) m_offsetInProgress = m_offset + size();
    if (m_snapshot) m_snapshotInProgress = true;
}

void Unstable::stableTo(Index index, Term entryTerm) {
    const auto held = term(index);
    if (!held || index < m_offset || *held != entryTerm) return;
    const std::size_t count = index + 1 - m_offset;
    m_head += count;
    m_offset = index + 1;
    m_offsetInProgress = std::max(m_offsetInProgress, m_offset);
    if (m_head == m_entries.size()) {
        m_entries.clear();
        m_head = 0;
    } else if (m_head * 2 > m_entries.size()) {
        m_entries.erase(m_entries.begin(), m_entries.begin() + static_cast<std::ptrdiff_t>(m_head));
        m_head = 0;
    }
}

void Unstable::stableSnapshotTo(Index index) {
    if (!m_snapshot || m_snapshot->metadata.index != index) return;
    m_snapshot = nullptr;
    m_snapshotInProgress = false;
}

void Unstable::restore(std::shared_ptr<const Snapshot> snapshot) {
    m_entries.clear();
    m_head = 0;
    m_snapshot = std::move(snapshot);
    m_snapshotInProgress = false;
    m_offset = m_offsetInProgress = m_snapshot->metadata.index + 1;
}

void Unstable::truncateAndAppend(std::vector<Entry> entries) {
    const Index from = entries.front().index;
    if (from <= m_offset) {
        m_entries = std::move(entries);
        m_head = 0;
        m_offset = m_offsetInProgress = from;
        return;
    }
    RAFTARIUM_CHECK_MSG(from <= m_offset + size(), "append from " + std::to_string(from) + " leaves a gap");
    m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(m_head + (from - m_offset)), m_entries.end());
    m_offsetInProgress = std::min(m_offsetInProgress, from);
    m_entries.insert(m_entries.end(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
}

}  // namespace raftarium::raft
