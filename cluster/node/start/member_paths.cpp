// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/member_paths.h"

#include <cinttypes>
#include <cstdio>

namespace raftarium::node {

std::string parentOf(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string receivedDatabase(const std::string& snapshotDirectory, raft::Index index) {
    char name[64];
    std::snprintf(name, sizeof name, "/%016" PRIx64 ".snap.db", index);
    return snapshotDirectory + name;
}

MemberPaths memberPaths(const Config& config) {
    MemberPaths paths;
    paths.data = config.dataDir.empty() ? config.name + ".etcd" : config.dataDir;
    paths.wal = config.walDir.empty() ? paths.data + "/member/wal" : config.walDir;
    paths.snapshots = paths.data + "/member/snap";
    paths.backend = paths.snapshots + "/backend.lmdb";
    return paths;
}

}  // namespace raftarium::node
