// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The core's read-only view of the entries that the application has stored (etcd-io/raft's Storage).
#pragma once

#include "cluster/base/result.h"
#include "cluster/raft/types.h"

#include <memory>
#include <vector>

namespace raftarium::raft {

enum class LogError : std::uint8_t {
    compacted,    // index is below the first one kept
    unavailable,  // index is beyond the last one
    snapshotTemporarilyUnavailable,
};

template <typename T>
using LogResult = std::variant<T, LogError>;

class Storage {
public:
    virtual ~Storage() = default;
    virtual HardState initialHardState() const = 0;
    virtual ConfState initialConfState() const = 0;
    virtual Index firstIndex() const = 0;  // of the entries still kept; the one before it has a known term
    virtual Index lastIndex() const = 0;
    virtual LogResult<Term> term(Index index) const = 0;  // valid in [firstIndex - 1, lastIndex]
    // Entries in [low, high), at most maxBytes of encodedSize but at least one.
    virtual LogResult<std::vector<Entry>> entries(Index low, Index high, std::uint64_t maxBytes) const = 0;
    virtual LogResult<std::shared_ptr<const Snapshot>> snapshot() const = 0;  // newest
};

// Everything in memory. A node keeps this beside its WAL; the bytes of entries are shared, so that nothing is copied.
class MemoryStorage : public Storage {
public:
    HardState initialHardState() const override { return m_hardState; }
    ConfState initialConfState() const override;
    Index firstIndex() const override;
    Index lastIndex() const override;
    LogResult<Term> term(Index index) const override;
    LogResult<std::vector<Entry>> entries(Index low, Index high, std::uint64_t maxBytes) const override;
    LogResult<std::shared_ptr<const Snapshot>> snapshot() const override;

    void setHardState(const HardState& state) { m_hardState = state; }
    // Appends the entries; they replace those from the same index on. A gap is a CHECK failure.
    void append(const std::vector<Entry>& entries);
    // Replaces everything by the snapshot; false if the present one is newer.
    bool applySnapshot(std::shared_ptr<const Snapshot> snapshot);
    // Makes the newest snapshot, at `index` <= lastIndex; false if the present one is newer.
    bool createSnapshot(Index index, const ConfState& confState, base::Bytes data);
    // Drops the entries up to and including `index`; false if they are already dropped.
    bool compact(Index index);

private:
    HardState m_hardState;
    std::shared_ptr<const Snapshot> m_snapshot = std::make_shared<Snapshot>();
    std::vector<Entry> m_entries = {Entry{}};  // [0] is a placeholder that holds the term before the first entry
};

}  // namespace raftarium::raft
