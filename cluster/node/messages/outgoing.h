// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Messages from this member to others: each gets its id, may be deferred (a commit notice), goes through the fault
// gate, and leaves with all others of its turn in one call of the transport.
#pragma once

#include "cluster/node/loop/loop_host.h"
#include "cluster/node/messages/deferred_commits.h"
#include "cluster/node/messages/fault_gate.h"
#include "cluster/node/messages/transport.h"
#include "cluster/node/telemetry/telemetry_publisher.h"

#include <cstdint>
#include <vector>

namespace raftarium::node {

class OutgoingMessages {
public:
    OutgoingMessages(LoopHost& host, std::uint64_t self, std::uint64_t incarnation, FaultGate& faults,
                     Transport& transport, TelemetryPublisher& telemetry)
        : m_host(host),
          m_self(self),
          m_incarnation(incarnation),
          m_faults(faults),
          m_transport(transport),
          m_telemetry(telemetry) {}

    MessageId nextId() { return {m_self, m_incarnation, ++m_counter}; }
    // A follower forwarded something of its clients.
    void clientsWaitAt(std::uint64_t peer) { m_deferred.clientsWait(peer, m_host.now()); }

    // Sent with the next flush(). A commit notice (an append without entries) may be deferred beyond it.
    void add(raft::Message&& message, raft::Index lastIndex) {
        if (!m_deferred.defer(message, lastIndex, m_host.now())) dispatch(std::move(message));
    }
    // What the fault gate lets through again.
    void addReleased(GatedMessage&& message) { m_outgoing.push_back({std::move(message.message), message.id.counter}); }
    // Sends the deferred notices now: a member that is removed must learn of the commit while it can be reached.
    void sendAllDeferred() { sendDeferred(true); }
    void flush() {
        if (m_outgoing.empty()) return;
        m_transport.send(m_outgoing);
        m_outgoing.clear();
    }

    void step(base::Nanoseconds) { sendDeferred(false); }
    base::Nanoseconds nextDueNs() const { return m_deferred.nextDueNs(); }

    // Makes events of what the fault gate did.
    void emitGateEvents(std::vector<GateEvent>& events);

private:
    void dispatch(raft::Message&& message);
    void sendDeferred(bool all);

    LoopHost& m_host;
    std::uint64_t m_self;
    std::uint64_t m_incarnation;
    FaultGate& m_faults;
    Transport& m_transport;
    TelemetryPublisher& m_telemetry;
    std::uint64_t m_counter = 0;
    DeferredCommits m_deferred;
    std::vector<Outgoing> m_outgoing;
    std::vector<GatedMessage> m_gated;  // kept for their capacity
    std::vector<GateEvent> m_gateEvents;
};

}  // namespace raftarium::node
