// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/index/key_index.h"

#include <algorithm>
#include <cstring>

namespace raftarium::mvcc {
namespace {
constexpr std::size_t kLookAhead = 8;  // slots of the hash table that are prefetched

// Eight bytes of the key behind the prefix that all keys share. Most comparisons of a sort need only these.
struct SortItem {
    std::uint64_t head;
    KeyHistory* history;
};

std::uint64_t headOf(std::string_view key, std::size_t skip) {
    std::uint64_t head = 0;
    const std::string_view rest = key.substr(skip, sizeof head);
    std::memcpy(&head, rest.data(), rest.size());
    return __builtin_bswap64(head);
}

std::size_t sharedPrefix(std::string_view a, std::string_view b) {
    const std::size_t size = std::min(a.size(), b.size());
    return static_cast<std::size_t>(
        std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin()).first - a.begin());
}
}  // namespace

void KeyIndex::clear() {
    m_inOrder.clear();
    for (KeyHistory* history : m_byKey) KeyHistory::destroy(history);
    m_byKey.clear();
}

KeyHistory& KeyIndex::findOrAdd(std::string_view key) {
    KeyHistory* history = nullptr;
    const auto it = m_byKey.lazy_emplace(key, [&](const auto& construct) {
        history = KeyHistory::create(key);
        construct(history);
    });
    if (history != nullptr) m_inOrder.insert(history);
    return **it;
}

void KeyIndex::erase(KeyHistory* history) {
    m_inOrder.erase(history);
    m_byKey.erase(history);
    KeyHistory::destroy(history);
}

void KeyIndex::adopt(std::vector<KeyHistory*> histories, SideWork* help) {
    clear();
    if (help != nullptr) {
        help->begin([&] { adoptByKey(histories); });
    } else {
        adoptByKey(histories);
    }
    adoptInOrder(histories);
    if (help != nullptr) help->wait();
}

void KeyIndex::adoptByKey(const std::vector<KeyHistory*>& histories) {
    m_byKey.reserve(histories.size());
    for (std::size_t i = 0; i < histories.size(); ++i) {
        if (i + kLookAhead < histories.size()) m_byKey.prefetch(histories[i + kLookAhead]);
        m_byKey.insert(histories[i]);
    }
}

void KeyIndex::adoptInOrder(const std::vector<KeyHistory*>& histories) {
    if (histories.empty()) return;
    const std::string_view first = histories.front()->key();
    std::size_t shared = first.size();
    for (const KeyHistory* history : histories) shared = std::min(shared, sharedPrefix(first, history->key()));

    std::vector<SortItem> items;
    items.reserve(histories.size());
    for (KeyHistory* history : histories) items.push_back({headOf(history->key(), shared), history});
    const auto before = [](const SortItem& a, const SortItem& b) {
        if (a.head != b.head) return a.head < b.head;
        return a.history->key() < b.history->key();
    };
    if (!std::is_sorted(items.begin(), items.end(), before)) std::sort(items.begin(), items.end(), before);
    for (const SortItem& item : items) m_inOrder.insert(m_inOrder.end(), item.history);
}

}  // namespace raftarium::mvcc
