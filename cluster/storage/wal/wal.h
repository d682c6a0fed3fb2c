// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The files of the write-ahead log, in etcd's format (wal_format.h; a worked example is in storage/FORMATS.md). A
// process that opens it for writing owns the directory: it has a lock on every open segment.
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
    // Called before anything in the directory is changed or repaired; an error ends the opening. The second argument
    // describes for people where the log ends, and what is behind its end.
    using Agree = std::function<base::Status(const WalContent&, const std::function<std::string()>& whereItEnds)>;

    // Makes `directory`, which must not exist, with the first segment; atomically, under the name wal.tmp first.
    static base::Result<std::unique_ptr<Wal>> create(base::FileSystem& fs, const std::string& directory,
                                                     const WalMetadata& metadata, const WalOptions& options);
    // Reads the log from the snapshot mark `from` on ({0, 0} is its beginning), and opens it for appending. A torn end
    // is repaired (wal_hole.h says what that is). Any other damage is Errc::corruption with the segment, the offset,
    // and the expected and found CRC. `locked` is called when this process has the locks, before it reads.
    static base::Result<std::unique_ptr<Wal>> open(base::FileSystem& fs, const std::string& directory,
                                                   const WalSnapshotMark& from, const WalOptions& options,
                                                   WalContent& content, const std::function<void()>& locked = {},
                                                   const Agree& agree = {});
    static bool exists(base::FileSystem& fs, const std::string& directory);
    // True if the log has nothing but the head of its first segment, because the first start was interrupted. False
    // also if it cannot be read.
    static bool untouched(base::FileSystem& fs, const std::string& directory);

    virtual ~Wal() = default;
    // Adds records to the buffer: the entries in order, then the state if it is not empty.
    virtual void append(const std::vector<raft::Entry>& entries, const raft::HardState& state) = 0;
    virtual void appendSnapshotMark(const WalSnapshotMark& mark) = 0;
    // Writes the buffer with one write call, then calls fdatasync if `sync`. Begins a new segment when this one is
    // full. After an error the log must not be used any more.
    virtual base::Result<WalWritten> flush(bool sync) = 0;
    // This member no longer needs segments that end before `index`: all of them except the newest `keep` are deleted.
    virtual base::Status release(raft::Index index, std::size_t keep) = 0;
    virtual base::Status close() = 0;
};

// Reads and checks the whole log without opening it for writing, to find the snapshot to start from.
base::Result<std::vector<WalSnapshotMark>> readWalSnapshotMarks(base::FileSystem& fs, const std::string& directory);

}  // namespace raftarium::storage
