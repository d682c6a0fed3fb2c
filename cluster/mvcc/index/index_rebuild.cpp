// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/index/index_rebuild.h"

#include <algorithm>
#include <string>
#include <utility>

namespace raftarium::mvcc {
namespace {
constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kRowsAtOnce = 512;  // the memory of their lookups is fetched ahead
}  // namespace

IndexRebuild::~IndexRebuild() {
    for (KeyHistory* history : m_histories) KeyHistory::destroy(history);  // finish() was not called
}

void IndexRebuild::makeRoomFor(std::size_t more) {
    // At most five in eight slots are used.
    std::size_t size = std::max(m_slots.size(), kFirstSlots);
    while ((m_histories.size() + more) * 8 > size * 5) size *= 2;
    if (size == m_slots.size()) return;
    std::vector<Slot> old = std::exchange(m_slots, std::vector<Slot>(size));
    m_mask = size - 1;
    for (const Slot& slot : old) {
        if (slot.history == nullptr) continue;
        std::size_t at = slot.hash & m_mask;
        while (m_slots[at].history != nullptr) at = (at + 1) & m_mask;
        m_slots[at] = slot;
    }
}

// The slot of the key, or the free slot where it belongs.
IndexRebuild::Slot& IndexRebuild::slotOf(std::string_view key, std::uint64_t hash) {
    std::size_t at = hash & m_mask;
    for (;; at = (at + 1) & m_mask) {
        Slot& slot = m_slots[at];
        if (slot.history == nullptr || (slot.hash == hash && slot.history->key() == key)) return slot;
    }
}

void IndexRebuild::add(const std::vector<StoredRow>& rows) {
    for (std::size_t from = 0; from < rows.size(); from += kRowsAtOnce) {
        const std::size_t to = std::min(rows.size(), from + kRowsAtOnce);
        makeRoomFor(to - from);
        m_hashes.clear();
        for (std::size_t i = from; i < to; ++i) {
            m_hashes.push_back(StringHash()(rows[i].key));
            __builtin_prefetch(&m_slots[m_hashes.back() & m_mask], 1);
        }
        for (const std::uint64_t hash : m_hashes) __builtin_prefetch(m_slots[hash & m_mask].history, 1);
        for (std::size_t i = from; i < to; ++i) add(rows[i], m_hashes[i - from]);
    }
}

void IndexRebuild::add(const StoredRow& row, std::uint64_t hash) {
    Slot& slot = slotOf(row.key, hash);
    if (slot.history == nullptr) {
        slot = {hash, KeyHistory::create(row.key)};
        m_histories.push_back(slot.history);
    }
    if (row.tombstone) {
        slot.history->tombstone(row.revision);
    } else {
        slot.history->restore(row.revision, row.createRevision, row.version);
        if (row.lease != 0) {
            m_leaseOfKey.insert_or_assign(std::string(row.key), row.lease);
            return;
        }
    }
    if (!m_leaseOfKey.empty()) m_leaseOfKey.erase(row.key);
}

StringTable<std::int64_t> IndexRebuild::finish(KeyIndex& index, SideWork* help) {
    m_slots = {};
    index.adopt(std::exchange(m_histories, {}), help);
    return std::move(m_leaseOfKey);
}

}  // namespace raftarium::mvcc
