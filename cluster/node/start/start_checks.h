// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A member's log, its snapshot files and its store belong together. A start checks that they agree before it changes
// anything on the disk. If they do not, the member would serve old data, or answer nothing without giving a reason.
//
// A crash may leave these behind, and they are right:
//   * a commit index behind the snapshot or behind what the store has applied: it is written with the next sync;
//   * a store behind the log: the entries in between are applied again;
//   * a .snap file newer than the log, with the store that came with it still beside it as <index>.snap.db: a snapshot
//     from the leader, whose record had not reached the log;
//   * a store ahead of a log that ends with a snapshot from the leader, or soon after: the leader copies its store a
//     little later than the index it names.
// Everything else is refused.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/start/member_paths.h"
#include "cluster/raft/types.h"
#include "cluster/storage/wal/wal.h"

#include <functional>
#include <string>

namespace raftarium::node {

// The last entry that a store has applied; term 0 = not known (a database of etcd 3.4).
struct AppliedIndex {
    std::string path;  // of the store
    raft::Index index = 0;
    raft::Term term = 0;
};

// For the end of a text that refuses a directory.
std::string howToReplaceMember();

// As Wal::Agree has it.
using WhereItEnds = std::function<std::string()>;

// The log against itself and the .snap files.
base::Status checkLogAndSnapshots(base::FileSystem& fs, const MemberPaths& paths, const storage::WalContent& content,
                                  const WhereItEnds& whereItEnds);
// The log against the store.
base::Status checkLogAndStore(const MemberPaths& paths, const storage::WalContent& content, const AppliedIndex& store,
                              const WhereItEnds& whereItEnds);
// The cluster's version, as the snapshot and the committed entries after it have it, against ours.
base::Status checkClusterVersions(const MemberPaths& paths, const Membership& atSnapshot,
                                  const storage::WalContent& content);

}  // namespace raftarium::node
