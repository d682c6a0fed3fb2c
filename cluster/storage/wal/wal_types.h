// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The parts of a write-ahead log, and the results of reading and writing it. Plain values.
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
    std::uint64_t segmentBytes = 64'000'000;  // a decimal number, as in etcd
    bool fsync = true;                        // --unsafe-no-fsync
};

// The content of the log from the chosen snapshot mark on.
struct WalContent {
    WalMetadata metadata;
    raft::HardState hardState;
    std::vector<raft::Entry> entries;  // behind the snapshot, without entries that were overwritten
    WalSnapshotMark snapshot;
    std::vector<WalSnapshotMark> validSnapshots;  // all marks with index <= hardState.commit
    bool snapshotReceived = false;                // it came from the leader: its last entry was never in this log
    bool repaired = false;                        // a torn end was cut off; the original is kept as <segment>.broken
    std::string repairText;                       // what was cut off: segment, offset, bytes

    raft::Index lastIndex() const { return snapshot.index + entries.size(); }
};

struct WalWritten {
    std::uint64_t bytes = 0;    // of records written by the call
    std::uint64_t segment = 0;  // sequence number
    std::uint64_t offset = 0;   // end of data in it
};

}  // namespace raftarium::storage
