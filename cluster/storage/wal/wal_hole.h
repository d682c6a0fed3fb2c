// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What is behind the place where reading the last segment stopped: nothing, or whole records.
//
// If a record is cut, or sectors of it are zero, there are two possible reasons:
//
//   a torn write   The power failed while the last batch was being written. The batch was never synced, so nobody was
//                  told that it is safe, and it may be cut off. Its sectors reach the disk in any order: whole records
//                  of the same batch may be behind the hole.
//   a lost sector  The disk lost a sector that had been synced. Everything behind the hole was acknowledged, and would
//                  be lost by cutting there. etcd cuts in both cases.
//
// The log alone cannot always tell the two apart. Its records do not mark the end of a batch, and a follower's commit
// index may cover entries of the batch that it arrived with, because the other members make a majority. So whole
// records behind the hole, and the commit indexes in them, prove nothing. What does prove a lost sector:
//
//   * A later segment. A segment is cut to its length and synced before the next one gets its name. The reader refuses.
//   * The store's applied index. An entry is applied only when it is durable in this member's own log. A log that ends
//     before that index has lost acknowledged entries (node/start/start_checks.h). The store reaches the disk a tenth
//     of a second after the log. So damage looks like a torn write only if it hits that last moment and the power
//     fails, too.
//
// The search for whole records behind the hole therefore only serves the error text: it says where they are.
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
    raft::Index firstIndex = 0;  // of the entries among them; 0 if there are none
    raft::Index lastIndex = 0;
};

// Searches the segment behind `offset` for at least two records, one behind the other, of which the second continues
// the CRC of the first. (The first one's own CRC cannot be checked.) Nullopt if there are none.
base::Result<std::optional<WalRecordsBeyond>> findRecordsBeyond(const base::File& file, std::uint64_t offset);
// "whole records follow at offset 1536, with the entries 12 to 40"
std::string textOf(const WalRecordsBeyond& beyond);

}  // namespace raftarium::storage
