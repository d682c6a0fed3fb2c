// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/leadership/lease_keeper.h"

#include "cluster/base/coding.h"
#include "cluster/wire/requests.h"

#include <utility>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kCheckIntervalNs = 500 * base::kMillisecond;
constexpr std::size_t kRevokesPerRoundMax = 500;
constexpr base::Nanoseconds kRevokeRetryNs = 3 * base::kSecond;
constexpr std::size_t kCheckpointsPerEntry = 1000;
constexpr int kCheckpointEntriesPerRound = 16;

}  // namespace

void LeaseKeeper::promote() {
    if (m_counting) return;
    m_counting = true;
    m_revoking.clear();
    m_store.promoteLeases(m_host.now(), m_host.electionTimeoutNs());
}

void LeaseKeeper::demote() {
    if (!m_counting) return;
    m_counting = false;
    m_revoking.clear();
    const ReaderGate::Exclusive gate(m_gate);
    m_store.demoteLeases();
}

base::Error LeaseKeeper::leaderElsewhere() const {
    // A new leader does not count leases yet: the caller may ask again.
    return {base::Errc::unavailable, base::hexId(m_host.isLeader() ? 0 : m_host.leader())};
}

// Calls that come together share one ReadIndex batch.
void LeaseKeeper::confirmLeadership(ReadDone done) {
    if (!m_host.isLeader() || !m_counting) return done(leaderElsewhere());
    m_host.linearizableRead([this, term = m_host.term(), done = std::move(done)](const base::Status& status) {
        const bool leads = m_host.isLeader() && m_counting && m_host.term() == term;
        const bool changed = !status && mvcc::apiErrorOf(status.error()) == mvcc::ApiError::leaderChanged;
        if (changed || (status && !leads)) return done(leaderElsewhere());
        done(status);
    });
}

void LeaseKeeper::renew(std::int64_t id, RenewDone done) {
    confirmLeadership([this, id, done = std::move(done)](const base::Status& leads) {
        if (leads)
            renewConfirmed(id, done);
        else
            done(leads.error());
    });
}

void LeaseKeeper::renewConfirmed(std::int64_t id, RenewDone done) {
    base::Result<std::int64_t> ttl = std::int64_t{0};
    {
        const ReaderGate::Exclusive gate(m_gate);
        ttl = m_store.renewLease(id, m_host.now());
    }
    m_host.storeChanged();
    const auto lease = m_store.lease(id, m_host.now(), false);
    if (!ttl || !lease || lease->checkpointedTtlSeconds == 0) {
        done(std::move(ttl));
        return;
    }
    // A later leader would continue from the checkpoint. It must be gone before the client is told of success.
    proposeCheckpoint({{id, 0}}, [ttl = *ttl, done = std::move(done)](const base::Result<Applied>& applied) {
        done(applied ? base::Result<std::int64_t>(ttl) : base::Result<std::int64_t>(applied.error()));
    });
}

void LeaseKeeper::proposeCheckpoint(const std::vector<mvcc::LeaseCheckpointOp::Item>& items, ProposalDone done) {
    const std::uint64_t id = m_host.nextRequestId();
    etcdserverpb::LeaseCheckpointRequest request;
    for (const auto& item : items) {
        auto* checkpoint = request.add_checkpoints();
        checkpoint->set_id(item.id);
        checkpoint->set_remaining_ttl(item.remainingTtlSeconds);
    }
    m_host.propose(id, wire::wrapRequest(wire::RequestField::leaseCheckpoint, request, id), std::move(done));
}

// If an entry gets lost, its leases are due again one interval later.
void LeaseKeeper::checkpoint() {
    for (int i = 0; i < kCheckpointEntriesPerRound; ++i) {
        const auto items = m_store.dueLeaseCheckpoints(m_host.now(), kCheckpointsPerEntry);
        if (!items.empty()) proposeCheckpoint(items, [](const base::Result<Applied>&) {});
        if (items.size() < kCheckpointsPerEntry) return;
    }
}

void LeaseKeeper::step(base::Nanoseconds now) {
    if (now < m_nextCheckNs) return;
    m_nextCheckNs = now + kCheckIntervalNs;
    if (m_counting) check();
}

void LeaseKeeper::check() {
    if (m_confirming) return;
    std::vector<std::int64_t> expired = m_store.expiredLeases(m_host.now(), kRevokesPerRoundMax);
    if (expired.empty() && !m_checkpoints) return;
    m_confirming = true;
    confirmLeadership([this, expired = std::move(expired)](const base::Status& leads) {
        m_confirming = false;
        if (!leads) return;
        revoke(expired);
        if (m_checkpoints) checkpoint();
    });
}

void LeaseKeeper::revoke(const std::vector<std::int64_t>& expired) {
    const base::Nanoseconds now = m_host.now();
    std::erase_if(m_revoking, [now](const auto& item) { return item.second <= now; });
    for (const std::int64_t lease : expired) {
        if (m_revoking.contains(lease)) continue;
        // It may have ended, or a later term of this member may have begun to count it anew.
        const auto view = m_store.lease(lease, now, false);
        if (!view || view->deadline == 0 || view->deadline > now) continue;
        m_revoking[lease] = now + kRevokeRetryNs;
        const std::uint64_t id = m_host.nextRequestId();
        etcdserverpb::LeaseRevokeRequest request;
        request.set_id(lease);
        m_host.propose(id, wire::wrapRequest(wire::RequestField::leaseRevoke, request, id),
                       [this, lease](const base::Result<Applied>&) { m_revoking.erase(lease); });
    }
}

}  // namespace raftarium::node
