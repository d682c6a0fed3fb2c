// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The write-ahead log's files: etcd's format byte for byte (grammar and worked example in wal_format.h).
// Whoever opens it for writing owns the directory (flock on every open segment).
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/raft/types.h"
#include "cluster/storage/wal/wal_types.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::storage {

class Wal {
public:
    // Asked before anything in the directory is changed (repair included): an error ends the opening. The second
    // argument says for people where the log ends, and what stands behind.
    using Agree = std::function<base::Status(const WalContent&, const std::function<std::string()>& whereItEnds)>;

    // Makes `directory` (which must not exist) with the first segment, atomically (wal.tmp, rename).
    static base::Result<std::unique_ptr<Wal>> create(base::FileSystem& fs, const std::string& directory,
                                                     const WalMetadata& metadata, const WalOptions& options);
    // Reads from `from` (a mark in the log; {0,0} = the beginning) and opens for appending. A torn tail is repaired
    // (what counts as one: wal_hole.h); any other damage is Errc::corruption with segment, offset, expected and found
    // CRC. `locked` is called once the log is this process's alone, before it is read.
    static base::Result<std::unique_ptr<Wal>> open(base::FileSystem& fs, const std::string& directory,
                                                   const WalSnapshotMark& from, const WalOptions& options,
                                                   WalContent& content, const std::function<void()>& locked = {},
                                                   const Agree& agree = {});
    static bool exists(base::FileSystem& fs, const std::string& directory);
    // Nothing but the head of the first segment is in it: a first start that was cut short. False also if that cannot
    // be told.
    static bool untouched(base::FileSystem& fs, const std::string& directory);

    virtual ~Wal() = default;
    // Buffers records: entries in order, then the state if not empty.
    virtual void append(const std::vector<raft::Entry>& entries, const raft::HardState& state) = 0;
    virtual void appendSnapshotMark(const WalSnapshotMark& mark) = 0;
    // Writes what is buffered with one write call, then fdatasync if `sync`; cuts a new segment when this one is full.
    // An error is final: the log must not be used any more.
    virtual base::Result<WalWritten> flush(bool sync) = 0;
    // Segments wholly before `index` are no longer needed by this member; all but the newest `keep` of them are
    // deleted.
    virtual base::Status release(raft::Index index, std::size_t keep) = 0;
    virtual base::Status close() = 0;
};

// Lists and verifies without opening for writing; used to find the snapshot to start from.
base::Result<std::vector<WalSnapshotMark>> readWalSnapshotMarks(base::FileSystem& fs, const std::string& directory);

}  // namespace raftarium::storage
