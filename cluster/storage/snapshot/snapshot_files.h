// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// `.snap` files, as etcd writes them: each is one snappb.snapshot {crc, raftpb.Snapshot}. Example: storage/FORMATS.md.
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

// The name is made of term and index, 16 hex digits each: "0000000000000002-0000000000000064.snap".
base::Status saveSnapshotFile(base::FileSystem& fs, const std::string& directory, const raft::Snapshot& snapshot);
// The newest readable file whose term and index are among `marks`; nullopt if there is none. Broken files are renamed
// to .snap.broken.
base::Result<std::optional<raft::Snapshot>> loadNewestSnapshot(base::FileSystem& fs, const std::string& directory,
                                                               const std::vector<WalSnapshotMark>& marks);
// Term and index in the name of the newest file, readable or not; nullopt if there is none.
base::Result<std::optional<raft::SnapshotMetadata>> newestSnapshotFile(base::FileSystem& fs,
                                                                       const std::string& directory);
// Reads one file. Errc::corruption if it is not a snapshot or its CRC is wrong.
base::Result<raft::Snapshot> readSnapshotFile(base::FileSystem& fs, const std::string& path);
// Deletes all files except the newest `keep`.
base::Status purgeSnapshotFiles(base::FileSystem& fs, const std::string& directory, std::size_t keep);

}  // namespace raftarium::storage
