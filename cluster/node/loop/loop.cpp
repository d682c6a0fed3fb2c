// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/loop/loop.h"

#include "cluster/base/coding.h"

#include <algorithm>
#include <limits>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kNever = std::numeric_limits<base::Nanoseconds>::max();
constexpr std::uint64_t kMaxBytesPerMessage = 1 << 20;
constexpr int kMaxInflightMessages = 512;
constexpr base::Nanoseconds kBackgroundPauseNs = base::kMillisecond;
constexpr base::Nanoseconds kBackgroundIdleNs = 100 * base::kMillisecond;
constexpr base::Nanoseconds kAdvanceWindowNs = 5 * base::kSecond;
constexpr base::Nanoseconds kRemovedGraceNs = base::kSecond;

int electionTicksOf(const Config& config) { return static_cast<int>(config.electionMs / config.heartbeatMs); }

raft::Config coreConfig(const Config& config, const StartState& start) {
    raft::Config core;
    core.id = start.nodeId;
    core.electionTicks = electionTicksOf(config);
    core.heartbeatTicks = 1;
    core.storage = start.log.get();
    core.applied = start.snapshotIndex;
    core.asyncStorageWrites = true;
    core.maxBytesPerMessage = kMaxBytesPerMessage;
    core.maxInflightMessages = kMaxInflightMessages;
    core.checkQuorum = config.checkQuorum;
    core.preVote = config.preVote;
    core.seed = start.nodeId ^ start.incarnation;
    return core;
}

Pace paceOf(const Config& config) {
    Pace pace;
    pace.tickNs = config.heartbeatMs * base::kMillisecond;
    pace.heartbeatTicks = 1;
    pace.electionTicks = electionTicksOf(config);
    pace.preVote = config.preVote;
    pace.checkQuorum = config.checkQuorum;
    return pace;
}

base::Nanoseconds requestTimeoutOf(const Config& config) {
    return 5 * base::kSecond + 2 * config.electionMs * base::kMillisecond;
}

}  // namespace

Loop::Loop(LoopParts parts, StartState start)
    : m_parts(std::move(parts)),
      m_start(std::move(start)),
      m_store(*m_parts.store),
      m_transport(*m_parts.transport),
      m_log(*m_parts.logger),
      m_raft(coreConfig(m_parts.config, m_start)),
      m_membership(m_start.membership),
      m_faults(m_start.nodeId, m_start.incarnation),
      m_reads(requestTimeoutOf(m_parts.config)),
      m_pace(paceOf(m_parts.config)),
      m_requestTimeoutNs(requestTimeoutOf(m_parts.config)),
      m_telemetry(*m_parts.hub) {
    m_membership.clusterId = m_start.clusterId;
    // The flags were checked when they were parsed.
    if (auto compaction =
            AutoCompaction::parse(m_parts.config.autoCompactionMode, m_parts.config.autoCompactionRetention))
        m_autoCompaction = std::move(*compaction);
    m_applied = m_start.snapshotIndex;
    m_snapshotIndex = m_start.snapshotIndex;
    if (const auto term = m_start.log->term(m_applied); std::holds_alternative<raft::Term>(term))
        m_appliedTerm = std::get<raft::Term>(term);
    m_hardState = m_start.log->initialHardState();
    m_durable = m_start.log->lastIndex();
    m_firstStart = m_durable == 0 && m_hardState.empty();
    updateViews();  // ids are known before the thread runs
}

Loop::~Loop() = default;

void Loop::start() {
    m_now = m_parts.clock->monotonicNow();
    m_nextTickNs = m_now + m_pace.tickNs;
    m_lastCommitNs = m_now;
    m_telemetry.begin(m_now);
    if (!m_start.bootstrap.empty()) m_raft.bootstrap(m_start.bootstrap);
    m_confState = m_raft.confState();
    for (const auto& [id, member] : m_start.known.members)
        if (id != m_start.nodeId) m_transport.setPeer(id, member.peerUrls);
    m_start.known.clusterId = m_start.clusterId;
    m_parts.views->setMembership(std::make_shared<const Membership>(m_start.known));
    emit(LifecycleStep{0, m_start.bootstrap.empty() ? "restarted" : "started"});
    if (!m_membership.clusterVersion.empty()) m_log.info("enabled capabilities for version 3.4");
    m_status = m_raft.status();
    if (m_parts.config.initialElectionTickAdvance) m_advanceUntilNs = m_now + kAdvanceWindowNs;
    updateViews();
    publishEvents(true);
}

