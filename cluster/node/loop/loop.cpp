// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/loop/loop.h"

#include "cluster/base/coding.h"

#include <algorithm>
#include <utility>

namespace raftarium::node {
namespace {

constexpr std::uint64_t kMaxBytesPerMessage = 1 << 20;
constexpr int kMaxInflightMessages = 512;

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
    pace.electionTicks = static_cast<std::uint32_t>(electionTicksOf(config));
    pace.preVote = config.preVote;
    pace.checkQuorum = config.checkQuorum;
    return pace;
}

base::Nanoseconds requestTimeoutOf(const Config& config) {
    return 5 * base::kSecond + 2 * config.electionMs * base::kMillisecond;
}

// The flags were checked when they were parsed.
AutoCompaction autoCompactionOf(const Config& config) {
    auto compaction = AutoCompaction::parse(config.autoCompactionMode, config.autoCompactionRetention);
    return compaction ? std::move(*compaction) : AutoCompaction();
}

raft::Term termAt(const raft::MemoryStorage& log, raft::Index index) {
    const auto term = log.term(index);
    return std::holds_alternative<raft::Term>(term) ? std::get<raft::Term>(term) : 0;
}

}  // namespace

Loop::Loop(LoopParts parts, StartState start)
    : m_parts(std::move(parts)),
      m_start(std::move(start)),
      m_store(*m_parts.store),
      m_transport(*m_parts.transport),
      m_log(*m_parts.logger),
      m_raft(coreConfig(m_parts.config, m_start)),
      m_telemetry(*m_parts.hub),
      m_faults(m_start.nodeId, m_start.incarnation),
      m_reads(requestTimeoutOf(m_parts.config)),
      m_logWrites(m_start.log->lastIndex()),
      m_ticker(m_raft, paceOf(m_parts.config)),
      m_firstElection(*this, m_start.nodeId, m_raft, m_ticker, m_transport, m_start.known),
      m_members(*this,
                {m_start.nodeId, m_start.clusterId, m_start.snapshotDirectory, m_raft, m_store, *m_parts.backend,
                 m_transport, *m_parts.views, m_log},
                m_start.membership),
      m_transfer(*this, m_start.nodeId, m_members.conf(), m_transport, m_log),
      m_reconfiguration(*this, m_raft,
                        {m_start.nodeId, m_parts.config, *m_parts.clock, m_members.membership(), m_members.conf(),
                         m_transport, m_transfer, m_log}),
      m_proposals(*this, m_start.nodeId, m_raft, m_members.conf(), m_transport, m_telemetry),
      m_outgoing(*this, m_start.nodeId, m_start.incarnation, m_faults, m_transport, m_telemetry),
      m_answers(*this, m_start.nodeId, m_store, *m_parts.backend, m_telemetry, m_log),
      m_leases(*this, m_store, *m_parts.gate, m_parts.config.leaseCheckpoint),
      m_publication(*this, m_parts.config, m_start.nodeId, m_start.clusterId,
                    m_start.log->lastIndex() == 0 && m_start.log->initialHardState().empty(), m_log),
      m_upkeep(*this, m_store, *m_parts.gate, m_answers),
      m_commits(*this, *m_parts.backend, m_parts.config.backendBatchIntervalMs * base::kMillisecond,
                static_cast<std::size_t>(m_parts.config.backendBatchLimit)),
      m_snapshots(*this, {m_parts.config, m_start, *m_parts.fileSystem, m_raft, m_store, *m_parts.backend,
                          *m_parts.gate, m_commits, *m_parts.walWriter, m_transport, m_members, m_telemetry, m_log}),
      m_compactor(*this, autoCompactionOf(m_parts.config), m_store, m_log) {
    m_requestTimeoutNs = requestTimeoutOf(m_parts.config);
    m_applied = {m_start.snapshotIndex, termAt(*m_start.log, m_start.snapshotIndex)};
    if (m_logWrites.durable() > 0) m_publication.logIsDurable();
    updateViews();  // ids are known before the thread runs
}

Loop::~Loop() = default;

