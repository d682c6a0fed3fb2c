// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The store's background work, in small steps: rows of compactions, watchers that catch up; and the compactions that
// --auto-compaction-mode asks for.
#pragma once

#include "cluster/mvcc/store.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/loop/reader_gate.h"
#include "cluster/node/requests/answers.h"
#include "cluster/node/upkeep/auto_compaction.h"

#include <spdlog/logger.h>

namespace raftarium::node {

class StoreUpkeep {
public:
    StoreUpkeep(LoopHost& host, mvcc::Store& store, ReaderGate& gate, Answers& answers)
        : m_host(host), m_store(store), m_gate(gate), m_answers(answers) {}

    // A watcher may have something to catch up with.
    void soon() { m_nextNs = m_host.now(); }
    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const { return m_nextNs; }

private:
    LoopHost& m_host;
    mvcc::Store& m_store;
    ReaderGate& m_gate;
    Answers& m_answers;
    base::Nanoseconds m_nextNs = 0;
};

// Proposes what AutoCompaction asks for.
class Compactor {
public:
    Compactor(LoopHost& host, AutoCompaction when, const mvcc::Store& store, spdlog::logger& log)
        : m_host(host), m_when(std::move(when)), m_store(store), m_log(log) {}
    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const { return kNever; }  // a tick later is soon enough

private:
    LoopHost& m_host;
    AutoCompaction m_when;
    const mvcc::Store& m_store;
    spdlog::logger& m_log;
};

}  // namespace raftarium::node