base::Nanoseconds Loop::step() {
    m_now = m_parts.clock->monotonicNow();
    const bool listened = listening();
    m_telemetry.begin(m_now);
    if (listening() != listened) m_store.setTracing(listening());
    if (m_parts.inbox->take(m_batch)) {
        if (!m_failed) drain(m_batch);
        if (m_failed) refuse(m_batch);
        m_batch.clear();
    }
    if (!m_failed) work();
    updateViews();
    emitDeadline();
    publishEvents(m_failed);
    tellFailure();
    return m_failed ? kNever : nextRunNs();
}

void Loop::work() {
    if (m_faults.active()) {
        std::vector<GatedMessage> due;
        m_faults.takeDue(m_now, due, m_gateEvents);
        emitMessages(m_gateEvents);
        for (GatedMessage& message : due) {
            if (message.message.to == m_start.nodeId)
                stepReceived(message);
            else
                m_outgoing.push_back({std::move(message.message), message.id.counter});
        }
    }
    tickIfDue();
    driveReads();
    processReady();
    runTimers();
    // What the timers proposed or want to know goes out now, not with the next tick.
    driveReads();
    if (!m_failed && m_raft.hasReady()) processReady();
    sendHeldCommits(false);
}

void Loop::drain(InboxBatch& batch) {
    for (LogDone& done : batch.logDone) {
        handleLogDone(done);
        if (m_failed) return;
    }
    for (Received& received : batch.messages) {
        // With its content it comes by receiveSnapshot().
        if (received.message.type == raft::MessageType::snap) continue;
        GatedMessage message{std::move(received.message), received.id};
        if (!m_faults.active()) {
            stepReceived(message);
            continue;
        }
        std::vector<GatedMessage> through;
        m_faults.filter(std::move(message), m_now, through, m_gateEvents);
        emitMessages(m_gateEvents);
        for (GatedMessage& one : through) stepReceived(one);
    }
    if (!batch.proposals.empty()) proposeBatch(batch.proposals);
    batch.proposals.clear();
    for (ReadDone& read : batch.reads) m_reads.add(std::move(read), m_now);
    batch.reads.clear();
    for (auto& call : batch.calls) call(*this);
    batch.calls.clear();
}

// After a failure nothing is done any more, but nobody is left waiting.
void Loop::refuse(InboxBatch& batch) {
    const base::Error stopped = mvcc::makeError(mvcc::ApiError::stopped);
    for (Proposal& proposal : batch.proposals) proposal.done(stopped);
    for (ReadDone& read : batch.reads) read(stopped);
    for (auto& call : batch.calls) call(*this);
    if (!m_failure) shutDown();
}

void Loop::tickIfDue() {
    if (m_now < m_nextTickNs) return;
    m_raft.tick();
    // After a pause of the process the missed ticks do not come all at once: time was not seen passing.
    m_nextTickNs += m_pace.tickNs;
    if (m_nextTickNs <= m_now) m_nextTickNs = m_now + m_pace.tickNs;
}

// Most of the first election timeout is skipped once peers are connected and still no leader is heard of, as etcd does;
// all of it by a lone voter, which need not wait for a leader that cannot be there. (It cannot campaign before it has
// applied the changes of membership in its log.)
void Loop::advanceElectionIfDue() {
    if (m_advanceUntilNs == 0) return;
    if (m_start.known.members.size() <= 1) {
        if (m_applied < m_raft.status().hardState.commit) return;
        m_advanceUntilNs = 0;
        for (int i = 0; i < 2 * m_pace.electionTicks && m_raft.status().softState.role == raft::Role::follower; ++i)
            m_raft.tick();
        return;
    }
    std::size_t connected = 0;
    std::size_t peers = 0;
    for (const auto& [id, member] : m_start.known.members) {
        if (id == m_start.nodeId) continue;
        ++peers;
        if (m_transport.connectedSince(id) != 0) ++connected;
    }
    if (leader() != 0 || m_now > m_advanceUntilNs) {
        m_advanceUntilNs = 0;
    } else if (connected >= std::min<std::size_t>(2, peers)) {
        m_advanceUntilNs = 0;
        for (int i = 0; i + 2 < m_pace.electionTicks; ++i) m_raft.tick();
    }
}

