// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Taking over a data directory that etcd wrote: of a stopped (or killed) member, or from `etcdctl snapshot restore`.
// Its log and .snap files are ours as they are; its database, member/snap/db (bbolt), becomes the LMDB file once.
//
// Crash-safe: the new file appears whole (import, sync, rename) or not at all; only when the store has been opened
// from it does `db` get the name `db.etcd`, under which it is kept. A start that finds both takes the LMDB file.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/mvcc/backend/backend.h"
#include "cluster/node/loop/start_state.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/start/member_paths.h"
#include "cluster/storage/backend/lmdb_backend.h"
#include "cluster/storage/wal/wal.h"

#include <functional>
#include <string>

namespace raftarium::node {

// True if the directory has etcd's database and not yet ours.
bool needsAdoption(base::FileSystem& fs, const MemberPaths& paths);
// Checks that etcd's database fits the log, before anything is changed.
base::Status checkAdoption(base::FileSystem& fs, const MemberPaths& paths, const storage::WalContent& content,
                           const std::function<std::string()>& whereItEnds);
// Imports. `start` comes from log and .snap file. If the database is older than the .snap file, the one that was
// received with that file (<index>.snap.db) is taken. The result is a sentence for the process log about what was done.
base::Result<std::string> adoptDatabase(base::FileSystem& fs, const MemberPaths& paths, const StartState& start,
                                        const storage::LmdbOptions& options);
// Undoes the import: the store could not be opened from it.
void abandonAdoption(base::FileSystem& fs, const MemberPaths& paths);
// Gives etcd's database its final name, if it is still there.
base::Status finishAdoption(base::FileSystem& fs, const MemberPaths& paths);

// The buckets members and members_removed become `membership`.
void replaceStoredMembers(mvcc::Backend& backend, const Membership& membership);

}  // namespace raftarium::node
