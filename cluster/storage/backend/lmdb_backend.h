// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// mvcc::Backend on LMDB, with a write buffer in front of it.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/backend/backend.h"
#include "cluster/storage/backend/lmdb_options.h"

#include <functional>
#include <memory>
#include <string>

namespace raftarium::storage {

struct LmdbBackend : mvcc::Backend {
    // Replaces the content by another LMDB file, for example a received snapshot, which is renamed to this path.
    virtual base::Status replaceWith(const std::string& path) = 0;
    // Writes a compact copy of the committed content to `path`, from one read transaction. Call commit() first to
    // include everything.
    virtual base::Status copyTo(const std::string& path) = 0;
    // Call after a scan of everything: releases the memory that the scan took.
    virtual void releasePages() {}
};

// `path` is the data file itself (member/snap/backend.lmdb); LMDB's lock file is beside it.
base::Result<std::unique_ptr<LmdbBackend>> openLmdbBackend(const std::string& path, const LmdbOptions& options);

// A view of the last commit in a file that another process may be writing. By a rule of LMDB the file must not be open
// in this process. Buckets that the file does not have are empty.
base::Result<std::unique_ptr<mvcc::ReadView>> openLmdbView(const std::string& path);

}  // namespace raftarium::storage
