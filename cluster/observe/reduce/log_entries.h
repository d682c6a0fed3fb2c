// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A run of log entries in chunks that copies share: a checkpoint of a log costs a pointer per chunk.
#pragma once

#include "cluster/observe/event.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <vector>

namespace raftarium::observe {

// Ascending and gapless by index, as its user keeps it: pushBack() only with back().index + 1.
class LogEntries {
public:
    static constexpr std::size_t kChunk = 64;

    class const_iterator {
    public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = LogEntry;
        using difference_type = std::ptrdiff_t;
        using pointer = const LogEntry*;
        using reference = const LogEntry&;

        const_iterator() = default;
        const_iterator(const LogEntries* log, std::size_t at) : m_log(log), m_at(at) {}
        reference operator*() const { return (*m_log)[m_at]; }
        pointer operator->() const { return &(*m_log)[m_at]; }
        reference operator[](difference_type n) const { return (*m_log)[m_at + static_cast<std::size_t>(n)]; }
        const_iterator& operator++() { return ++m_at, *this; }
        const_iterator& operator--() { return --m_at, *this; }
        const_iterator operator++(int) { return {m_log, m_at++}; }
        const_iterator operator--(int) { return {m_log, m_at--}; }
        const_iterator& operator+=(difference_type n) { return m_at += static_cast<std::size_t>(n), *this; }
        const_iterator& operator-=(difference_type n) { return m_at -= static_cast<std::size_t>(n), *this; }
        friend const_iterator operator+(const_iterator it, difference_type n) { return it += n; }
        friend const_iterator operator-(const_iterator it, difference_type n) { return it -= n; }
        friend difference_type operator-(const const_iterator& a, const const_iterator& b) {
            return static_cast<difference_type>(a.m_at) - static_cast<difference_type>(b.m_at);
        }
        friend bool operator==(const const_iterator& a, const const_iterator& b) { return a.m_at == b.m_at; }
        friend auto operator<=>(const const_iterator& a, const const_iterator& b) { return a.m_at <=> b.m_at; }

    private:
        const LogEntries* m_log = nullptr;
        std::size_t m_at = 0;
    };

    bool empty() const { return m_size == 0; }
    std::size_t size() const { return m_size; }
    const LogEntry& operator[](std::size_t at) const {
        const std::size_t slot = m_skip + at;
        return (*m_chunks[slot / kChunk])[slot % kChunk];
    }
    const LogEntry& front() const { return (*this)[0]; }
    const LogEntry& back() const { return (*this)[m_size - 1]; }
    const_iterator begin() const { return {this, 0}; }
    const_iterator end() const { return {this, m_size}; }

    void clear();
    void pushBack(LogEntry entry);
    void keepFirst(std::size_t count);  // drops what follows
    void keepLast(std::size_t count);   // drops what precedes

    friend bool operator==(const LogEntries& a, const LogEntries& b);

private:
    using Chunk = std::vector<LogEntry>;
    Chunk& editableLast();

    std::deque<std::shared_ptr<Chunk>> m_chunks;
    std::size_t m_skip = 0;  // entries of the first chunk that are gone
    std::size_t m_size = 0;
};

}  // namespace raftarium::observe