void Loop::runTimers() {
    advanceElectionIfDue();
    m_pending.expire(m_now, [this](std::uint64_t id, ProposalDone done, base::Nanoseconds startNs) {
        std::erase_if(m_waitingForLeader, [id](const Proposal& p) { return p.id == id; });
        if (done) done(timeoutError(startNs));
    });
    m_reads.expire(m_now);
    for (auto it = m_changes.begin(); it != m_changes.end();) {
        if (it->deadlineNs > m_now) {
            ++it;
            continue;
        }
        auto done = std::move(it->done);
        it = m_changes.erase(it);
        done(mvcc::makeError(mvcc::ApiError::timeout));
    }
    checkTransfer();
    checkRemovals();
    retryWaiting();
    if (m_now >= m_nextLeaseCheckNs) {
        m_nextLeaseCheckNs = m_now + 500 * base::kMillisecond;
        if (m_leasesPromoted) checkLeases();
    }
    publishIfDue();
    if (m_now >= m_nextBackgroundNs) {
        {
            const ReaderGate::Exclusive gate(*m_parts.gate);
            m_moreBackground = m_store.backgroundStep(m_now);
        }
        if (listening()) takeStoreTrace(0);
        answerPhysicalCompactions();
        m_nextBackgroundNs = m_now + (m_moreBackground ? kBackgroundPauseNs : kBackgroundIdleNs);
    }
    commitBackendIfDue();
    snapshotIfDue();
    compactIfDue();
    if (m_removed && m_removedAtNs != kNever && m_now >= m_removedAtNs + kRemovedGraceNs) {
        m_removedAtNs = kNever;
        fail({base::Errc::aborted, "this member (" + base::hexId(m_start.nodeId) +
                                       ") has been removed from the cluster; its data directory cannot be used again"});
    }
}

void Loop::compactIfDue() {
    const auto revision = m_autoCompaction.poll(m_now, m_store.revision(), isLeader());
    if (!revision || *revision <= m_store.compactRevision()) return;
    m_log.info("automatic compaction at revision {}", *revision);
    etcdserverpb::CompactionRequest request;
    request.set_revision(*revision);
    const std::uint64_t id = m_parts.nextRequestId();
    proposeOwn(id, wire::wrapRequest(wire::RequestField::compaction, request, id),
               [this, revision = *revision](const base::Result<Applied>& applied) {
                   if (!applied) m_log.warn("automatic compaction at {}: {}", revision, applied.error().text);
               });
}

void Loop::commitBackendIfDue() {
    const std::size_t pending = m_parts.backend->pendingOperations();
    if (m_committing || pending == 0) return;
    const bool due = m_now >= m_lastCommitNs + m_parts.config.backendBatchIntervalMs * base::kMillisecond;
    if (!due && pending < static_cast<std::size_t>(m_parts.config.backendBatchLimit)) return;
    m_committing = true;
    m_lastCommitNs = m_now;
    m_parts.backend->commitAsync([this, inbox = m_parts.inbox](base::Status status) {
        inbox->call([this, status = std::move(status)](RaftLoop&) {
            m_committing = false;
            // Aborted: a received snapshot has replaced what was to be written.
            if (!status && status.error().code != base::Errc::aborted) fail(status.error());
        });
    });
}

