// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The log: appended, truncated, on disk, committed, applied, replaced by a snapshot.
#include "cluster/observe/reduce/reducers.h"

#include <algorithm>

namespace raftarium::observe {

namespace {

void dropFrom(LogView& log, std::uint64_t index) {
    if (log.entries.empty() || index > log.entries.back().index) return;
    if (index <= log.entries.front().index)
        log.entries.clear();
    else
        log.entries.keepFirst(index - log.entries.front().index);
}

void appendEntries(LogView& log, const std::vector<LogEntry>& entries) {
    for (const auto& entry : entries) {
        // Entries that were not sent to us leave a gap: what is before it is let go, the view stays gapless.
        if (!log.entries.empty() && log.entries.back().index + 1 != entry.index) log.entries.clear();
        log.entries.pushBack(entry);
    }
    log.entries.keepLast(LogView::kEntriesMax);
}

}  // namespace

void restoreLog(LogView& log, const FullState& full) {
    // Entries before the tail stay if both have the tail's first entry in the same term: then all before it agree
    // (Raft's log matching property).
    const LogEntry* shared = full.tail.empty() ? nullptr : log.find(full.tail.front().index);
    if (shared && shared->term == full.tail.front().term)
        dropFrom(log, full.tail.front().index);
    else
        log.entries.clear();
    appendEntries(log, full.tail);
    log.firstIndex = full.firstIndex;
    log.lastIndex = full.lastIndex;
    log.durableIndex = full.durableIndex;
    log.commitIndex = full.commitIndex;
    log.appliedIndex = full.appliedIndex;
}

void reducePart(ClusterState&, NodeState& node, const Event&, const LogAppended& appended) {
    LogView& log = node.log;
    // Appending at or below the last index replaces from there on.
    if (appended.firstIndex <= log.lastIndex) {
        dropFrom(log, appended.firstIndex);
        log.durableIndex = std::min(log.durableIndex, appended.firstIndex == 0 ? 0 : appended.firstIndex - 1);
    }
    if (appended.entries.empty()) log.entries.clear();
    appendEntries(log, appended.entries);
    log.lastIndex = appended.lastIndex;
}

void reducePart(ClusterState&, NodeState& node, const Event&, const LogTruncated& cut) {
    LogView& log = node.log;
    dropFrom(log, cut.fromIndex);
    const std::uint64_t last = cut.fromIndex == 0 ? 0 : cut.fromIndex - 1;
    log.lastIndex = std::min(log.lastIndex, last);
    log.durableIndex = std::min(log.durableIndex, last);
}

void reducePart(ClusterState&, NodeState& node, const Event&, const LogCompacted& compacted) {
    LogView& log = node.log;
    log.firstIndex = compacted.firstIndex;
    if (log.entries.empty() || log.entries.front().index >= compacted.firstIndex) return;
    const std::uint64_t gone = compacted.firstIndex - log.entries.front().index;
    log.entries.keepLast(gone >= log.entries.size() ? 0 : log.entries.size() - gone);
}

void reducePart(ClusterState&, NodeState& node, const Event& event, const WalSynced& sync) {
    // A sync that was under way when its entries were overwritten proves nothing about those now in their place.
    const LogEntry* entry = node.log.find(sync.index);
    const bool replaced = entry && sync.term != 0 && entry->term != sync.term;
    if (!replaced) node.log.durableIndex = std::max(node.log.durableIndex, std::min(sync.index, node.log.lastIndex));
    node.lastSync = sync;
    node.lastSyncNs = event.atNs;
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const CommitAdvanced& commit) {
    node.log.commitIndex = std::max(node.log.commitIndex, commit.index);
    state.commitIndex = std::max(state.commitIndex, commit.index);
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const Applied& applied) {
    node.log.appliedIndex = std::max(node.log.appliedIndex, applied.lastIndex);
    if (applied.revision != 0) node.revision = applied.revision;
    state.revision = std::max(state.revision, applied.revision);
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const SnapshotProgress& snapshot) {
    if (snapshot.phase != SnapshotPhase::installed) return;
    LogView& log = node.log;
    log.entries.clear();
    log.firstIndex = snapshot.index + 1;
    log.lastIndex = std::max(snapshot.index, log.lastIndex);
    log.durableIndex = std::max(log.durableIndex, snapshot.index);
    log.commitIndex = std::max(log.commitIndex, snapshot.index);
    log.appliedIndex = std::max(log.appliedIndex, snapshot.index);
    state.commitIndex = std::max(state.commitIndex, snapshot.index);
}

}  // namespace raftarium::observe
