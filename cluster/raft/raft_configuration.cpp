// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Applying configuration changes to a running member (paper 6, thesis 4).
#include "cluster/raft/raft.h"

namespace raftarium::raft {

ConfState Raft::applyConfChange(const ConfChangeV2& change) {
    // A snapshot arrived while entries before it were being applied. Its configuration already includes their changes.
    if (m_log.hasPendingSnapshot()) return m_tracker.configuration.state();
    ChangeResult result = ConfChanger(m_tracker, m_log.lastIndex()).apply(change);
    // Whether a change is possible depends only on the changes before it in the log, so all members decide alike.
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
        // By default a removed leader goes on leading, without counting itself, until the others elect a new one.
        if (m_config.stepDownOnRemoval) becomeFollower(m_term, kNone, RoleCause::removed);
        return state;
    }
    if (state.voters.empty()) return state;
    if (maybeCommit()) {
        // The new quorum may be smaller, so that more entries are committed.
        broadcastAppend();
    } else {
        // New members need not wait for the next heartbeat.
        for (Peered& peer : m_tracker.peers) {
            if (peer.id != id()) maybeSendAppend(peer.id, false);
        }
    }
    if (m_transferee != kNone && !m_tracker.configuration.voters.contains(m_transferee)) abortTransfer();
    return state;
}

// A joint configuration with autoLeave has been entered: the leader proposes to leave it.
void Raft::leaveJointIfDue() {
    if (!m_tracker.configuration.autoLeave || m_log.applied() < m_pendingConfIndex || m_role != Role::leader) return;
    Message message;
    message.type = MessageType::prop;
    // An entry without data is the empty change. It cannot be refused for its size.
    message.entries.push_back({0, 0, EntryType::confChangeV2, {}});
    // During a leader transfer the proposal is dropped; the leader tries again when it applies the next entry.
    step(std::move(message));
}

}  // namespace raftarium::raft
