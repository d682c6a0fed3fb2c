// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Applying configuration changes to a running member (paper 6, thesis 4).
#include "cluster/raft/raft.h"

namespace raftarium::raft {

ConfState Raft::applyConfChange(const ConfChangeV2& change) {
    // A snapshot came while entries before it were still being applied: its configuration holds their changes already.
    if (m_log.hasPendingSnapshot()) return m_tracker.configuration.state();
    ChangeResult result = ConfChanger(m_tracker, m_log.lastIndex()).apply(change);
    // Whether a change is possible follows from the changes before it in the log: all members find the same.
    if (!std::holds_alternative<NextConfiguration>(result)) return m_tracker.configuration.state();
    return switchTo(std::move(std::get<NextConfiguration>(result)));
}

std::string Raft::confChangeFault(const ConfChangeV2& change) const {
    if (m_log.hasPendingSnapshot()) return "";  // see above
    const ChangeResult result = ConfChanger(m_tracker, m_log.lastIndex()).apply(change);
    const auto* fault = std::get_if<std::string>(&result);
    return fault ? *fault : "";
}

ConfState Raft::switchTo(NextConfiguration next) {
    m_tracker.configuration = std::move(next.configuration);
    m_tracker.peers = std::move(next.peers);
    addTrace(trace::ConfigurationChanged{});
    ConfState state = m_tracker.configuration.state();
    const Progress* own = m_tracker.peers.find(id());
    m_learner = own && own->learner;

    if (m_role != Role::leader) return state;
    if (!own || m_learner) {
        // By default a removed leader goes on without counting itself, until the others elect another.
        if (m_config.stepDownOnRemoval) becomeFollower(m_term, kNone, RoleCause::removed);
        return state;
    }
    if (state.voters.empty()) return state;
    if (maybeCommit()) {
        // A smaller quorum may have committed more.
        broadcastAppend();
    } else {
        // Newcomers need not wait for the next heartbeat.
        for (Peered& peer : m_tracker.peers) {
            if (peer.id != id()) maybeSendAppend(peer.id, false);
        }
    }
    if (m_transferee != kNone && !m_tracker.configuration.voters.contains(m_transferee)) abortTransfer();
    return state;
}

// The leader proposes the way out of a joint configuration that asked for it, once the way in is applied.
void Raft::leaveJointIfDue() {
    if (!m_tracker.configuration.autoLeave || m_log.applied() < m_pendingConfIndex || m_role != Role::leader) return;
    Message message;
    message.type = MessageType::prop;
    // No data at all is an empty change, and cannot be refused for its size.
    message.entries.push_back({0, 0, EntryType::confChangeV2, {}});
    // Dropped during a leader transfer; tried again with the next entry applied.
    step(std::move(message));
}

}  // namespace raftarium::raft
