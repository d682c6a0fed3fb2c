// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The tail of the log that is not on stable storage yet, and a received snapshot that is not stored yet.
//
//   offset            offsetInProgress      lastIndex
//   | handed out for writing | not handed out |
//
// Entries [offset, offsetInProgress) are being written: they are not handed out again, but stay until stableTo().
#pragma once

#include "cluster/raft/types.h"

#include <memory>
#include <optional>
#include <vector>

namespace raftarium::raft {

class Unstable {
public:
    explicit Unstable(Index offset) : m_offset(offset), m_offsetInProgress(offset) {}

    Index offset() const { return m_offset; }
    Index offsetInProgress() const { return m_offsetInProgress; }
    const std::shared_ptr<const Snapshot>& snapshot() const { return m_snapshot; }
    bool hasEntries() const { return m_head < m_entries.size(); }

    std::optional<Index> firstIndex() const;  // only when a snapshot is held
    std::optional<Index> lastIndex() const;
    std::optional<Term> term(Index index) const;
    const Entry& at(Index index) const { return m_entries[m_head + (index - m_offset)]; }
    // Copies entries [low, high) to the end of `out`.
    void slice(Index low, Index high, std::vector<Entry>& out) const;

    bool hasNextEntries() const { return m_offsetInProgress < m_offset + size(); }
    std::vector<Entry> nextEntries() const;
    std::shared_ptr<const Snapshot> nextSnapshot() const { return m_snapshotInProgress ? nullptr : m_snapshot; }
    void acceptInProgress();

    // Everything up to (index, term) is stable. Ignored if another entry has taken its place by now.
    void stableTo(Index index, Term term);
    void stableSnapshotTo(Index index);
    void restore(std::shared_ptr<const Snapshot> snapshot);
    // Replaces everything from entries.front().index on.
    void truncateAndAppend(std::vector<Entry> entries);

private:
    std::size_t size() const { return m_entries.size() - m_head; }

    std::vector<Entry> m_entries;  // valid from m_head on; those before it are stable and will be freed
    std::size_t m_head = 0;
    Index m_offset;
    Index m_offsetInProgress;
    std::shared_ptr<const Snapshot> m_snapshot;
    bool m_snapshotInProgress = false;
};

}  // namespace raftarium::raft
