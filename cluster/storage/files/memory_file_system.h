// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A file system in memory that remembers what was synced, so that tests and the simulator can cut the power.
//
// Model of a power cut (`CrashMode`):
// * file content: what syncData/sync covered stays. Of later operations a prefix may have reached the disk; within it
// each
//   512-byte sector of a write is there or not, on its own; truncations are kept in order (they go through a journal).
// * names: creations, renames and removals in a directory are durable after syncDirectory of it; of later ones a
// prefix. Not safe for use from several threads at once.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/rng.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::storage {

enum class CrashMode : std::uint8_t {
    keepAll,       // the process died, the machine did not: everything written is there
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

    // Files open now answer every further call with an error; locks are gone. `rng` is used by CrashMode::tear only.
    void crash(CrashMode mode, base::Rng& rng);

    struct Node;  // a file or a directory

private:
    using NodePtr = std::shared_ptr<Node>;
    NodePtr find(const std::string& path) const;
    // The directory that holds `path`, and the last part of its name; null if there is none.
    std::pair<NodePtr, std::string> parentOf(const std::string& path) const;
    void crashNode(Node& node, CrashMode mode, base::Rng& rng);

    NodePtr m_root;
    std::shared_ptr<std::uint64_t> m_boots;  // crashes so far: files opened before the last one are dead
};

}  // namespace raftarium::storage
