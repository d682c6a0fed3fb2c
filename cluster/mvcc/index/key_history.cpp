// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/index/key_history.h"

#include "cluster/base/check.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace raftarium::mvcc {
namespace {
constexpr std::uint32_t kFirstCapacity = 4;
constexpr std::uint32_t kShrinkAbove = 64;
}  // namespace

KeyHistory* KeyHistory::create(std::string_view key) {
    void* memory = ::operator new(sizeof(KeyHistory) + key.size());
    auto* history = new (memory) KeyHistory();
    history->m_keySize = static_cast<std::uint32_t>(key.size());
    if (!key.empty()) std::memcpy(static_cast<char*>(memory) + sizeof(KeyHistory), key.data(), key.size());
    return history;
}

void KeyHistory::destroy(KeyHistory* history) {
    if (history->m_capacity != 0) delete[] history->m_many;
    history->~KeyHistory();
    ::operator delete(history);
}

std::int64_t KeyHistory::indexAt(std::int64_t revision) const {
    if (m_size == 0) return -1;
    if (back().main <= revision) return m_size - 1;
    const Change* begin = data() + m_begin;
    const Change* found =
        std::upper_bound(begin, begin + m_size, revision,
                         [](std::int64_t wanted, const Change& change) { return wanted < change.main; });
    return (found - begin) - 1;
}

const Change* KeyHistory::at(std::int64_t revision) const {
    const std::int64_t index = indexAt(revision);
    if (index < 0) return nullptr;
    const Change& found = change(static_cast<std::uint32_t>(index));
    return found.tombstone ? nullptr : &found;
}

void KeyHistory::put(Revision revision) {
    if (!live()) {
        m_createRevision = revision.main;
        m_version = 0;
    }
    ++m_version;
    append({revision.main, static_cast<std::uint32_t>(revision.sub), false});
}

void KeyHistory::tombstone(Revision revision) {
    append({revision.main, static_cast<std::uint32_t>(revision.sub), true});
    m_createRevision = 0;
    m_version = 0;
}

void KeyHistory::restore(Revision revision, std::int64_t createRevision, std::int64_t version) {
    append({revision.main, static_cast<std::uint32_t>(revision.sub), false});
    m_createRevision = createRevision;
    m_version = version;
}

void KeyHistory::append(const Change& change) {
    RAFTARIUM_CHECK(m_size == 0 || back().revision() < change.revision());
    if (m_capacity == 0) {
        if (m_size == 0) {
            m_begin = 0;
            m_size = 1;
            m_one = change;
            return;
        }
        auto* many = new Change[kFirstCapacity];
        many[0] = m_one;
        m_many = many;
        m_begin = 0;
        m_capacity = kFirstCapacity;
    } else if (m_begin + m_size == m_capacity) {
        // Space freed at the front is used again before the list grows.
        const bool roomInFront = m_begin > m_capacity / 2;
        const std::uint32_t capacity = roomInFront ? m_capacity : m_capacity * 2;
        Change* to = roomInFront ? m_many : new Change[capacity];
        std::copy(m_many + m_begin, m_many + m_begin + m_size, to);
        if (!roomInFront) {
            delete[] m_many;
            m_many = to;
            m_capacity = capacity;
        }
        m_begin = 0;
    }
    m_many[m_begin + m_size] = change;
    ++m_size;
}

void KeyHistory::removeFront() {
    RAFTARIUM_CHECK(m_size != 0);
    --m_size;
    if (m_capacity == 0) return;
    ++m_begin;
    if (m_size <= 1) {
        const Change last = m_size == 1 ? m_many[m_begin] : Change{};
        delete[] m_many;
        m_one = last;
        m_begin = 0;
        m_capacity = 0;
    } else if (m_capacity > kShrinkAbove && m_size < m_capacity / 4) {
        const std::uint32_t capacity = m_capacity / 2;
        auto* many = new Change[capacity];
        std::copy(m_many + m_begin, m_many + m_begin + m_size, many);
        delete[] m_many;
        m_many = many;
        m_begin = 0;
        m_capacity = capacity;
    }
}

}  // namespace raftarium::mvcc
