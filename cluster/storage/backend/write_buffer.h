// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Writes that are not on the disk yet: one ordered list of versioned keys for each bucket, in memory that is freed as a
// whole. One thread writes; any number of threads read at the same time without locks. A reader sees the state after a
// certain number of operations and skips later ones. (A skip list with an arena, as LevelDB's memtable; Pugh 1990.)
#pragma once

#include "cluster/mvcc/backend/backend.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace raftarium::storage {

inline constexpr std::size_t kBucketCount = static_cast<std::size_t>(mvcc::Bucket::count_);

// Memory that is allocated in pieces and freed as a whole.
class Arena {
public:
    char* allocate(std::size_t bytes);  // aligned to 8
    std::string_view copy(std::string_view bytes);
    std::size_t bytes() const { return m_total; }

private:
    std::vector<std::unique_ptr<char[]>> m_blocks;
    char* m_next = nullptr;
    std::size_t m_left = 0;
    std::size_t m_blockBytes = 4096;
    std::size_t m_total = 0;
};

struct BufferedWrite {
    std::string_view key;
    std::string_view value;
    std::uint64_t sequence = 0;  // number of the operation in the buffer, from 1
    bool removed = false;
};

// Ordered by key, then newest first.
class VersionList {
public:
    struct Node;
    static constexpr int kHeightMax = 12;

    VersionList();
    VersionList(const VersionList&) = delete;
    VersionList& operator=(const VersionList&) = delete;

    void insert(Arena& arena, const BufferedWrite& write, int height);
    // The first node at or after (key, sequence); null at the end. `sequence` is the newest visible operation.
    const Node* seek(std::string_view key, std::uint64_t sequence) const;
    const Node* first() const;
    static const Node* next(const Node* node);
    static const BufferedWrite& write(const Node* node);

private:
    std::array<std::atomic<Node*>, kHeightMax> m_heads;
    std::array<Node*, kHeightMax> m_tails{};  // the last node of each level, for appending; used by the writer only
};

class WriteBuffer {
public:
    // Writer thread.
    void put(mvcc::Bucket bucket, std::string_view key, std::string_view value) { add(bucket, key, value, false); }
    void remove(mvcc::Bucket bucket, std::string_view key) { add(bucket, key, {}, true); }
    std::size_t bytes() const { return m_arena.bytes(); }

    // Any thread: the number of operations so far. A read with this number sees exactly these.
    std::uint64_t sequence() const { return m_sequence.load(std::memory_order_acquire); }
    const VersionList& list(mvcc::Bucket bucket) const { return m_lists[static_cast<std::size_t>(bucket)]; }
    // The newest version up to `sequence`; null if the buffer has none.
    const BufferedWrite* find(mvcc::Bucket bucket, std::string_view key, std::uint64_t sequence) const;

private:
    void add(mvcc::Bucket bucket, std::string_view key, std::string_view value, bool removed);

    Arena m_arena;
    std::array<VersionList, kBucketCount> m_lists;
    std::atomic<std::uint64_t> m_sequence = 0;
    std::uint32_t m_heightSeed = 0x9E3779B9;
};

// Steps over the newest visible version of each key in a bucket, removals included.
class BufferCursor {
public:
    BufferCursor(const WriteBuffer& buffer, mvcc::Bucket bucket, std::uint64_t sequence, std::string_view from);
    bool valid() const { return m_node != nullptr; }
    const BufferedWrite& write() const { return VersionList::write(m_node); }
    void next();

private:
    void skipLater();

    std::uint64_t m_sequence;
    const VersionList::Node* m_node;
};

}  // namespace raftarium::storage
