// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// When the store's backend writes to disk what it has buffered: at intervals, after many changes, or because a snapshot
// needs it. The WAL keeps what is not written yet.
#pragma once

#include "cluster/node/loop/loop_host.h"
#include "cluster/storage/backend/lmdb_backend.h"

#include <functional>

namespace raftarium::node {

class BackendCommits {
public:
    // --backend-batch-interval and --backend-batch-limit.
    BackendCommits(LoopHost& host, storage::LmdbBackend& backend, base::Nanoseconds intervalNs, std::size_t limit)
        : m_host(host), m_backend(backend), m_intervalNs(intervalNs), m_limit(limit) {}

    void start(base::Nanoseconds now) { m_lastNs = now; }
    // Commits now. `onBackendThread`, if there is one, runs there after it, and its result replaces the commit's;
    // `done` runs on the raft loop.
    void commit(std::function<void(base::Status)> done,
                std::function<base::Status(base::Status)> onBackendThread = nullptr);

    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const;

private:
    LoopHost& m_host;
    storage::LmdbBackend& m_backend;
    base::Nanoseconds m_intervalNs;
    std::size_t m_limit;
    bool m_committing = false;
    base::Nanoseconds m_lastNs = 0;
};

}  // namespace raftarium::node
