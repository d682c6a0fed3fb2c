// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Compaction. Its decision is made at apply (scheduledCompactRev, and reads below it are refused from then on); rows
// and index entries go later in bounded steps, and finishedCompactRev says when all are gone. A restart in between goes
// over the rows again.
//
// At revision c a row goes if its key has a newer change at or before c, or if it is a tombstone of before c. A
// tombstone made at c itself stays until the next compaction: a watch from c is allowed and has to hear of the delete
// (etcd 3.4.23 loses it, etcd#18089). Hashes leave that tombstone out, as etcd's do since 3.4.34 and 3.5.16, so that
// members which keep it and members which do not agree.
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

    // Reads where the compactions stand; sets the core's compact revision. Call it before the rows are read.
    base::Status open();
    base::Result<CompactResult> schedule(const CompactOp& op);
    bool pending() const { return !m_targets.empty(); }
    bool step();  // true if more rows wait

private:
    void finish();
    bool keepRow(const DecodedRevision& row, std::string_view record);

    StoreCore& m_core;
    std::deque<std::int64_t> m_targets;  // revisions, ascending; the first is under way
    std::string m_cursor;                // first row not looked at
    std::vector<std::string> m_doomed;
    std::int64_t m_rowsRemoved = 0;
};

}  // namespace raftarium::mvcc
