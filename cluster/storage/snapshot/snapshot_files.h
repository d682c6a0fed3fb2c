// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// `.snap` files: one snappb.snapshot {crc, raftpb.Snapshot} each, as etcd writes them; newest first by name.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/raft/types.h"
#include "cluster/storage/wal/wal.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::storage {

// Name: term and index, 16 hex digits each, "0000000000000002-0000000000000064.snap".
base::Status saveSnapshotFile(base::FileSystem& fs, const std::string& directory, const raft::Snapshot& snapshot);
// The newest readable file whose (term, index) is among `marks`; broken ones are renamed to .snap.broken. nullopt:
// none.
base::Result<std::optional<raft::Snapshot>> loadNewestSnapshot(base::FileSystem& fs, const std::string& directory,
                                                               const std::vector<WalSnapshotMark>& marks);
// Term and index that the newest file has in its name, readable or not; nullopt: there is none.
base::Result<std::optional<raft::SnapshotMetadata>> newestSnapshotFile(base::FileSystem& fs,
                                                                       const std::string& directory);
// One file; Errc::corruption if its bytes are not a snapshot or the CRC differs.
base::Result<raft::Snapshot> readSnapshotFile(base::FileSystem& fs, const std::string& path);
// Deletes all but the newest `keep`.
base::Status purgeSnapshotFiles(base::FileSystem& fs, const std::string& directory, std::size_t keep);

}  // namespace raftarium::storage
