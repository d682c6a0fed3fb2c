// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/bench/open_keys.h"

#include "cluster/load/load.h"
#include "tests/bench/server_process.h"

namespace raftarium::bench {

std::string measureOpen(const std::string& program, const std::string& directory, std::uint64_t keys, int keysPerTxn,
                        OpenKeys& out) {
    ServerGroup group;
    std::string error = ServerGroup::start(program, 1, directory, {}, group);
    if (!error.empty()) return error;
    load::LoadSpec fill;
    fill.kind = keysPerTxn > 1 ? load::LoadKind::txn : load::LoadKind::put;
    fill.endpoints = group.endpoints();
    fill.clients = keysPerTxn > 1 ? 20 : 1000;
    fill.connections = keysPerTxn > 1 ? 2 : 20;
    fill.keyBytes = 32;
    fill.valueBytes = 128;
    fill.txnOps = keysPerTxn;
    fill.total = keys / static_cast<std::uint64_t>(keysPerTxn);
    fill.keySpace = keys;
    fill.sequentialKeys = true;
    const auto report = load::runLoad(fill, {});
    if (!report) return report.error().text;
    if (report->errors > 0) return std::to_string(report->errors) + " errors, the first: " + report->firstError;
    out.fillSeconds = report->seconds;
    if (error = group.restart(out.startSeconds); !error.empty()) return error;
    out.residentMb = static_cast<double>(group.usage().residentBytes) / 1e6;
    return {};
}

}  // namespace raftarium::bench
