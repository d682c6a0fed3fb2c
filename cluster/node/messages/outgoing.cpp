// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/messages/outgoing.h"

#include "cluster/node/telemetry/telemetry_values.h"

#include <utility>

namespace raftarium::node {

void OutgoingMessages::dispatch(raft::Message&& message) {
    const MessageId id = nextId();
    if (m_telemetry.admits(id)) m_host.emit(telemetry::MessageSent{valueOf(message, id)});
    if (!m_faults.active()) {
        m_outgoing.push_back({std::move(message), id.counter});
        return;
    }
    m_gated.clear();
    m_faults.filter({std::move(message), id}, m_host.now(), m_gated, m_gateEvents);
    emitGateEvents(m_gateEvents);
    for (GatedMessage& one : m_gated) addReleased(std::move(one));
}

void OutgoingMessages::sendDeferred(bool all) {
    if (m_deferred.empty()) return;
    m_deferred.takeDue(m_host.now(), all, [this](raft::Message&& message) {
        // A notice of an earlier term must not go: this member does not lead that term any more.
        if (m_host.isLeader() && message.term == m_host.term()) dispatch(std::move(message));
    });
    flush();
}

void OutgoingMessages::emitGateEvents(std::vector<GateEvent>& events) {
    for (GateEvent& event : events) {
        std::visit(
            [this](auto& each) {
                if (m_telemetry.admits(each.message.key)) m_host.emit(std::move(each));
            },
            event);
    }
    events.clear();
}

}  // namespace raftarium::node
