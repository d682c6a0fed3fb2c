// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A member's files: opened again, or made for the first time.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/mvcc/store.h"
#include "cluster/node/config/config.h"
#include "cluster/node/loop/start_state.h"
#include "cluster/node/loop/wal_writer.h"
#include "cluster/storage/backend/lmdb_backend.h"

#include <functional>
#include <memory>
#include <string>

namespace raftarium::node {

struct OpenedMember {
    StartState start;
    LogFiles files;
    std::unique_ptr<storage::LmdbBackend> backend;
    std::unique_ptr<mvcc::Store> store;
    std::string note;  // for the log: what was repaired
};

// How the store's backend is opened: LMDB, or a simulator's.
using BackendOpener = std::function<base::Result<std::unique_ptr<storage::LmdbBackend>>(const std::string& path,
                                                                                        const storage::LmdbOptions&)>;

// Errors: another process holds the directory, damage (file, offset, reason), flags that contradict it.
// A directory that etcd wrote is adopted (adoption.h).
// `existing`: the running cluster that a new member joins; null otherwise.
base::Result<OpenedMember> openMember(const Config& config, base::FileSystem& fileSystem, const base::Clock& clock,
                                      const Membership* existing,
                                      const BackendOpener& openBackend = storage::openLmdbBackend);

}  // namespace raftarium::node
