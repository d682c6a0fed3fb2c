// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Makes the key index anew from a backend's rows. Rows come in batches, so that the cache misses of their lookups
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
    // What a record says that is not a tombstone.
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

    // In the order of revisions. A key's first row may be any version of it, or the tombstone that a compaction at its
    // revision kept: what was before is compacted.
    void add(const std::vector<StoredRow>& rows);

    // Replaces what `index` holds; its hash table and its order are made side by side if there is somebody to help.
    // Returns the leases that keys are attached to in the end.
    StringTable<std::int64_t> finish(KeyIndex& index, SideWork* help);

private:
    struct Slot {
        std::uint64_t hash = 0;
        KeyHistory* history = nullptr;
    };

    void add(const StoredRow& row, std::uint64_t hash);
    void makeRoomFor(std::size_t more);
    Slot& slotOf(std::string_view key, std::uint64_t hash);

    // The table keeps the hashes, so that it grows without looking at the keys.
    std::vector<Slot> m_slots;
    std::size_t m_mask = 0;
    std::vector<KeyHistory*> m_histories;  // in the order of their first rows
    std::vector<std::uint64_t> m_hashes;   // of the batch
    StringTable<std::int64_t> m_leaseOfKey;
};

}  // namespace raftarium::mvcc
