// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Disaster recovery: a member's directory made from a snapshot file, ours or etcd's (they are the same format).
//
// The new cluster has the keys, revisions, leases, users and alarms of the snapshot, and new members: their ids come
// from --initial-cluster and the token as in a bootstrap. Each of them is restored from the same file with its own name
// and then started with the same flags. Log and .snap file are those that `etcdctl snapshot restore` writes: metadata,
// one conf change a member (term 1, index 1..n in the order of ids), state (term 1, vote for the first member, commit
// n), a snapshot record at n; the .snap file has the membership at n.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace raftarium::node {

struct RestoreOptions {
    std::string snapshotPath;
    std::string name = "default";
    std::string dataDir;  // empty: NAME.etcd
    std::string walDir;   // empty: dataDir/member/wal
    // As the flags have them; errors name them in etcd's words.
    std::string initialCluster = "default=http://localhost:2380";
    std::string initialClusterToken = "etcd-cluster";
    std::string initialAdvertisePeerUrls = "http://localhost:2380";
    bool skipHashCheck = false;  // for a database copied from a data directory, which carries no hash
    std::uint64_t walSegmentBytes = 64'000'000;
};

struct RestoreResult {
    std::uint64_t nodeId = 0;
    std::uint64_t clusterId = 0;
    std::uint64_t pairs = 0;  // imported, of all buckets
    std::string dataDir;
    std::string walDir;
};

// Neither directory may exist. On an error nothing is left of them.
base::Result<RestoreResult> restoreMember(base::FileSystem& fileSystem, const RestoreOptions& options);

}  // namespace raftarium::node
