// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/watch/watcher_index.h"

#include "cluster/base/rng.h"

#include <algorithm>
#include <compare>
#include <utility>

namespace raftarium::mvcc {
namespace {
void eraseFrom(std::vector<Watcher*>& watchers, Watcher* watcher) {
    const auto it = std::find(watchers.begin(), watchers.end(), watcher);
    if (it == watchers.end()) return;
    *it = watchers.back();
    watchers.pop_back();
}
}  // namespace

struct IntervalTree::Node {
    std::string begin;
    std::string end;  // not used if open
    bool open = false;
    std::uint64_t priority = 0;
    std::vector<Watcher*> watchers;
    NodePtr left;
    NodePtr right;
    // The largest end in this subtree.
    std::string_view maxEnd;
    bool maxOpen = false;

    void widen(const Node* child) {
        if (child == nullptr || maxOpen) return;
        maxOpen = child->maxOpen;
        maxEnd = std::max(maxEnd, child->maxEnd);
    }
    void update() {
        maxEnd = open ? std::string_view() : std::string_view(end);
        maxOpen = open;
        widen(left.get());
        widen(right.get());
    }
    std::weak_ordering order(std::string_view otherBegin, std::string_view otherEnd, bool otherOpen) const {
        if (const auto c = begin <=> otherBegin; c != 0) return c;
        if (open || otherOpen) return open <=> otherOpen;
        return std::string_view(end) <=> otherEnd;
    }
    std::weak_ordering order(const Node& other) const { return order(other.begin, other.end, other.open); }
    std::weak_ordering order(const KeyRange& range) const { return order(range.key, range.end, isOpenEnded(range)); }
};

IntervalTree::IntervalTree() = default;
IntervalTree::~IntervalTree() = default;

IntervalTree::Node* IntervalTree::lookUp(const KeyRange& range) const {
    Node* at = m_root.get();
    while (at != nullptr) {
        const auto order = at->order(range);
        if (order == 0) return at;
        at = order > 0 ? at->left.get() : at->right.get();
    }
    return nullptr;
}

// Splits the tree into the ranges before and after `by`; no range is equal to it.
void IntervalTree::split(NodePtr at, const Node& by, NodePtr& left, NodePtr& right) {
    if (at == nullptr) {
        left.reset();
        right.reset();
        return;
    }
    if (at->order(by) < 0) {
        NodePtr rest;
        split(std::move(at->right), by, rest, right);
        at->right = std::move(rest);
        at->update();
        left = std::move(at);
    } else {
        NodePtr rest;
        split(std::move(at->left), by, left, rest);
        at->left = std::move(rest);
        at->update();
        right = std::move(at);
    }
}

IntervalTree::NodePtr IntervalTree::merge(NodePtr left, NodePtr right) {
    if (left == nullptr) return right;
    if (right == nullptr) return left;
    if (left->priority > right->priority) {
        left->right = merge(std::move(left->right), std::move(right));
        left->update();
        return left;
    }
    right->left = merge(std::move(left), std::move(right->left));
    right->update();
    return right;
}

void IntervalTree::insert(NodePtr& at, NodePtr node) {
    if (at == nullptr || node->priority > at->priority) {
        split(std::move(at), *node, node->left, node->right);
        node->update();
        at = std::move(node);
        return;
    }
    NodePtr& side = at->order(*node) > 0 ? at->left : at->right;
    insert(side, std::move(node));
    at->update();
}

void IntervalTree::erase(NodePtr& at, const KeyRange& range) {
    const auto order = at->order(range);
    if (order == 0) {
        at = merge(std::move(at->left), std::move(at->right));
        return;
    }
    erase(order > 0 ? at->left : at->right, range);
    at->update();
}

void IntervalTree::add(const KeyRange& range, Watcher* watcher) {
    if (Node* node = lookUp(range)) {
        node->watchers.push_back(watcher);
        return;
    }
    auto node = std::make_unique<Node>();
    node->begin = range.key;
    node->open = isOpenEnded(range);
    if (!node->open) node->end = range.end;
    node->priority = base::Rng(++m_seed).next();
    node->watchers.push_back(watcher);
    node->update();
    insert(m_root, std::move(node));
}

bool IntervalTree::remove(const KeyRange& range, Watcher* watcher) {
    Node* node = lookUp(range);
    if (node == nullptr) return false;
    eraseFrom(node->watchers, watcher);
    if (node->watchers.empty()) erase(m_root, range);
    return true;
}

void IntervalTree::find(const Node* at, std::string_view key, std::vector<Watcher*>& out) {
    while (at != nullptr && (at->maxOpen || key < at->maxEnd)) {
        find(at->left.get(), key, out);
        if (key < at->begin) return;
        if (at->open || key < at->end) out.insert(out.end(), at->watchers.begin(), at->watchers.end());
        at = at->right.get();
    }
}

void IntervalTree::find(std::string_view key, std::vector<Watcher*>& out) const { find(m_root.get(), key, out); }

void WatcherIndex::add(const KeyRange& range, Watcher* watcher) {
    if (isSingleKey(range)) {
        m_byKey[range.key].push_back(watcher);
    } else {
        m_ranges.add(range, watcher);
    }
}

void WatcherIndex::remove(const KeyRange& range, Watcher* watcher) {
    if (!isSingleKey(range)) {
        m_ranges.remove(range, watcher);
        return;
    }
    const auto it = m_byKey.find(range.key);
    if (it == m_byKey.end()) return;
    eraseFrom(it->second, watcher);
    if (it->second.empty()) m_byKey.erase(it);
}

void WatcherIndex::find(std::string_view key, std::vector<Watcher*>& out) const {
    if (!m_byKey.empty()) {
        if (const auto it = m_byKey.find(key); it != m_byKey.end()) {
            out.insert(out.end(), it->second.begin(), it->second.end());
        }
    }
    if (!m_ranges.empty()) m_ranges.find(key, out);
}

}  // namespace raftarium::mvcc
