// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The core's clock: ticks at the pace that control sets. After a start it also shortens the first election timeout, as
// etcd does (--initial-election-tick-advance).
#pragma once

#include "cluster/node/config/config.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/messages/transport.h"
#include "cluster/raft/raw_node.h"

#include <algorithm>
#include <cstdint>

namespace raftarium::node {

class Ticker {
public:
    Ticker(raft::RawNode& raft, const Pace& pace) : m_raft(raft), m_pace(pace) {}

    void start(base::Nanoseconds now) { m_nextTickNs = now + m_pace.tickNs; }
    const Pace& pace() const { return m_pace; }
    base::Nanoseconds electionTimeoutNs() const { return m_pace.tickNs * m_pace.electionTicks; }
    // How long the answer to a ReadIndex batch is waited for. At etcd's pace that is its half second; at a slow pace
    // with slow links the answer takes longer.
    base::Nanoseconds readRetryNs() const {
        constexpr int kHeartbeats = 5;
        return std::min(electionTimeoutNs(), m_pace.tickNs * m_pace.heartbeatTicks * kHeartbeats);
    }
    // A valid one (checkPace). The next tick comes no later than the old and the new pace have it.
    void setPace(const Pace& pace, base::Nanoseconds now);

    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const { return m_nextTickNs; }

private:
    raft::RawNode& m_raft;
    Pace m_pace;
    base::Nanoseconds m_nextTickNs = 0;
};

class FirstElection {
public:
    FirstElection(const LoopHost& host, std::uint64_t self, raft::RawNode& raft, const Ticker& ticker,
                  const Transport& transport, const Membership& known)
        : m_host(host), m_self(self), m_raft(raft), m_ticker(ticker), m_transport(transport), m_known(known) {}

    void start(base::Nanoseconds now) { m_untilNs = now + kWindowNs; }
    // Most of the timeout is skipped once peers are connected and still no leader is known; all of it by a lone
    // voter, which need not wait for a leader that cannot be there.
    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const { return kNever; }  // the next tick is soon enough

private:
    static constexpr base::Nanoseconds kWindowNs = 5 * base::kSecond;

    const LoopHost& m_host;
    std::uint64_t m_self;
    raft::RawNode& m_raft;
    const Ticker& m_ticker;
    const Transport& m_transport;
    const Membership& m_known;
    base::Nanoseconds m_untilNs = 0;  // 0: done
};

}  // namespace raftarium::node
