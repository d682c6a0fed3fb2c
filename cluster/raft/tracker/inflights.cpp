// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/tracker/inflights.h"

#include "cluster/base/check.h"

#include <algorithm>

namespace raftarium::raft {

void Inflights::add(Index last, std::uint64_t bytes) {
    RAFTARIUM_CHECK_MSG(!full(), "cannot add to a full window");
    if (m_count == m_ring.size()) {
        std::rotate(m_ring.begin(), m_ring.begin() + static_cast<std::ptrdiff_t>(m_start), m_ring.end());
        m_start = 0;
        m_ring.resize(std::min(m_maxCount, std::max<std::size_t>(1, m_ring.size() * 2)));
    }
    m_ring[(m_start + m_count) % m_ring.size()] = {last, bytes};
    ++m_count;
    m_bytes += bytes;
}

void Inflights::freeUpTo(Index index) {
    while (m_count > 0 && m_ring[m_start].last <= index) {
        m_bytes -= m_ring[m_start].bytes;
        m_start = (m_start + 1) % m_ring.size();
        --m_count;
    }
    if (m_count == 0) m_start = 0;
}

void Inflights::reset() {
    m_start = 0;
    m_count = 0;
    m_bytes = 0;
}

}  // namespace raftarium::raft