base::Nanoseconds Loop::nextRunNs() const {
    base::Nanoseconds next = m_nextTickNs;
    next = std::min(next, m_faults.nextDueNs());
    next = std::min(next, m_pending.nextDeadlineNs());
    next = std::min(next, m_reads.nextDeadlineNs(leader() != 0));
    next = std::min(next, m_nextBackgroundNs);
    next = std::min(next, m_telemetry.nextDueNs());
    for (const auto& [peer, held] : m_heldCommits) next = std::min(next, held.untilNs);
    if (m_leasesPromoted) next = std::min(next, m_nextLeaseCheckNs);
    if (!m_committing && m_parts.backend->pendingOperations() > 0)
        next = std::min(next, m_lastCommitNs + m_parts.config.backendBatchIntervalMs * base::kMillisecond);
    if (!m_published && !m_publishing && leader() != 0 && m_durable > 0)
        next = std::min(next, std::max(m_nextPublishNs, m_now + base::kMillisecond));
    for (const Transfer& transfer : m_transfers) next = std::min(next, transfer.deadlineNs);
    for (const PendingRemoval& removal : m_removals) next = std::min(next, removal.handOverByNs);
    for (const PendingChange& change : m_changes) next = std::min(next, change.deadlineNs);
    return next;
}

void Loop::updateViews() {
    m_status = m_raft.status();
    NodeStatus view;
    view.nodeId = m_start.nodeId;
    view.clusterId = m_start.clusterId;
    view.incarnation = m_start.incarnation;
    view.role = m_status.softState.role;
    // One that joins knows what it is from the others, until it has applied the entry that says so.
    const auto& members = m_membership.members.contains(m_start.nodeId) ? m_membership.members : m_start.known.members;
    const auto self = members.find(m_start.nodeId);
    view.learner = self != members.end() && self->second.learner;
    view.term = m_status.hardState.term;
    view.leader = m_status.softState.lead;
    view.votedFor = m_status.hardState.vote;
    view.firstIndex = m_raft.firstIndex();
    view.lastIndex = m_status.lastIndex;
    view.durableIndex = std::min(m_durable, m_status.lastIndex);
    view.commit = m_status.hardState.commit;
    view.applied = m_applied;
    view.revision = m_store.revision();
    view.ready = m_published;
    view.firstStart = m_firstStart;
    view.stopped = m_failed;
    view.deadline = m_deadline;
    view.pace = m_pace;
    m_parts.views->status.store(view);
}

void Loop::fail(base::Error error) {
    if (m_failed) return;
    m_failed = true;
    m_failure = std::move(error);
}

void Loop::tellFailure() {
    if (!m_failure) return;
    base::Error error = std::move(*m_failure);
    m_failure.reset();
    if (error.code == base::Errc::aborted)
        m_log.warn("{}", error.text);
    else
        m_log.critical("{}", error.text);
    shutDown();
    if (m_parts.fatal) m_parts.fatal(std::move(error));
}

void Loop::shutDown() {
    const base::Error stopped = mvcc::makeError(mvcc::ApiError::stopped);
    m_pending.failAll([&](ProposalDone done) {
        if (done) done(stopped);
    });
    m_waitingForLeader.clear();
    for (Outcome& outcome : std::exchange(m_compacting, {})) outcome.done(stopped);
    for (Outcome& outcome : std::exchange(m_overQuota, {})) outcome.done(stopped);
    m_reads.failAll(stopped);
    auto changes = std::move(m_changes);
    m_changes.clear();
    for (PendingChange& change : changes) change.done(stopped);
    for (PendingRemoval& removal : std::exchange(m_removals, {})) removal.done(stopped);
    m_heldForwards.clear();
    auto transfers = std::move(m_transfers);
    m_transfers.clear();
    for (Transfer& transfer : transfers) transfer.done(stopped);
}

void Loop::prepareStop(base::Nanoseconds withinNs, std::function<void()> done) {
    emit(LifecycleStep{2, "stopping"});
    const std::uint64_t target = isLeader() && !m_failed ? successor() : 0;
    if (target == 0) {
        done();
        return;
    }
    m_log.info("handing leadership over to {} before stopping", base::hexId(target));
    m_raft.transferLeader(target);
    m_transfers.push_back(
        {m_start.nodeId, target, m_now + withinNs, [done = std::move(done)](const base::Status&) { done(); }});
}

}  // namespace raftarium::node
