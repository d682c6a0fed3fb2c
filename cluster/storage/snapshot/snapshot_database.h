// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The interchange with etcd: its snapshot file (a bbolt file, then 32 bytes SHA-256 of it) from our backend and back.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/mvcc/backend/backend.h"
#include "cluster/storage/backend/lmdb_backend.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::storage {

inline constexpr std::size_t kSnapshotHashBytes = 32;

struct SnapshotFileSize {
    std::uint64_t databaseBytes = 0;  // of the bbolt file; what Maintenance.Snapshot counts as remaining
    std::uint64_t bytes = 0;          // with the hash
};

// Writes what `view` shows, all of etcd's buckets and not our own, to a new file; synced. An existing file is an error.
base::Result<SnapshotFileSize> writeSnapshotDatabase(mvcc::ReadView& view, base::FileSystem& fs,
                                                     const std::string& path);

// What `etcdctl snapshot status` prints.
struct SnapshotStatus {
    std::uint32_t hash = 0;       // CRC-32C over bucket names, keys and values
    std::int64_t revision = 0;    // of the last change
    std::uint64_t totalKey = 0;   // pairs in all buckets
    std::uint64_t totalSize = 0;  // bytes of the bbolt file
};
base::Result<SnapshotStatus> readSnapshotStatus(base::FileSystem& fs, const std::string& path);

// The SHA-256 at the end, and what it should be; `stored` is empty if the file has none, as a database copied from a
// data directory.
struct SnapshotHash {
    std::string stored;
    std::string computed;
};
base::Result<SnapshotHash> readSnapshotHash(base::FileSystem& fs, const std::string& path);
// Compares the two. Errc::corruption if they differ; Errc::notFound if the file has none.
base::Status checkSnapshotHash(base::FileSystem& fs, const std::string& path);

struct ImportResult {
    std::uint64_t pairs = 0;
    std::vector<std::string> skippedBuckets;  // that this program does not know
};
// Changes what was imported before the file gets its name.
using ImportEdit = std::function<base::Status(LmdbBackend&)>;
// Makes a backend file at `target` (which must not exist; it appears whole or not at all) from a bbolt file.
base::Result<ImportResult> importDatabase(base::FileSystem& fs, const std::string& path, const std::string& target,
                                          const LmdbOptions& options, const ImportEdit& edit = {});

// One value of a bbolt file, a whole scan of its bucket; nullopt if there is none.
base::Result<std::optional<std::string>> readDatabaseValue(base::FileSystem& fs, const std::string& path,
                                                           mvcc::Bucket bucket, std::string_view key);

}  // namespace raftarium::storage
