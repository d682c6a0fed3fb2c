// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// `raftariumctl wal dump`: a log directory as text, in the form of etcd-dump-logs, or as JSON.
#pragma once

#include "cluster/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::inspect {

struct WalDumpOptions {
    bool json = false;
    bool raw = false;              // text: every record with its place and CRC, instead of the entries only
    std::uint64_t startIndex = 0;  // entries from this index on; 0 = all
    // The types of etcd-dump-logs: ConfigChange, Normal, Request, InternalRaftRequest, IRRRange, IRRPut,
    // IRRDeleteRange, IRRTxn, IRRCompaction, IRRLeaseGrant, IRRLeaseRevoke, IRRLeaseCheckpoint. Empty = all.
    std::vector<std::string> entryTypes;
};

// `path` is a data directory or the log directory itself. Appends the dump to `out`, with the damage, and returns the
// number of damaged places; the unfinished end of a log does not count. Errors: no log in the directory, an unknown
// entry type, a file that cannot be read.
base::Result<std::size_t> dumpWal(const std::string& path, const WalDumpOptions& options, std::string& out);

}  // namespace raftarium::inspect
