// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Exchange with etcd: writes our store as etcd's snapshot file (a bbolt file and its SHA-256, 32 bytes), and reads one.
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
    std::uint64_t databaseBytes = 0;  // of the bbolt file; Maintenance.Snapshot counts these as remaining
    std::uint64_t bytes = 0;          // with the hash
};

// Writes the content of `view` to a new file and syncs it: all buckets of etcd, not our own. An existing file is an
// error.
base::Result<SnapshotFileSize> writeSnapshotDatabase(mvcc::ReadView& view, base::FileSystem& fs,
                                                     const std::string& path);

// What `etcdctl snapshot status` prints.
struct SnapshotStatus {
    std::uint32_t hash = 0;       // CRC-32C over bucket names, keys and values
    std::int64_t revision = 0;    // the last one
    std::uint64_t totalKey = 0;   // pairs in all buckets
    std::uint64_t totalSize = 0;  // bytes of the bbolt file
};
base::Result<SnapshotStatus> readSnapshotStatus(base::FileSystem& fs, const std::string& path);

// The SHA-256 at the end of a snapshot file, and the right one. `stored` is empty if the file has none: a database
// copied from a data directory.
struct SnapshotHash {
    std::string stored;
    std::string computed;
};
base::Result<SnapshotHash> readSnapshotHash(base::FileSystem& fs, const std::string& path);
// Compares the two. Errc::corruption if they differ; Errc::notFound if the file has none.
base::Status checkSnapshotHash(base::FileSystem& fs, const std::string& path);

struct ImportResult {
    std::uint64_t pairs = 0;
    std::vector<std::string> skippedBuckets;  // buckets that this program does not know
};
// Changes the imported content before the file gets its name.
using ImportEdit = std::function<base::Status(LmdbBackend&)>;
// Makes a backend file at `target` from a bbolt file. `target` must not exist; it appears complete or not at all.
base::Result<ImportResult> importDatabase(base::FileSystem& fs, const std::string& path, const std::string& target,
                                          const LmdbOptions& options, const ImportEdit& edit = {});

// One value of a bbolt file; nullopt if it does not exist. Scans the whole bucket.
base::Result<std::optional<std::string>> readDatabaseValue(base::FileSystem& fs, const std::string& path,
                                                           mvcc::Bucket bucket, std::string_view key);

}  // namespace raftarium::storage
