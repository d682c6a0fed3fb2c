// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What stands behind the place where reading the last segment stopped: nothing, or whole records.
//
// A record that is cut, or has lost sectors (they are zero), can be two things:
//
//   a torn write      The power went while the last batch was being written. It was never synced, so nobody was told
//                     that it is safe, and it may go. Its sectors reach the disk in any order: whole records may stand
//                     behind the hole, and they belong to the same batch.
//   a lost sector     The disk lost a sector of what had been synced. Everything behind the hole was acknowledged, and
//                     cutting there loses it. etcd cuts in both cases.
//
// The log alone cannot always tell them apart. Its records do not say where a batch ends; a follower's commit index may
// cover entries of the very batch that it came with, since the others make a majority without this member. So records
// behind the hole, and commit indexes in them, prove nothing. What does prove it:
//
//   * A later segment: a segment is cut off and synced before the next one gets its name. The reader refuses.
//   * The store's applied index: an entry is applied only after this member's own log has it durably. A log that ends
//     before that index has lost something acknowledged (node/start_checks.h). The store reaches the disk a tenth of a
//     second after the log, so only damage to that last moment, together with a power cut, looks like a torn write.
//
// Whole records behind the hole are therefore searched for the text only: which place, what stands behind it.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/raft/types.h"

#include <cstdint>
#include <optional>
#include <string>

namespace raftarium::storage {

struct WalRecordsBeyond {
    std::uint64_t offset = 0;  // of the first one
    std::uint64_t records = 0;
    raft::Index firstIndex = 0;  // of the entries among them; 0: there is none
    raft::Index lastIndex = 0;
};

// Looks in the segment behind `offset` for records that follow each other with the right CRC, two at least: the first
// one's CRC continues what is lost. Nullopt if there are none.
base::Result<std::optional<WalRecordsBeyond>> findRecordsBeyond(const base::File& file, std::uint64_t offset);
// "whole records follow at offset 1536, with the entries 12 to 40"
std::string textOf(const WalRecordsBeyond& beyond);

}  // namespace raftarium::storage
