// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Proposals, linearizable reads, leases, watch streams, leader transfer.

#include "cluster/base/coding.h"
#include "cluster/node/loop/loop.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace raftarium::node {
namespace {

// A follower forwards a batch as one message; this keeps it near the size of an append.
constexpr std::size_t kMaxBatchBytes = 1 << 20;
constexpr std::size_t kMaxRevokesPerRound = 500;
constexpr base::Nanoseconds kRevokeRetryNs = 3 * base::kSecond;
constexpr std::size_t kCheckpointsPerEntry = 1000;
constexpr int kCheckpointEntriesPerRound = 16;

}  // namespace

void Loop::proposeBatch(std::vector<Proposal>& proposals) {
    const base::Nanoseconds deadline = m_now + m_requestTimeoutNs;
    for (Proposal& proposal : proposals) {
        if (m_telemetry.admits(proposal.id)) {
            RequestStep received;
            received.requestId = proposal.id;
            received.payload = proposal.payload;
            emit(std::move(received));
        }
        m_pending.add(proposal.id, m_now, deadline, std::move(proposal.done));
    }
    // As etcd: with no leader in sight a proposal waits for one, or for its timeout. So it does while leadership is
    // handed over.
    if (!m_raft.takesProposals()) {
        std::move(proposals.begin(), proposals.end(), std::back_inserter(m_waitingForLeader));
        return;
    }
    proposeNow(proposals);
}

void Loop::proposeNow(std::vector<Proposal>& proposals) {
    std::size_t from = 0;
    while (from < proposals.size()) {
        std::vector<base::Bytes> batch;
        std::size_t bytes = 0;
        std::size_t to = from;
        while (to < proposals.size() && (batch.empty() || bytes + proposals[to].payload.size() <= kMaxBatchBytes)) {
            bytes += proposals[to].payload.size();
            batch.push_back(std::move(proposals[to].payload));
            ++to;
        }
        const bool accepted = m_raft.propose(std::move(batch)) == raft::StepError::none;
        for (std::size_t i = from; i < to; ++i) {
            if (m_telemetry.admits(proposals[i].id)) {
                RequestStep step;
                step.requestId = proposals[i].id;
                step.phase = !accepted ? 4 : isLeader() ? 1 : 2;
                if (!accepted)
                    step.text = std::string(mvcc::apiErrorText(mvcc::ApiError::proposalDropped));
                else if (!isLeader())
                    step.forwardedTo = leader();
                emit(std::move(step));
            }
            if (accepted) continue;
            if (ProposalDone done = m_pending.take(proposals[i].id))
                done(mvcc::makeError(mvcc::ApiError::proposalDropped));
        }
        from = to;
    }
}

void Loop::retryWaiting() {
    std::erase_if(m_heldForwards, [this](const auto& held) { return held.first <= m_now; });
    if ((m_waitingForLeader.empty() && m_heldForwards.empty()) || !m_raft.takesProposals()) return;
    for (auto& [until, message] : std::exchange(m_heldForwards, {}))
        static_cast<void>(m_raft.receive(std::move(message)));
    std::vector<Proposal> waiting = std::exchange(m_waitingForLeader, {});
    std::erase_if(waiting, [this](const Proposal& proposal) { return !m_pending.contains(proposal.id); });
    proposeNow(waiting);
}

void Loop::proposeOwn(std::uint64_t id, std::string payload, ProposalDone done) {
    m_pending.add(id, m_now, m_now + m_requestTimeoutNs, std::move(done));
    std::vector<base::Bytes> batch;
    batch.emplace_back(std::move(payload));
    if (m_raft.propose(std::move(batch)) == raft::StepError::none) return;
    if (ProposalDone dropped = m_pending.take(id)) dropped(mvcc::makeError(mvcc::ApiError::proposalDropped));
}

// Which of etcd's three timeouts it was: the leader changed meanwhile, or the way to it (or to the quorum) was broken.
base::Error Loop::timeoutError(base::Nanoseconds startNs) const {
    const base::Nanoseconds lostAtNs = m_leaderElectedAtNs - 2 * electionNs();
    if (startNs > lostAtNs && startNs < m_leaderElectedAtNs)
        return mvcc::makeError(mvcc::ApiError::timeoutDueToLeaderFail);
    const auto connected = [&](std::uint64_t id) {
        const std::int64_t since = m_transport.connectedSince(id);
        return since != 0 && since < startNs;
    };
    if (isLeader()) {
        std::size_t reached = 1;
        for (const std::uint64_t id : m_confState.voters)
            if (id != m_start.nodeId && connected(id)) ++reached;
        if (reached < m_confState.voters.size() / 2 + 1)
            return mvcc::makeError(mvcc::ApiError::timeoutDueToConnectionLost);
    } else if (leader() != 0 && !connected(leader())) {
        return mvcc::makeError(mvcc::ApiError::timeoutDueToConnectionLost);
    }
    return mvcc::makeError(mvcc::ApiError::timeout);
}

