// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Leases while this member leads: only the leader counts their time (facts: behaviour, leases). It revokes those that
// are over, logs how much time long ones have left, and renews them for clients. Each of these is done only once a
// majority has confirmed the leadership: a leader that was frozen or cut off does not know that another one was elected
// meanwhile (etcd#12528, etcd#15247).
#pragma once

#include "cluster/mvcc/store.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/loop/reader_gate.h"

#include <cstdint>
#include <map>
#include <vector>

namespace raftarium::node {

class LeaseKeeper {
public:
    // `checkpoints`: --experimental-enable-lease-checkpoint.
    LeaseKeeper(LoopHost& host, mvcc::Store& store, ReaderGate& gate, bool checkpoints)
        : m_host(host), m_store(store), m_gate(gate), m_checkpoints(checkpoints) {}

    // The first entry of this member's own term as leader is applied: from now on it counts. Under the writer's gate.
    void promote();
    // It does not lead any more. Takes the gate.
    void demote();

    // RaftLoop::confirmLeadership and renewLease.
    void confirmLeadership(ReadDone done);
    void renew(std::int64_t id, RenewDone done);

    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const { return m_counting ? m_nextCheckNs : kNever; }

private:
    base::Error leaderElsewhere() const;
    void renewConfirmed(std::int64_t id, RenewDone done);
    void check();
    void revoke(const std::vector<std::int64_t>& expired);
    void checkpoint();
    void proposeCheckpoint(const std::vector<mvcc::LeaseCheckpointOp::Item>& items, ProposalDone done);

    LoopHost& m_host;
    mvcc::Store& m_store;
    ReaderGate& m_gate;
    bool m_checkpoints;
    bool m_counting = false;
    bool m_confirming = false;
    base::Nanoseconds m_nextCheckNs = 0;
    std::map<std::int64_t, base::Nanoseconds> m_revoking;  // lease -> when to try again
};

}  // namespace raftarium::node
