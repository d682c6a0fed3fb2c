// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The log of one member: the entries in storage, the unstable tail, and how far it is committed and applied.
// applied <= applying <= committed <= lastIndex. Only entries above `committed` may ever be replaced.
#pragma once

#include "cluster/raft/log/storage.h"
#include "cluster/raft/log/unstable.h"
#include "cluster/raft/trace.h"

#include <vector>

namespace raftarium::raft {

struct EntryId {
    Term term = 0;
    Index index = 0;
};

std::uint64_t encodedSizeOf(const std::vector<Entry>& entries);
// The sum of the data bytes alone. The limits on uncommitted and in-flight entries count this.
std::uint64_t payloadSizeOf(const std::vector<Entry>& entries);

class Log {
public:
    // Log changes are added to `trace`, which outlives the log.
    Log(const Storage* storage, std::uint64_t maxApplyingBytes, std::vector<TraceEvent>* trace);

    Index firstIndex() const;
    Index lastIndex() const;
    EntryId lastEntry() const;
    LogResult<Term> term(Index index) const;
    Term termOrZero(Index index) const;
    bool matches(EntryId id) const;
    Index committed() const { return m_committed; }
    Index applied() const { return m_applied; }
    Index applying() const { return m_applying; }
    Unstable& unstable() { return m_unstable; }
    const Unstable& unstable() const { return m_unstable; }

    // True if a log that ends in `other` is at least as new as this one (paper 5.4.1).
    bool isUpToDate(EntryId other) const;
    // The follower's side of an append (paper 5.3). Returns the last new index; nullopt if the previous entry does not
    // match.
    std::optional<Index> maybeAppend(EntryId previous, Index leaderCommit, std::vector<Entry> entries);
    Index append(std::vector<Entry> entries);
    // The largest index <= `index` whose term is <= `term`, with that term; term 0 if it is unknown (compacted).
    EntryId findConflictByTerm(Index index, Term term) const;

    // Entries [low, lastIndex], at most maxBytes but at least one.
    LogResult<std::vector<Entry>> entriesFrom(Index low, std::uint64_t maxBytes) const;
    LogResult<std::vector<Entry>> slice(Index low, Index high, std::uint64_t maxBytes) const;
    LogResult<std::shared_ptr<const Snapshot>> snapshot() const;

    bool hasNextCommitted(bool allowUnstable) const;
    std::vector<Entry> nextCommitted(bool allowUnstable) const;
    void acceptApplying(Index index, std::uint64_t bytes, bool allowUnstable);
    void appliedTo(Index index, std::uint64_t bytes);
    bool hasPendingSnapshot() const { return m_unstable.snapshot() != nullptr; }

    void commitTo(Index index);
    // At start, from stable storage or a bootstrap.
    void setCommitted(Index index) { m_committed = index; }
    void restore(std::shared_ptr<const Snapshot> snapshot);
    // How many bytes may be in application at a time.
    std::uint64_t maxApplyingBytes() const { return m_maxApplyingBytes; }

private:
    Index findConflict(const std::vector<Entry>& entries) const;
    Index maxAppliable(bool allowUnstable) const;
    void traceTruncation(Index from);

    const Storage* m_storage;
    std::vector<TraceEvent>* m_trace;
    Unstable m_unstable;
    Index m_committed;
    Index m_applying;
    Index m_applied;
    std::uint64_t m_maxApplyingBytes;
    std::uint64_t m_applyingBytes = 0;
    bool m_applyingPaused = false;
};

}  // namespace raftarium::raft
