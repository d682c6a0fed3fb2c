// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One key of the index: its changes that are still stored, oldest first. A key with a single version, the common case,
// takes one allocation.
//
// A generation runs from a put that created the key to the tombstone that ended it. Example: put at 2, put at 3, delete
// at 5, put at 8 gives the changes 2 3 5t | 8, and
//     at(1) none     at(2) 2     at(4) 3     at(5..7) none (deleted)     at(8) 8
// Compacted at 3 it is 3 5t | 8; compacted at 5 it is 5t | 8 (a watch from 5 gets the delete); compacted at 6 it
// is 8.
#pragma once

#include "cluster/mvcc/index/revision.h"

#include <cstdint>
#include <string_view>

namespace raftarium::mvcc {

struct Change {
    std::int64_t main = 0;
    std::uint32_t sub = 0;
    bool tombstone = false;

    Revision revision() const { return {main, sub}; }
};

class KeyHistory {
public:
    // Allocates the history with the key's bytes behind it.
    static KeyHistory* create(std::string_view key);
    static void destroy(KeyHistory* history);
    KeyHistory(const KeyHistory&) = delete;
    KeyHistory& operator=(const KeyHistory&) = delete;

    std::string_view key() const { return {reinterpret_cast<const char*>(this + 1), m_keySize}; }

    std::uint32_t size() const { return m_size; }
    const Change& change(std::uint32_t index) const { return data()[m_begin + index]; }
    const Change& front() const { return change(0); }
    const Change& back() const { return change(m_size - 1); }

    bool live() const { return m_size != 0 && !back().tombstone; }
    // While the key is live: the revision that began its newest generation, and the version of its newest change.
    std::int64_t createRevision() const { return m_createRevision; }
    std::int64_t version() const { return m_version; }

    // The change that is visible at a revision; null if the key did not exist then.
    const Change* at(std::int64_t revision) const;
    // Index of the newest change at or before a revision, -1 if none.
    std::int64_t indexAt(std::int64_t revision) const;

    // Both append; revisions must grow.
    void put(Revision revision);
    void tombstone(Revision revision);
    // As put(), with the stored record's create revision and version: the beginning of the generation may be compacted.
    void restore(Revision revision, std::int64_t createRevision, std::int64_t version);
    void removeFront();

private:
    KeyHistory() = default;
    ~KeyHistory() = default;

    const Change* data() const { return m_capacity == 0 ? &m_one : m_many; }
    Change* data() { return m_capacity == 0 ? &m_one : m_many; }
    void append(const Change& change);

    std::int64_t m_createRevision = 0;
    std::int64_t m_version = 0;
    union {
        Change m_one{};
        Change* m_many;
    };
    std::uint32_t m_begin = 0;
    std::uint32_t m_size = 0;
    std::uint32_t m_capacity = 0;  // 0 = m_one is used
    std::uint32_t m_keySize = 0;
};

}  // namespace raftarium::mvcc