void Loop::driveReads() {
    if (m_reads.idle()) return;
    // The core knows a new leader before the node does, and the request goes to that one.
    const std::uint64_t leader = m_raft.status().softState.lead;
    const base::Bytes context = m_reads.poll(m_now, leader, readRetryNs(), m_parts.nextRequestId);
    if (!context.isNull()) m_raft.readIndex(context);
}

void Loop::openWatchStream(mvcc::WatchSink& sink, std::function<void(mvcc::StreamId)> done) {
    mvcc::StreamId id = 0;
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        id = m_store.openWatchStream(sink);
    }
    done(id);
}

void Loop::closeWatchStream(mvcc::StreamId stream, std::function<void()> closed) {
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        m_store.closeWatchStream(stream);
    }
    closed();
}

void Loop::createWatch(mvcc::StreamId stream, mvcc::WatchRequest request,
                       std::function<void(base::Result<mvcc::WatchCreated>)> done) {
    base::Result<mvcc::WatchCreated> created = mvcc::WatchCreated{};
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        created = m_store.createWatch(stream, request);
    }
    if (listening()) takeStoreTrace(0);
    m_nextBackgroundNs = m_now;  // it may have history to catch up with
    done(std::move(created));
}

void Loop::cancelWatch(mvcc::StreamId stream, mvcc::WatchId watch, std::function<void(bool)> done) {
    bool found = false;
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        found = m_store.cancelWatch(stream, watch);
    }
    if (listening()) takeStoreTrace(0);
    done(found);
}

void Loop::retryWatchStream(mvcc::StreamId stream) {
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        m_store.retryWatchStream(stream);
    }
    if (listening()) takeStoreTrace(0);
    m_nextBackgroundNs = m_now;  // it goes on with what it missed meanwhile
}

void Loop::requestWatchProgress(mvcc::StreamId stream) {
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        m_store.requestWatchProgress(stream);
    }
    if (listening()) takeStoreTrace(0);
}

base::Error Loop::leaderElsewhere() const {
    // As leader it does not count leases yet: the caller may ask again.
    return {base::Errc::unavailable, base::hexId(isLeader() ? 0 : leader())};
}

// A leader that was frozen, or cut off, does not know that another one was elected meanwhile (etcd#12528, etcd#15247).
// What it is asked together shares one ReadIndex batch.
void Loop::confirmLeadership(ReadDone done) {
    if (!isLeader() || !m_leasesPromoted) return done(leaderElsewhere());
    const auto confirmed = [this, term = m_raft.status().hardState.term,
                            done = std::move(done)](const base::Status& status) {
        const bool leads = isLeader() && m_leasesPromoted && m_raft.status().hardState.term == term;
        const bool changed = !status && mvcc::apiErrorOf(status.error()) == mvcc::ApiError::leaderChanged;
        if (changed || (status && !leads)) return done(leaderElsewhere());
        done(status);
    };
    m_reads.add(confirmed, m_now);
}

void Loop::renewLease(std::int64_t id, RenewDone done) {
    confirmLeadership([this, id, done = std::move(done)](const base::Status& leads) {
        if (leads)
            renewConfirmed(id, done);
        else
            done(leads.error());
    });
}

void Loop::renewConfirmed(std::int64_t id, RenewDone done) {
    base::Result<std::int64_t> ttl = std::int64_t{0};
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        ttl = m_store.renewLease(id, m_now);
    }
    if (listening()) takeStoreTrace(0);
    const auto lease = m_store.lease(id, m_now, false);
    if (!ttl || !lease || lease->checkpointedTtlSeconds == 0) {
        done(std::move(ttl));
        return;
    }
    // A later leader would go on from the checkpoint: it must not know of it any more when the client hears of success.
    proposeCheckpoint({{id, 0}}, [ttl = *ttl, done = std::move(done)](const base::Result<Applied>& applied) {
        done(applied ? base::Result<std::int64_t>(ttl) : base::Result<std::int64_t>(applied.error()));
    });
}

