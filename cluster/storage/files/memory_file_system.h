// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A file system in memory that remembers what was synced, so that tests and the simulator can cut the power.
//
// What a power cut leaves (`CrashMode`):
// * Content of a file: everything that syncData() or sync() covered. Of later operations a prefix may have reached the
//   disk. Each 512-byte sector of a write in that prefix is there or not, independently; truncations are in order,
//   because they go through a journal.
// * Names: creations, renames and removals in a directory are durable after its syncDirectory(). Of later ones a
//   prefix is durable.
//
// Not safe for use from several threads at once.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/rng.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::storage {

enum class CrashMode : std::uint8_t {
    keepAll,       // only the process died: everything written is there
    dropUnsynced,  // exactly the synced state
    tear,          // a random state between the two
};

class MemoryFileSystem final : public base::FileSystem {
public:
    MemoryFileSystem();
    ~MemoryFileSystem() override;

    base::Result<std::unique_ptr<base::File>> open(const std::string& path, base::OpenMode mode,
                                                   unsigned permissions = 0600) override;
    base::Result<std::vector<std::string>> list(const std::string& directory) override;
    bool exists(const std::string& path) override;
    base::Status createDirectories(const std::string& path, unsigned permissions = 0700) override;
    base::Status rename(const std::string& from, const std::string& to) override;
    base::Status remove(const std::string& path) override;
    base::Status removeAll(const std::string& path) override;
    base::Status syncDirectory(const std::string& path) override;

    // Every further call on files that are open now fails; locks are released. `rng` is used by CrashMode::tear only.
    void crash(CrashMode mode, base::Rng& rng);

    struct Node;  // a file or a directory

private:
    using NodePtr = std::shared_ptr<Node>;
    NodePtr find(const std::string& path) const;
    // The directory of `path`, and the last part of its name; null if the directory does not exist.
    std::pair<NodePtr, std::string> parentOf(const std::string& path) const;
    void crashNode(Node& node, CrashMode mode, base::Rng& rng);

    NodePtr m_root;
    std::shared_ptr<std::uint64_t> m_boots;  // crashes so far: files opened before the last one fail
};

}  // namespace raftarium::storage
