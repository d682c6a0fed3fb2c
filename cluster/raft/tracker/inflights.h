// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The window of appends that were sent to one follower and not acknowledged yet, limited by count and by bytes.
#pragma once

#include "cluster/raft/types.h"

#include <vector>

namespace raftarium::raft {

class Inflights {
public:
    Inflights(std::size_t maxCount, std::uint64_t maxBytes) : m_maxCount(maxCount), m_maxBytes(maxBytes) {}

    std::size_t count() const { return m_count; }
    std::uint64_t bytes() const { return m_bytes; }
    // The limit of bytes is soft: the message that exceeds it is still sent.
    bool full() const { return m_count == m_maxCount || (m_maxBytes != 0 && m_bytes >= m_maxBytes); }

    // A message whose last entry is `last` was sent. The window must not be full.
    void add(Index last, std::uint64_t bytes);
    // The follower has everything up to `index`.
    void freeUpTo(Index index);
    void reset();

private:
    struct Sent {
        Index last = 0;
        std::uint64_t bytes = 0;
    };

    std::size_t m_maxCount;
    std::uint64_t m_maxBytes;
    std::vector<Sent> m_ring;  // grows by doubling up to maxCount
    std::size_t m_start = 0;
    std::size_t m_count = 0;
    std::uint64_t m_bytes = 0;
};

}  // namespace raftarium::raft
