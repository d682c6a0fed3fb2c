// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Proposals made at this member: which waits for what, and until when. With no leader in sight a client's proposal
// waits for one, or for its timeout, as in etcd; so it does while leadership is handed over. Then it waits for its
// entry to be applied here.
#pragma once

#include "cluster/node/loop/inbox.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/messages/transport.h"
#include "cluster/node/requests/forwards.h"
#include "cluster/node/requests/pending_proposals.h"
#include "cluster/node/telemetry/telemetry_publisher.h"
#include "cluster/raft/raw_node.h"

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::node {

class Proposals {
public:
    Proposals(LoopHost& host, std::uint64_t self, raft::RawNode& raft, const raft::ConfState& conf,
              const Transport& transport, TelemetryPublisher& telemetry)
        : m_host(host), m_self(self), m_raft(raft), m_conf(conf), m_transport(transport), m_telemetry(telemetry) {}

    // Clients' proposals of one turn, moved from.
    void propose(std::vector<Proposal>& proposals);
    // LoopHost::propose.
    void proposeOwn(std::uint64_t id, std::string payload, ProposalDone done);
    // A proposal that another member forwarded, while the core takes none. False: it stays with the caller.
    bool keepForward(raft::Message& message);
    // The entry of this request is applied: who waits for it; null if nobody here does (any more).
    ProposalDone take(std::uint64_t id) { return m_pending.take(id); }

    void leaderElected() { m_leaderElectedAtNs = m_host.now(); }
    // The core may take proposals now: what waits for that goes to it.
    void retry();

    void step(base::Nanoseconds now);  // timeouts
    base::Nanoseconds nextDueNs() const { return m_pending.nextDeadlineNs(); }
    void failAll(const base::Error& error);

private:
    void proposeNow(std::vector<Proposal>& proposals);
    base::Error timeoutError(base::Nanoseconds startNs) const;

    LoopHost& m_host;
    std::uint64_t m_self;
    raft::RawNode& m_raft;
    const raft::ConfState& m_conf;
    const Transport& m_transport;
    TelemetryPublisher& m_telemetry;
    PendingProposals m_pending;
    std::vector<Proposal> m_waitingForLeader;  // these are in m_pending, too
    Forwards m_forwards;
    base::Nanoseconds m_leaderElectedAtNs = 0;
};

}  // namespace raftarium::node
