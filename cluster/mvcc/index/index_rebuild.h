// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Builds the key index from the rows of a backend. Rows are added in batches, so that the cache misses of their lookups
// overlap.
#pragma once

#include "cluster/mvcc/index/key_index.h"
#include "cluster/mvcc/side_work.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace raftarium::mvcc {

struct StoredRow {
    std::string_view key;
    Revision revision;
    bool tombstone = false;
    // From the record; 0 for a tombstone.
    std::int64_t createRevision = 0;
    std::int64_t version = 0;
    std::int64_t lease = 0;
};

class IndexRebuild {
public:
    IndexRebuild() = default;
    ~IndexRebuild();
    IndexRebuild(const IndexRebuild&) = delete;
    IndexRebuild& operator=(const IndexRebuild&) = delete;

    // Rows must come in the order of their revisions. The first row of a key may be any version of it, because earlier
    // ones are compacted; or the tombstone at the revision of the compaction, which is kept.
    void add(const std::vector<StoredRow>& rows);

    // Replaces the content of `index`. With `help`, its hash table and its ordered tree are built at the same time.
    // Returns the lease of each key that has one.
    StringTable<std::int64_t> finish(KeyIndex& index, SideWork* help);

private:
    struct Slot {
        std::uint64_t hash = 0;
        KeyHistory* history = nullptr;
    };

    void add(const StoredRow& row, std::uint64_t hash);
    void makeRoomFor(std::size_t more);
    Slot& slotOf(std::string_view key, std::uint64_t hash);

    // The table keeps the hashes, so that it can grow without reading the keys.
    std::vector<Slot> m_slots;
    std::size_t m_mask = 0;
    std::vector<KeyHistory*> m_histories;  // in the order of their first rows
    std::vector<std::uint64_t> m_hashes;   // of the batch
    StringTable<std::int64_t> m_leaseOfKey;
};

}  // namespace raftarium::mvcc
