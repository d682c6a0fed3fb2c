// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// `raftariumctl wal dump`: a log directory as text in the form of etcd-dump-logs, or as JSON.
#pragma once

#include "cluster/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::inspect {

struct WalDumpOptions {
    bool json = false;
    bool raw = false;              // text: every record with place and CRC instead of the entries only
    std::uint64_t startIndex = 0;  // entries from this index on; 0 = all
    // Of etcd-dump-logs: ConfigChange, Normal, Request, InternalRaftRequest, IRRRange, IRRPut, IRRDeleteRange, IRRTxn,
    // IRRCompaction, IRRLeaseGrant, IRRLeaseRevoke, IRRLeaseCheckpoint. Empty = all.
    std::vector<std::string> entryTypes;
};

// `path`: a data directory or the log directory itself. Appends to `out`, damage included, and returns how many places
// are damaged; the unfinished end of a log is none. An error is a directory without a log, an unknown entry type, or a
// file that cannot be read.
base::Result<std::size_t> dumpWal(const std::string& path, const WalDumpOptions& options, std::string& out);

}  // namespace raftarium::inspect
