// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Wraps another file system, counts the operations that change it, and makes chosen ones fail.
#pragma once

#include "cluster/base/file_system.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace raftarium::storage {

enum class FileOperation : std::uint8_t {
    create,
    write,
    truncate,
    preallocate,
    sync,
    createDirectories,
    rename,
    remove,
    syncDirectory,
};

struct FileStep {
    FileOperation operation;
    const std::string& path;
    std::uint64_t number;     // of this operation, from 0
    std::uint64_t bytes = 0;  // of a write
};

class FaultFileSystem final : public base::FileSystem {
public:
    // Called before each operation that changes something. If it returns an error, the operation fails without effect.
    using Judge = std::function<base::Status(const FileStep&)>;

    explicit FaultFileSystem(base::FileSystem& inner) : m_inner(inner), m_control(std::make_shared<Control>()) {}

    void setJudge(Judge judge) { m_control->judge = std::move(judge); }
    // The n-th operation from now (0 = the next) and all after it fail with `code`.
    void failFrom(std::uint64_t n, base::Errc code);
    // Writes fail with Errc::noSpace after so many more bytes; reserving space fails at once.
    void limitSpace(std::uint64_t bytes);
    void heal() { m_control->judge = nullptr; }
    std::uint64_t steps() const { return m_control->steps; }
    std::uint64_t count(FileOperation operation) const {
        return m_control->counts[static_cast<std::size_t>(operation)];
    }

    base::Result<std::unique_ptr<base::File>> open(const std::string& path, base::OpenMode mode,
                                                   unsigned permissions = 0600) override;
    base::Result<std::vector<std::string>> list(const std::string& directory) override {
        return m_inner.list(directory);
    }
    bool exists(const std::string& path) override { return m_inner.exists(path); }
    base::Status createDirectories(const std::string& path, unsigned permissions = 0700) override;
    base::Status rename(const std::string& from, const std::string& to) override;
    base::Status remove(const std::string& path) override;
    base::Status removeAll(const std::string& path) override;
    base::Status syncDirectory(const std::string& path) override;

    struct Control {
        Judge judge;
        std::uint64_t steps = 0;
        std::uint64_t counts[9] = {};
        base::Status step(FileOperation operation, const std::string& path, std::uint64_t bytes = 0);
    };

private:
    base::FileSystem& m_inner;
    std::shared_ptr<Control> m_control;  // shared with the open files
};

}  // namespace raftarium::storage
