// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Compaction. Applying one only records its revision (scheduledCompactRev); from then on reads below it are refused.
// Rows and index entries are removed later, in bounded steps; finishedCompactRev is recorded when all are removed.
// After a restart in between, the rows are gone over again.
//
// A compaction at revision c removes a row if its key has a newer change at or before c, or if the row is a tombstone
// from before c. A tombstone at c itself stays until the next compaction, because a watch from c is allowed and must
// deliver the delete (etcd 3.4.23 loses it, etcd#18089). Hashes leave that tombstone out, as etcd's do since 3.4.34 and
// 3.5.16, so that members which keep it and members which do not have the same hash.
#pragma once

#include "cluster/mvcc/store_core.h"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace raftarium::mvcc {

class Compactor {
public:
    explicit Compactor(StoreCore& core) : m_core(core) {}

    // Reads the state of the compactions, and sets the core's compact revision. Call it before the rows are read.
    base::Status open();
    base::Result<CompactResult> schedule(const CompactOp& op);
    bool pending() const { return !m_targets.empty(); }
    bool step();  // true if more rows wait

private:
    void finish();
    bool keepRow(const DecodedRevision& row, std::string_view record);

    StoreCore& m_core;
    std::deque<std::int64_t> m_targets;  // revisions, ascending; the first one is running
    std::string m_cursor;                // the first row not looked at yet
    std::vector<std::string> m_doomed;
    std::int64_t m_rowsRemoved = 0;
};

}  // namespace raftarium::mvcc
