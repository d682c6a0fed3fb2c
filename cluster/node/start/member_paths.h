// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where a member's files are.
#pragma once

#include "cluster/node/config/config.h"
#include "cluster/raft/types.h"

#include <string>

namespace raftarium::node {

struct MemberPaths {
    std::string data;
    std::string wal;
    std::string snapshots;
    std::string backend;
};
MemberPaths memberPaths(const Config& config);
std::string parentOf(const std::string& path);  // the directory that holds it
// Where a store received with the snapshot at `index` waits to be installed: <index>.snap.db, 16 hex digits.
std::string receivedDatabase(const std::string& snapshotDirectory, raft::Index index);

}  // namespace raftarium::node
