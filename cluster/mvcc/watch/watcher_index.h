// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Finds the watchers of a key: watchers of single keys by hash, watchers of ranges in an interval tree.
//
// The tree is a treap ordered by the bounds of the ranges. Each node knows the largest end below it, so that the ranges
// of a key are found in O(log n + found). Example: of [a, c) and [b, inf), key b is in both, key a in the first only.
#pragma once

#include "cluster/mvcc/index/key_index.h"
#include "cluster/mvcc/index/string_table.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::mvcc {

struct Watcher;

class IntervalTree {
public:
    IntervalTree();
    ~IntervalTree();
    IntervalTree(const IntervalTree&) = delete;
    IntervalTree& operator=(const IntervalTree&) = delete;

    void add(const KeyRange& range, Watcher* watcher);
    bool remove(const KeyRange& range, Watcher* watcher);
    // Appends the watchers of all ranges that contain the key.
    void find(std::string_view key, std::vector<Watcher*>& out) const;
    bool empty() const { return m_root == nullptr; }

private:
    struct Node;
    using NodePtr = std::unique_ptr<Node>;

    Node* lookUp(const KeyRange& range) const;
    void insert(NodePtr& at, NodePtr node);
    static void split(NodePtr at, const Node& by, NodePtr& left, NodePtr& right);
    static NodePtr merge(NodePtr left, NodePtr right);
    static void erase(NodePtr& at, const KeyRange& range);
    static void find(const Node* at, std::string_view key, std::vector<Watcher*>& out);

    NodePtr m_root;
    std::uint64_t m_seed = 0;
};

class WatcherIndex {
public:
    void add(const KeyRange& range, Watcher* watcher);
    void remove(const KeyRange& range, Watcher* watcher);
    void find(std::string_view key, std::vector<Watcher*>& out) const;
    bool empty() const { return m_byKey.empty() && m_ranges.empty(); }

private:
    StringTable<std::vector<Watcher*>> m_byKey;
    IntervalTree m_ranges;
};

}  // namespace raftarium::mvcc