void Loop::proposeCheckpoint(const std::vector<mvcc::LeaseCheckpointOp::Item>& items, ProposalDone done) {
    const std::uint64_t id = m_parts.nextRequestId();
    etcdserverpb::LeaseCheckpointRequest request;
    for (const auto& item : items) {
        auto* checkpoint = request.add_checkpoints();
        checkpoint->set_id(item.id);
        checkpoint->set_remaining_ttl(item.remainingTtlSeconds);
    }
    proposeOwn(id, wire::wrapRequest(wire::RequestField::leaseCheckpoint, request, id), std::move(done));
}

// What a lost entry leaves out is logged again an interval later.
void Loop::checkpointLeases() {
    for (int i = 0; i < kCheckpointEntriesPerRound; ++i) {
        const auto items = m_store.dueLeaseCheckpoints(m_now, kCheckpointsPerEntry);
        if (!items.empty()) proposeCheckpoint(items, [](const base::Result<Applied>&) {});
        if (items.size() < kCheckpointsPerEntry) return;
    }
}

// Only once a majority has confirmed that no other member counts them by now.
void Loop::checkLeases() {
    if (m_confirmingLeases) return;
    std::vector<std::int64_t> expired = m_store.expiredLeases(m_now, kMaxRevokesPerRound);
    if (expired.empty() && !m_parts.config.leaseCheckpoint) return;
    m_confirmingLeases = true;
    confirmLeadership([this, expired = std::move(expired)](const base::Status& leads) {
        m_confirmingLeases = false;
        if (!leads) return;
        revokeLeases(expired);
        if (m_parts.config.leaseCheckpoint) checkpointLeases();
    });
}

void Loop::revokeLeases(const std::vector<std::int64_t>& expired) {
    std::erase_if(m_revoking, [this](const auto& item) { return item.second <= m_now; });
    for (const std::int64_t lease : expired) {
        if (m_revoking.contains(lease)) continue;
        // It may have ended, or been counted anew by a later term of this member.
        const auto view = m_store.lease(lease, m_now, false);
        if (!view || view->deadline == 0 || view->deadline > m_now) continue;
        m_revoking[lease] = m_now + kRevokeRetryNs;
        const std::uint64_t id = m_parts.nextRequestId();
        etcdserverpb::LeaseRevokeRequest request;
        request.set_id(lease);
        proposeOwn(id, wire::wrapRequest(wire::RequestField::leaseRevoke, request, id),
                   [this, lease](const base::Result<Applied>&) { m_revoking.erase(lease); });
    }
}

void Loop::moveLeader(std::uint64_t target, ReadDone done) {
    if (!isLeader()) {
        done(mvcc::makeError(mvcc::ApiError::notLeader));
        return;
    }
    const auto& voters = m_confState.voters;
    if (std::find(voters.begin(), voters.end(), target) == voters.end()) {
        done(mvcc::makeError(mvcc::ApiError::badLeaderTransferee));
        return;
    }
    if (target == m_start.nodeId) {
        done({});
        return;
    }
    m_log.info("leadership transfer from {} to {} begins", base::hexId(m_start.nodeId), base::hexId(target));
    m_raft.transferLeader(target);
    m_transfers.push_back({m_start.nodeId, target, m_now + m_requestTimeoutNs, std::move(done)});
}

void Loop::checkTransfer() {
    for (auto it = m_transfers.begin(); it != m_transfers.end();) {
        const bool moved = leader() != 0 && leader() != it->from;
        if (!moved && m_now < it->deadlineNs) {
            ++it;
            continue;
        }
        ReadDone done = std::move(it->done);
        it = m_transfers.erase(it);
        if (moved)
            done({});
        else
            done(mvcc::makeError(mvcc::ApiError::timeoutLeaderTransfer));
    }
}

// The voter connected for longest, 0 if none is.
std::uint64_t Loop::successor() const {
    std::uint64_t target = 0;
    std::int64_t longest = std::numeric_limits<std::int64_t>::max();
    for (const std::uint64_t id : m_confState.voters) {
        const std::int64_t since = id == m_start.nodeId ? 0 : m_transport.connectedSince(id);
        if (since == 0 || since >= longest) continue;
        longest = since;
        target = id;
    }
    return target;
}

void Loop::campaign() { static_cast<void>(m_raft.campaign()); }

}  // namespace raftarium::node
