// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a write-ahead log is made of, and what reading and writing it answers. Plain values.
#pragma once

#include "cluster/raft/types.h"

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::storage {

struct WalMetadata {
    std::uint64_t nodeId = 0;
    std::uint64_t clusterId = 0;
};

struct WalSnapshotMark {
    raft::Index index = 0;
    raft::Term term = 0;
    raft::ConfState confState;
};

struct WalOptions {
    std::uint64_t segmentBytes = 64'000'000;  // decimal, as etcd's
    bool fsync = true;                        // --unsafe-no-fsync
};

// What was in the log from the chosen snapshot mark on.
struct WalContent {
    WalMetadata metadata;
    raft::HardState hardState;
    std::vector<raft::Entry> entries;  // index > snapshot.index, overwritten ones resolved
    WalSnapshotMark snapshot;
    std::vector<WalSnapshotMark> validSnapshots;  // all marks with index <= hardState.commit
    bool snapshotReceived = false;                // the leader's: its last entry was never in this log
    bool repaired = false;                        // a torn tail was cut; the original is kept as <segment>.broken
    std::string repairText;                       // what was cut: segment, offset, bytes

    raft::Index lastIndex() const { return snapshot.index + entries.size(); }
};

struct WalWritten {
    std::uint64_t bytes = 0;    // of records written by the call
    std::uint64_t segment = 0;  // sequence number
    std::uint64_t offset = 0;   // end of data in it
};

}  // namespace raftarium::storage
