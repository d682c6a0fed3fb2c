// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// mvcc::Backend on LMDB, with the write buffer in front that its contract asks for.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/backend/backend.h"
#include "cluster/storage/backend/lmdb_options.h"

#include <functional>
#include <memory>
#include <string>

namespace raftarium::storage {

struct LmdbBackend : mvcc::Backend {
    // Replaces the content by that of another LMDB file (a received snapshot): renamed over the old one.
    virtual base::Status replaceWith(const std::string& path) = 0;
    // Compact copy of the committed content at `path`, made from one read transaction (commit() first for all of it).
    virtual base::Status copyTo(const std::string& path) = 0;
    // After a scan of everything: what it brought into memory may go.
    virtual void releasePages() {}
};

// `path` is the data file itself (member/snap/backend.lmdb); a lock file stands beside it.
base::Result<std::unique_ptr<LmdbBackend>> openLmdbBackend(const std::string& path, const LmdbOptions& options);

// The last commit in a file that another process may be writing; never one that is open in this process (LMDB's rule).
// Buckets that the file lacks are empty.
base::Result<std::unique_ptr<mvcc::ReadView>> openLmdbView(const std::string& path);

}  // namespace raftarium::storage
