// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The part of an operating system that the storage layer needs. Three implementations are in storage/files: POSIX,
// memory, and one that injects faults, for the simulator and crash tests.
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
    // The same; replaces the content of `data` and uses its memory again.
    virtual Status readInto(std::uint64_t offset, std::size_t size, std::string& data) const {
        auto read = readAt(offset, size);
        if (!read) return read.error();
        data = std::move(*read);
        return {};
    }
    virtual Result<std::uint64_t> size() const = 0;
    virtual Status truncate(std::uint64_t size) = 0;
    // Reserves space and extends the file to `size` with zeros. Only extends where the file system cannot reserve.
    virtual Status preallocate(std::uint64_t size) = 0;
    virtual Status syncData() = 0;  // fdatasync; after a failure the file must not be used any more
    virtual Status sync() = 0;      // fsync
    // An exclusive lock until the file is closed; Errc::unavailable if another process has it.
    virtual Status tryLock() = 0;
    // The file was renamed; the texts of errors name it by its path.
    virtual void renamedTo(const std::string& path) = 0;
};

enum class OpenMode : std::uint8_t { read, readWrite, createNew, createOrTruncate };

class FileSystem {
public:
    virtual ~FileSystem() = default;
    // `permissions` are those of new files.
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
