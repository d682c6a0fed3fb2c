// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Which writes of the log were handed to the WAL writer, which are done, and how far the log is on disk.
#pragma once

#include "cluster/raft/types.h"

#include <algorithm>
#include <cstdint>

namespace raftarium::node {

class LogWrites {
public:
    explicit LogWrites(raft::Index durable) : m_durable(durable) {}

    // The number of the next write; `needed`: something waits for it.
    std::uint64_t next(bool needed) {
        ++m_order;
        if (needed) m_needed = m_order;
        return m_order;
    }
    // Everything that something waits for is on disk.
    bool nothingNeeded() const { return m_needed <= m_done; }
    void done(std::uint64_t order) { m_done = std::max(m_done, order); }

    raft::Index durable() const { return m_durable; }
    void setDurable(raft::Index index) { m_durable = index; }
    void truncated(raft::Index last) { m_durable = std::min(m_durable, last); }
    void installed(raft::Index index) { m_durable = std::max(m_durable, index); }

private:
    std::uint64_t m_order = 0;   // of the last write submitted
    std::uint64_t m_needed = 0;  // of the last one that something waits for
    std::uint64_t m_done = 0;
    raft::Index m_durable;
};

}  // namespace raftarium::node
