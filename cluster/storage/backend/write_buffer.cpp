// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/backend/write_buffer.h"

#include "cluster/base/check.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace raftarium::storage {

namespace {

constexpr std::size_t kBlockBytesMax = 1 << 20;

// True if the write comes before (key, sequence): its key is smaller, or it is the same and the write is newer.
bool before(const BufferedWrite& write, std::string_view key, std::uint64_t sequence) {
    const int order = write.key.compare(key);
    return order != 0 ? order < 0 : write.sequence > sequence;
}

}  // namespace

char* Arena::allocate(std::size_t bytes) {
    bytes = (bytes + 7) & ~std::size_t{7};
    if (bytes > m_left) {
        const std::size_t block = std::max(bytes, m_blockBytes);
        m_blocks.push_back(std::make_unique_for_overwrite<char[]>(block));
        m_total += block;
        m_blockBytes = std::min(m_blockBytes * 2, kBlockBytesMax);
        // A large piece gets a block of its own; the rest of the present block stays in use.
        if (bytes == block) return m_blocks.back().get();
        m_next = m_blocks.back().get();
        m_left = block;
    }
    char* piece = m_next;
    m_next += bytes;
    m_left -= bytes;
    return piece;
}

std::string_view Arena::copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* piece = allocate(bytes.size());
    std::memcpy(piece, bytes.data(), bytes.size());
    return {piece, bytes.size()};
}

// `next` has one element for each level of the node; the arena allocates them behind it.
struct VersionList::Node {
    BufferedWrite write;
    std::atomic<Node*> next[1];
};

VersionList::VersionList() {
    for (auto& head : m_heads) head.store(nullptr, std::memory_order_relaxed);
}

const BufferedWrite& VersionList::write(const Node* node) { return node->write; }
const VersionList::Node* VersionList::next(const Node* node) { return node->next[0].load(std::memory_order_acquire); }
const VersionList::Node* VersionList::first() const { return m_heads[0].load(std::memory_order_acquire); }

void VersionList::insert(Arena& arena, const BufferedWrite& write, int height) {
    const auto levels = static_cast<std::size_t>(height);
    auto* memory = arena.allocate(sizeof(Node) + (levels - 1) * sizeof(std::atomic<Node*>));
    auto* node = new (memory) Node{write, {}};
    for (std::size_t level = 1; level < levels; ++level) new (&node->next[level]) std::atomic<Node*>(nullptr);

    // Keys of the key bucket always grow. Then the last node of each level is the predecessor.
    const bool appends = m_tails[0] == nullptr || m_tails[0]->write.key < write.key;
    std::array<Node*, kHeightMax> previous = m_tails;
    if (!appends) {
        Node* at = nullptr;
        for (int level = kHeightMax - 1; level >= 0; --level) {
            const auto i = static_cast<std::size_t>(level);
            for (;;) {
                Node* following = (at ? at->next[i] : m_heads[i]).load(std::memory_order_relaxed);
                if (!following || !before(following->write, write.key, write.sequence)) break;
                at = following;
            }
            previous[i] = at;
        }
    }
    for (std::size_t level = 0; level < levels; ++level) {
        auto& link = previous[level] ? previous[level]->next[level] : m_heads[level];
        Node* following = link.load(std::memory_order_relaxed);
        node->next[level].store(following, std::memory_order_relaxed);
        link.store(node, std::memory_order_release);  // readers find the finished node from here on
        if (!following) m_tails[level] = node;
    }
}

const VersionList::Node* VersionList::seek(std::string_view key, std::uint64_t sequence) const {
    const Node* at = nullptr;
    const Node* following = nullptr;
    for (int level = kHeightMax - 1; level >= 0; --level) {
        const auto i = static_cast<std::size_t>(level);
        for (;;) {
            following = (at ? at->next[i] : m_heads[i]).load(std::memory_order_acquire);
            if (!following || !before(following->write, key, sequence)) break;
            at = following;
        }
    }
    // Return the node that was compared, not the one behind `at` now: the writer may have inserted a newer version.
    return following;
}

void WriteBuffer::add(mvcc::Bucket bucket, std::string_view key, std::string_view value, bool removed) {
    RAFTARIUM_CHECK(!key.empty());
    const std::uint64_t sequence = m_sequence.load(std::memory_order_relaxed) + 1;
    // Each level has a quarter of the nodes of the level below (xorshift32).
    m_heightSeed ^= m_heightSeed << 13;
    m_heightSeed ^= m_heightSeed >> 17;
    m_heightSeed ^= m_heightSeed << 5;
    int height = 1;
    for (std::uint32_t bits = m_heightSeed; height < VersionList::kHeightMax && (bits & 3) == 0; bits >>= 2) ++height;
    m_lists[static_cast<std::size_t>(bucket)].insert(
        m_arena, {m_arena.copy(key), m_arena.copy(value), sequence, removed}, height);
    m_sequence.store(sequence, std::memory_order_release);
}

const BufferedWrite* WriteBuffer::find(mvcc::Bucket bucket, std::string_view key, std::uint64_t sequence) const {
    const auto* node = list(bucket).seek(key, sequence);
    return node && VersionList::write(node).key == key ? &VersionList::write(node) : nullptr;
}

BufferCursor::BufferCursor(const WriteBuffer& buffer, mvcc::Bucket bucket, std::uint64_t sequence,
                           std::string_view from)
    : m_sequence(sequence), m_node(buffer.list(bucket).seek(from, sequence)) {
    skipLater();
}

void BufferCursor::next() {
    const std::string_view key = write().key;
    do {
        m_node = VersionList::next(m_node);
    } while (m_node && write().key == key);
    skipLater();
}

// Skips versions that are newer than the reader's sequence.
void BufferCursor::skipLater() {
    while (m_node && write().sequence > m_sequence) m_node = VersionList::next(m_node);
}

}  // namespace raftarium::storage
