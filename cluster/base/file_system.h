// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the storage layer asks of an operating system. Three implementations: POSIX (storage/posix_file_system),
// memory, and one that injects faults for the simulator and crash tests.
#pragma once

#include "cluster/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::base {

// An open file. Not safe for use from two threads at once. Errors carry the path and errno's text.
class File {
public:
    virtual ~File() = default;
    virtual Status writeAt(std::uint64_t offset, std::string_view data) = 0;  // all of it
    // Up to `size` bytes; fewer only at the end of the file.
    virtual Result<std::string> readAt(std::uint64_t offset, std::size_t size) const = 0;
    // The same, in the place of `data`, whose memory is used again.
    virtual Status readInto(std::uint64_t offset, std::size_t size, std::string& data) const {
        auto read = readAt(offset, size);
        if (!read) return read.error();
        data = std::move(*read);
        return {};
    }
    virtual Result<std::uint64_t> size() const = 0;
    virtual Status truncate(std::uint64_t size) = 0;
    // Reserves and extends to `size` with zeros; falls back to truncate where the file system cannot reserve.
    virtual Status preallocate(std::uint64_t size) = 0;
    virtual Status syncData() = 0;  // fdatasync; after a failure the file must not be used any more
    virtual Status sync() = 0;      // fsync
    // Exclusive lock held until the file is closed; Errc::unavailable if somebody else has it.
    virtual Status tryLock() = 0;
    // The file has another name by now: for the texts of errors.
    virtual void renamedTo(const std::string& path) = 0;
};

enum class OpenMode : std::uint8_t { read, readWrite, createNew, createOrTruncate };

class FileSystem {
public:
    virtual ~FileSystem() = default;
    // `mode` bits are applied to new files (0600 by default).
    virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode, unsigned permissions = 0600) = 0;
    virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;  // names, sorted, without . and ..
    virtual bool exists(const std::string& path) = 0;
    virtual Status createDirectories(const std::string& path, unsigned permissions = 0700) = 0;
    virtual Status rename(const std::string& from, const std::string& to) = 0;
    virtual Status remove(const std::string& path) = 0;
    virtual Status removeAll(const std::string& path) = 0;
    virtual Status syncDirectory(const std::string& path) = 0;
};

// The directory that holds `path`: "/" of "/a", "." of a name without a slash.
std::string parentDirectory(const std::string& path);

}  // namespace raftarium::base
