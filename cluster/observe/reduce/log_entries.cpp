// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/reduce/log_entries.h"

#include <algorithm>
#include <utility>

namespace raftarium::observe {

void LogEntries::clear() {
    m_chunks.clear();
    m_skip = m_size = 0;
}

LogEntries::Chunk& LogEntries::editableLast() {
    auto& last = m_chunks.back();
    if (last.use_count() > 1) {
        auto copy = std::make_shared<Chunk>();
        copy->reserve(kChunk);
        *copy = *last;
        last = std::move(copy);
    }
    return *last;
}

void LogEntries::pushBack(LogEntry entry) {
    if ((m_skip + m_size) % kChunk == 0) {
        m_chunks.push_back(std::make_shared<Chunk>());
        m_chunks.back()->reserve(kChunk);
    }
    editableLast().push_back(std::move(entry));
    ++m_size;
}

void LogEntries::keepFirst(std::size_t count) {
    if (count >= m_size) return;
    if (count == 0) return clear();
    m_size = count;
    const std::size_t slots = m_skip + m_size;
    m_chunks.resize((slots + kChunk - 1) / kChunk);
    const std::size_t inLast = slots - (m_chunks.size() - 1) * kChunk;
    if (m_chunks.back()->size() > inLast) editableLast().resize(inLast);
}

void LogEntries::keepLast(std::size_t count) {
    if (count >= m_size) return;
    if (count == 0) return clear();
    m_skip += m_size - count;
    m_size = count;
    while (m_skip >= kChunk) {
        m_chunks.pop_front();
        m_skip -= kChunk;
    }
}

bool operator==(const LogEntries& a, const LogEntries& b) {
    return a.m_size == b.m_size && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace raftarium::observe
