// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/requests/proposals.h"

#include "cluster/mvcc/txn/api_error.h"

#include <iterator>
#include <utility>

namespace raftarium::node {
namespace {

// A follower forwards a batch as one message; this keeps it near the size of an append.
constexpr std::size_t kBatchBytesMax = 1 << 20;

}  // namespace

void Proposals::propose(std::vector<Proposal>& proposals) {
    const base::Nanoseconds now = m_host.now();
    const base::Nanoseconds deadline = now + m_host.requestTimeoutNs();
    for (Proposal& proposal : proposals) {
        if (m_telemetry.admits(proposal.id)) {
            telemetry::ClientRequest received;
            received.requestId = proposal.id;
            received.payload = proposal.payload;
            m_host.emit(std::move(received));
        }
        m_pending.add(proposal.id, now, deadline, std::move(proposal.done));
    }
    if (!m_raft.takesProposals()) {
        std::move(proposals.begin(), proposals.end(), std::back_inserter(m_waitingForLeader));
        return;
    }
    proposeNow(proposals);
}

void Proposals::proposeNow(std::vector<Proposal>& proposals) {
    std::size_t from = 0;
    while (from < proposals.size()) {
        std::vector<base::Bytes> batch;
        std::size_t bytes = 0;
        std::size_t to = from;
        while (to < proposals.size() && (batch.empty() || bytes + proposals[to].payload.size() <= kBatchBytesMax)) {
            bytes += proposals[to].payload.size();
            batch.push_back(std::move(proposals[to].payload));
            ++to;
        }
        const bool accepted = m_raft.propose(std::move(batch)) == raft::StepError::none;
        for (std::size_t i = from; i < to; ++i) {
            if (m_telemetry.admits(proposals[i].id)) {
                telemetry::ClientRequest step;
                step.requestId = proposals[i].id;
                step.phase = !accepted           ? telemetry::RequestPhase::failed
                             : m_host.isLeader() ? telemetry::RequestPhase::proposed
                                                 : telemetry::RequestPhase::forwarded;
                if (!accepted)
                    step.error = std::string(mvcc::apiErrorText(mvcc::ApiError::proposalDropped));
                else if (!m_host.isLeader())
                    step.forwardedTo = m_host.leader();
                m_host.emit(std::move(step));
            }
            if (accepted) continue;
            if (const ProposalDone done = m_pending.take(proposals[i].id))
                done(mvcc::makeError(mvcc::ApiError::proposalDropped));
        }
        from = to;
    }
}

void Proposals::proposeOwn(std::uint64_t id, std::string payload, ProposalDone done) {
    const base::Nanoseconds now = m_host.now();
    m_pending.add(id, now, now + m_host.requestTimeoutNs(), std::move(done));
    std::vector<base::Bytes> batch;
    batch.emplace_back(std::move(payload));
    if (m_raft.propose(std::move(batch)) == raft::StepError::none) return;
    if (const ProposalDone dropped = m_pending.take(id)) dropped(mvcc::makeError(mvcc::ApiError::proposalDropped));
}

bool Proposals::keepForward(raft::Message& message) {
    return m_forwards.keep(message, m_host.now() + m_host.requestTimeoutNs());
}

void Proposals::retry() {
    m_forwards.expire(m_host.now());
    if ((m_waitingForLeader.empty() && m_forwards.empty()) || !m_raft.takesProposals()) return;
    m_forwards.takeAll([this](raft::Message&& message) { static_cast<void>(m_raft.receive(std::move(message))); });
    std::vector<Proposal> waiting = std::exchange(m_waitingForLeader, {});
    std::erase_if(waiting, [this](const Proposal& proposal) { return !m_pending.contains(proposal.id); });
    proposeNow(waiting);
}

void Proposals::step(base::Nanoseconds now) {
    m_pending.expire(now, [this](std::uint64_t id, ProposalDone done, base::Nanoseconds startNs) {
        std::erase_if(m_waitingForLeader, [id](const Proposal& waiting) { return waiting.id == id; });
        if (done) done(timeoutError(startNs));
    });
}

// Which of etcd's three timeouts it was: the leader changed meanwhile, or the way to it (or to the quorum) was broken.
base::Error Proposals::timeoutError(base::Nanoseconds startNs) const {
    const base::Nanoseconds lostAtNs = m_leaderElectedAtNs - 2 * m_host.electionTimeoutNs();
    if (startNs > lostAtNs && startNs < m_leaderElectedAtNs)
        return mvcc::makeError(mvcc::ApiError::timeoutDueToLeaderFail);
    const auto connected = [&](std::uint64_t id) {
        const std::int64_t since = m_transport.connectedSince(id);
        return since != 0 && since < startNs;
    };
    if (m_host.isLeader()) {
        std::size_t reached = 1;
        for (const std::uint64_t id : m_conf.voters)
            if (id != m_self && connected(id)) ++reached;
        if (reached < m_conf.voters.size() / 2 + 1) return mvcc::makeError(mvcc::ApiError::timeoutDueToConnectionLost);
    } else if (m_host.leader() != 0 && !connected(m_host.leader())) {
        return mvcc::makeError(mvcc::ApiError::timeoutDueToConnectionLost);
    }
    return mvcc::makeError(mvcc::ApiError::timeout);
}

void Proposals::failAll(const base::Error& error) {
    m_pending.failAll([&](const ProposalDone& done) {
        if (done) done(error);
    });
    m_waitingForLeader.clear();
    m_forwards.clear();
}

}  // namespace raftarium::node