void Loop::start() {
    m_now = m_parts.clock->monotonicNow();
    m_ticker.start(m_now);
    m_commits.start(m_now);
    m_telemetry.begin(m_now);
    if (!m_start.bootstrap.empty()) m_raft.bootstrap(m_start.bootstrap);
    m_members.setConf(m_raft.confState());
    for (const auto& [id, member] : m_start.known.members)
        if (id != m_start.nodeId) m_transport.setPeer(id, member.peerUrls);
    m_start.known.clusterId = m_start.clusterId;
    m_parts.views->setMembership(std::make_shared<const Membership>(m_start.known));
    emit(telemetry::Lifecycle{m_start.bootstrap.empty() ? telemetry::LifecyclePhase::restarted
                                                        : telemetry::LifecyclePhase::started});
    if (!m_members.membership().clusterVersion.empty()) m_log.info("enabled capabilities for version 3.4");
    if (m_parts.config.initialElectionTickAdvance) m_firstElection.start(m_now);
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
    if (!m_failed) eachTurn([this](auto&& part) { part.step(m_now); });
    updateViews();
    emitDeadline();
    publishEvents(m_failed);
    tellFailure();
    return m_failed ? kNever : nextRunNs();
}

base::Nanoseconds Loop::nextRunNs() {
    base::Nanoseconds next = m_telemetry.nextDueNs();
    eachTurn([&next](auto&& part) { next = std::min(next, part.nextDueNs()); });
    return next;
}

void Loop::drain(InboxBatch& batch) {
    for (LogDone& done : batch.logDone) {
        handleLogDone(done);
        if (m_failed) return;
    }
    for (Received& received : batch.messages) {
        // A snapshot comes with its content by receiveSnapshot().
        if (received.message.type == raft::MessageType::snap) continue;
        GatedMessage message{std::move(received.message), received.id};
        if (!m_faults.active()) {
            stepReceived(message);
            continue;
        }
        std::vector<GatedMessage> through;
        m_faults.filter(std::move(message), m_now, through, m_gateEvents);
        m_outgoing.emitGateEvents(m_gateEvents);
        for (GatedMessage& one : through) stepReceived(one);
    }
    if (!batch.proposals.empty()) m_proposals.propose(batch.proposals);
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

void Loop::updateViews() {
    m_status = m_raft.status();
    m_role = m_status.softState.role;
    m_leader = m_status.softState.lead;
    NodeStatus view;
    view.nodeId = m_start.nodeId;
    view.clusterId = m_start.clusterId;
    view.incarnation = m_start.incarnation;
    view.role = m_status.softState.role;
    // A member that joins knows from the others what it is, until it has applied the entry that says so.
    const auto& applied = m_members.membership().members;
    const auto& members = applied.contains(m_start.nodeId) ? applied : m_start.known.members;
    const auto self = members.find(m_start.nodeId);
    view.learner = self != members.end() && self->second.learner;
    view.term = m_status.hardState.term;
    view.leader = m_status.softState.lead;
    view.votedFor = m_status.hardState.vote;
    view.firstIndex = m_raft.firstIndex();
    view.lastIndex = m_status.lastIndex;
    view.durableIndex = std::min(m_logWrites.durable(), m_status.lastIndex);
    view.commit = m_status.hardState.commit;
    view.applied = m_applied.index;
    view.revision = m_store.revision();
    view.ready = m_publication.published();
    view.firstStart = m_publication.firstStart();
    view.stopped = m_failed;
    view.deadline = m_deadline;
    view.pace = m_ticker.pace();
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
    m_proposals.failAll(stopped);
    m_answers.failAll(stopped);
    m_reads.failAll(stopped);
    m_reconfiguration.failAll(stopped);
    m_transfer.failAll(stopped);
}

void Loop::prepareStop(base::Nanoseconds withinNs, std::function<void()> done) {
    emit(telemetry::Lifecycle{telemetry::LifecyclePhase::stopping});
    if (m_failed)
        done();
    else
        m_transfer.handOver(withinNs, std::move(done));
}

bool Loop::post(std::function<void()> work) {
    return m_parts.inbox->call([work = std::move(work)](RaftLoop&) { work(); });
}

}  // namespace raftarium::node
