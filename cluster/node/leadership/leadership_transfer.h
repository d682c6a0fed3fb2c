// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Who asked for which new leader, and until when. The core makes the transfer; this part answers when it is done, or
// too late.
#pragma once

#include "cluster/node/loop/loop_host.h"
#include "cluster/node/messages/transport.h"
#include "cluster/raft/types.h"

#include <spdlog/logger.h>

#include <cstdint>
#include <vector>

namespace raftarium::node {

class LeadershipTransfer {
public:
    LeadershipTransfer(LoopHost& host, std::uint64_t self, const raft::ConfState& conf, const Transport& transport,
                       spdlog::logger& log)
        : m_host(host), m_self(self), m_conf(conf), m_transport(transport), m_log(log) {}

    // RaftLoop::moveLeader. Errors: notLeader, badLeaderTransferee (no voter), timeoutLeaderTransfer.
    void move(std::uint64_t target, ReadDone done);
    // Before a stop: to the successor, if there is one. `done` runs after `withinNs` at the latest.
    void handOver(base::Nanoseconds withinNs, std::function<void()> done);
    // The voter that has been connected for longest, without this member; 0 if none is.
    std::uint64_t successor() const;

    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const;  // kNever if nobody waits
    void failAll(const base::Error& error);

private:
    struct Waiting {
        base::Nanoseconds deadlineNs = 0;
        ReadDone done;
    };
    void begin(std::uint64_t target, base::Nanoseconds deadlineNs, ReadDone done);

    LoopHost& m_host;
    std::uint64_t m_self;
    const raft::ConfState& m_conf;
    const Transport& m_transport;
    spdlog::logger& m_log;
    std::vector<Waiting> m_waiting;
};

}  // namespace raftarium::node
