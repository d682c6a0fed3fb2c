// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// All keys that have stored changes, live or deleted: by hash for operations on one key, in order for ranges. Values
// are not kept here. A key of 32 bytes with one version takes about 130 bytes.
#pragma once

#include "cluster/mvcc/index/key_history.h"
#include "cluster/mvcc/index/string_table.h"
#include "cluster/mvcc/side_work.h"
#include "cluster/mvcc/txn/operations.h"

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace raftarium::mvcc {

// The three meanings of a KeyRange, see there.
inline bool isSingleKey(const KeyRange& range) { return range.end.empty(); }
inline bool isOpenEnded(const KeyRange& range) { return range.end.size() == 1 && range.end[0] == '\0'; }
inline bool contains(const KeyRange& range, std::string_view key) {
    if (isSingleKey(range)) return key == range.key;
    return key >= range.key && (isOpenEnded(range) || key < range.end);
}

class KeyIndex {
public:
    KeyIndex() = default;
    ~KeyIndex() { clear(); }
    KeyIndex(const KeyIndex&) = delete;
    KeyIndex& operator=(const KeyIndex&) = delete;

    std::size_t size() const { return m_byKey.size(); }
    void clear();

    // Null if the key has no stored change.
    KeyHistory* find(std::string_view key) const {
        const auto it = m_byKey.find(key);
        return it == m_byKey.end() ? nullptr : *it;
    }
    KeyHistory& findOrAdd(std::string_view key);
    void erase(KeyHistory* history);

    // Replaces everything by these histories, of different keys in any order. With `help`, the hash table and the
    // ordered tree are built at the same time.
    void adopt(std::vector<KeyHistory*> histories, SideWork* help);

    // visit(KeyHistory&) -> bool, in key order, until it returns false. The visitor must not add or erase keys.
    template <typename Visit>
    void visit(const KeyRange& range, Visit&& visit) const {
        if (isSingleKey(range)) {
            if (KeyHistory* history = find(range.key)) visit(*history);
            return;
        }
        const bool open = isOpenEnded(range);
        for (auto it = m_inOrder.lower_bound(range.key); it != m_inOrder.end(); ++it) {
            if (!open && (*it)->key() >= range.end) return;
            if (!visit(**it)) return;
        }
    }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const { return StringHash()(key); }
        std::size_t operator()(const KeyHistory* history) const { return (*this)(history->key()); }
    };
    struct Equal {
        using is_transparent = void;
        static std::string_view keyOf(std::string_view key) { return key; }
        static std::string_view keyOf(const KeyHistory* history) { return history->key(); }
        template <typename A, typename B>
        bool operator()(const A& a, const B& b) const {
            return keyOf(a) == keyOf(b);
        }
    };
    struct Less {
        using is_transparent = void;
        template <typename A, typename B>
        bool operator()(const A& a, const B& b) const {
            return Equal::keyOf(a) < Equal::keyOf(b);
        }
    };

    void adoptByKey(const std::vector<KeyHistory*>& histories);
    void adoptInOrder(const std::vector<KeyHistory*>& histories);

    absl::flat_hash_set<KeyHistory*, Hash, Equal> m_byKey;
    absl::btree_set<KeyHistory*, Less> m_inOrder;
};

}  // namespace raftarium::mvcc
