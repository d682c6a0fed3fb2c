// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The answers to applied requests. They go out after the reader gate is open. Some wait longer: for the rows of a
// physical compaction to be gone from the disk, or for the alarm NOSPACE.
#pragma once

#include "cluster/mvcc/store.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/telemetry/telemetry_publisher.h"
#include "cluster/storage/backend/lmdb_backend.h"

#include <spdlog/logger.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace raftarium::node {

class Answers {
public:
    Answers(LoopHost& host, std::uint64_t self, mvcc::Store& store, storage::LmdbBackend& backend,
            TelemetryPublisher& telemetry, spdlog::logger& log)
        : m_host(host), m_self(self), m_store(store), m_backend(backend), m_telemetry(telemetry), m_log(log) {}

    // --- Under the reader gate ---------------------------------------------------------------------------------------
    enum class When : std::uint8_t { now, compacted, alarmRaised };
    void add(std::uint64_t requestId, ProposalDone done, base::Result<Applied> result, When when = When::now);
    // Runs outside the gate, after the answers.
    void afterwards(std::function<void()> work) { m_afterwards.push_back(std::move(work)); }
    // An entry did not fit into this member's store: the alarm is raised afterwards.
    void noSpaceAtApply();

    // --- Outside it --------------------------------------------------------------------------------------------------
    void send();
    // RaftLoop::raiseNoSpace.
    void raiseNoSpace();
    // After each step of the store's background work.
    void sendCompacted();
    void failAll(const base::Error& error);

private:
    struct Answer {
        ProposalDone done;
        base::Result<Applied> result;
        std::uint64_t id = 0;
    };
    void proposeAlarm();

    LoopHost& m_host;
    std::uint64_t m_self;
    mvcc::Store& m_store;
    storage::LmdbBackend& m_backend;
    TelemetryPublisher& m_telemetry;
    spdlog::logger& m_log;
    std::vector<Answer> m_ready;
    std::vector<Answer> m_compacting;
    std::vector<Answer> m_overQuota;
    bool m_raisingNoSpace = false;
    std::vector<std::function<void()>> m_afterwards;
};

}  // namespace raftarium::node
