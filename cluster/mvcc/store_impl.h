// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The parts of the store. Internal to this layer.
#pragma once

#include "cluster/mvcc/alarms.h"
#include "cluster/mvcc/index/compaction.h"
#include "cluster/mvcc/lease/lessor.h"
#include "cluster/mvcc/store_core.h"
#include "cluster/mvcc/txn/write_txn.h"
#include "cluster/mvcc/watch/watch_hub.h"

namespace raftarium::mvcc {

struct StoreImpl {
    StoreImpl(Backend& backend, const StoreOptions& options) : core(backend, options) {}

    base::Status rebuildIndex();
    void saveConsistent(std::uint64_t index, std::uint64_t term);
    base::Result<Response> applyRequest(const Request& request);
    base::Result<Response> applyWrite(const Request& request);
    base::Status admitted(const Request& request) const;  // alarms
    bool fitsQuota(const Request& request) const;

    StoreCore core;
    Lessor lessor{core};
    Alarms alarms{core};
    WatchHub hub{core};
    Compactor compactor{core};
    std::uint64_t consistentIndex = 0;
    std::uint64_t consistentTerm = 0;
};

}  // namespace raftarium::mvcc
