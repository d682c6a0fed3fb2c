// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/loop/ticker.h"

#include <algorithm>

namespace raftarium::node {

void Ticker::step(base::Nanoseconds now) {
    if (now < m_nextTickNs) return;
    m_raft.tick();
    // After a pause of the process the missed ticks do not come all at once: the core did not see that time pass.
    m_nextTickNs += m_pace.tickNs;
    if (m_nextTickNs <= now) m_nextTickNs = now + m_pace.tickNs;
}

void Ticker::setPace(const Pace& pace, base::Nanoseconds now) {
    const base::Nanoseconds untilTick = std::max<base::Nanoseconds>(m_nextTickNs - now, 0);
    m_nextTickNs = now + std::min(untilTick, pace.tickNs);
    if (pace.electionTicks != m_pace.electionTicks || pace.heartbeatTicks != m_pace.heartbeatTicks)
        m_raft.setTicks(static_cast<int>(pace.electionTicks), static_cast<int>(pace.heartbeatTicks));
    if (pace.preVote != m_pace.preVote) m_raft.setPreVote(pace.preVote);
    if (pace.checkQuorum != m_pace.checkQuorum) m_raft.setCheckQuorum(pace.checkQuorum);
    m_pace = pace;
}

void FirstElection::step(base::Nanoseconds now) {
    if (m_untilNs == 0) return;
    const auto electionTicks = static_cast<int>(m_ticker.pace().electionTicks);
    if (m_known.members.size() <= 1) {
        // A lone voter cannot campaign before it has applied the changes of members in its log.
        if (m_host.applied().index < m_raft.status().hardState.commit) return;
        m_untilNs = 0;
        for (int i = 0; i < 2 * electionTicks && m_raft.status().softState.role == raft::Role::follower; ++i)
            m_raft.tick();
        return;
    }
    std::size_t connected = 0;
    std::size_t peers = 0;
    for (const auto& [id, member] : m_known.members) {
        if (id == m_self) continue;
        ++peers;
        if (m_transport.connectedSince(id) != 0) ++connected;
    }
    if (m_host.leader() != 0 || now > m_untilNs) {
        m_untilNs = 0;
    } else if (connected >= std::min<std::size_t>(2, peers)) {
        m_untilNs = 0;
        for (int i = 0; i + 2 < electionTicks; ++i) m_raft.tick();
    }
}

}  // namespace raftarium::node
