// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/raw_node.h"

#include "cluster/base/check.h"
#include "cluster/raft/message_check.h"
#include "cluster/raft/mutant.h"
#include "cluster/raft/raft.h"

#include <algorithm>

namespace raftarium::raft {

namespace {

Message localMessage(MessageType type, NodeId from) {
    Message message;
    message.type = type;
    message.from = from;
    return message;
}

Message storageApplyResponse(NodeId to, std::vector<Entry> entries) {
    Message message;
    message.type = MessageType::storageApplyResp;
    message.to = to;
    message.from = kLocalApplyThread;
    message.entries = std::move(entries);
    return message;
}

}  // namespace

const char* stepErrorText(StepError error) {
    switch (error) {
        case StepError::none:
            return "";
        case StepError::proposalDropped:
            return "raft proposal dropped";
        case StepError::stepLocalMessage:
            return "raft: cannot step raft local message";
        case StepError::stepPeerNotFound:
            return "raft: cannot step as peer not found";
        case StepError::malformed:
            return "raft: malformed message";
        case StepError::logLost:
            return "raft: the leader counts on entries that this member's log does not have";
    }
    return "unknown";
}

std::string startFault(const Storage& storage, Index applied) {
    const ConfState state = storage.initialConfState();
    if (state != ConfState()) {
        if (std::string fault = confStateFault(state); !fault.empty()) return "the stored snapshot: " + fault;
    }
    const Index committed = std::max({storage.initialHardState().commit, storage.firstIndex() - 1, applied});
    if (committed <= storage.lastIndex()) return "";
    return "entry " + std::to_string(committed) + " was committed, but the stored log ends at " +
           std::to_string(storage.lastIndex());
}

RawNode::RawNode(const Config& config)
    : m_raft(std::make_unique<Raft>(config)),
      m_asyncStorageWrites(config.asyncStorageWrites),
      m_lastSoft(m_raft->softState()),
      m_lastHard(m_raft->hardState()) {}

RawNode::~RawNode() = default;
RawNode::RawNode(RawNode&&) noexcept = default;
RawNode& RawNode::operator=(RawNode&&) noexcept = default;

void RawNode::bootstrap(const std::vector<Peer>& peers) {
    RAFTARIUM_CHECK_MSG(!peers.empty(), "a cluster needs at least one peer");
    RAFTARIUM_CHECK_MSG(m_raft->m_log.lastIndex() == 0, "only an empty log can be bootstrapped");
    // Nothing is stored yet, so the first Ready has to hold the hard state.
    m_lastHard = {};
    m_raft->becomeFollower(1, kNone, RoleCause::none);
    std::vector<Entry> entries;
    for (const Peer& peer : peers) {
        const ConfChange change{0, ConfChangeType::addNode, peer.id, peer.context};
        entries.push_back({1, entries.size() + 1, EntryType::confChange, encodeConfChange(change)});
    }
    m_raft->m_log.append(std::move(entries));
    m_raft->m_log.commitTo(peers.size());
    // Known now, so that the member can campaign at once; the application applies them again, which changes nothing.
    for (const Peer& peer : peers) m_raft->applyConfChange(asV2({0, ConfChangeType::addNode, peer.id, {}}));
}

void RawNode::tick() { m_raft->tick(); }

StepError RawNode::step(Message message) {
    const bool fromWorker = isLocalTarget(message.from);
    if (isLocalMessage(message.type) && !fromWorker) return StepError::stepLocalMessage;
    if (isResponseMessage(message.type) && !fromWorker && !m_raft->m_tracker.peers.find(message.from)) {
        m_raft->traceIgnored(message, IgnoreReason::unknownPeer);
        return StepError::stepPeerNotFound;
    }
    return m_raft->step(std::move(message));
}

StepError RawNode::receive(Message message) {
    if (!messageFault(message, m_raft->id()).empty()) {
        m_raft->traceIgnored(message, IgnoreReason::malformed);
        return StepError::malformed;
    }
    return step(std::move(message));
}

StepError RawNode::campaign() { return m_raft->campaign(RoleCause::campaignAsked); }

StepError RawNode::propose(base::Bytes data) {
    Message message = localMessage(MessageType::prop, m_raft->id());
    message.entries.push_back({0, 0, EntryType::normal, std::move(data)});
    return m_raft->step(std::move(message));
}

StepError RawNode::propose(std::vector<base::Bytes> batch) {
    if (batch.empty()) return StepError::none;
    Message message = localMessage(MessageType::prop, m_raft->id());
    message.entries.reserve(batch.size());
    for (base::Bytes& data : batch) message.entries.push_back({0, 0, EntryType::normal, std::move(data)});
    return m_raft->step(std::move(message));
}

StepError RawNode::proposeConfChange(const ConfChange& change) {
    Message message = localMessage(MessageType::prop, kNone);
    message.entries.push_back({0, 0, EntryType::confChange, encodeConfChange(change)});
    return m_raft->step(std::move(message));
}

StepError RawNode::proposeConfChange(const ConfChangeV2& change) {
    Message message = localMessage(MessageType::prop, kNone);
    message.entries.push_back({0, 0, EntryType::confChangeV2, encodeConfChangeV2(change)});
    return m_raft->step(std::move(message));
}

std::string RawNode::confChangeFault(const ConfChangeV2& change) const { return m_raft->confChangeFault(change); }

ConfState RawNode::applyConfChange(const ConfChangeV2& change) { return m_raft->applyConfChange(change); }

void RawNode::readIndex(base::Bytes context) {
    Message message = localMessage(MessageType::readIndex, kNone);
    message.entries.push_back({0, 0, EntryType::normal, std::move(context)});
    m_raft->step(std::move(message));
}

void RawNode::transferLeader(NodeId target) { m_raft->step(localMessage(MessageType::transferLeader, target)); }

StepError RawNode::forgetLeader() { return m_raft->step(localMessage(MessageType::forgetLeader, kNone)); }

void RawNode::reportUnreachable(NodeId peer) { m_raft->step(localMessage(MessageType::unreachable, peer)); }

void RawNode::reportSnapshot(NodeId peer, bool ok) {
    Message message = localMessage(MessageType::snapStatus, peer);
    message.reject = !ok;
    m_raft->step(std::move(message));
}

bool RawNode::takesProposals() const {
    const Raft& raft = *m_raft;
    switch (raft.m_role) {
        case Role::leader:
            return raft.m_transferee == kNone && raft.m_tracker.peers.find(raft.id()) != nullptr;
        case Role::follower:
            return raft.m_lead != kNone && !raft.m_config.disableProposalForwarding;
        default:
            return false;
    }
}

bool RawNode::hasReady() const {
    const Raft& raft = *m_raft;
    if (raft.softState() != m_lastSoft) return true;
    const HardState hard = raft.hardState();
    if (!hard.empty() && hard != m_lastHard) return true;
    if (raft.m_log.unstable().nextSnapshot() || raft.m_log.unstable().hasNextEntries()) return true;
    if (!raft.m_messages.empty() || !raft.m_messagesAfterAppend.empty() || !raft.m_readStates.empty()) return true;
    return raft.m_log.hasNextCommitted(!m_asyncStorageWrites);
}

Ready RawNode::ready() {
    Raft& raft = *m_raft;
    Ready ready;
    if (raft.softState() != m_lastSoft) ready.softState = raft.softState();
    const HardState hard = raft.hardState();
    if (hard != m_lastHard) ready.hardState = hard;
    ready.entries = raft.m_log.unstable().nextEntries();
    ready.snapshot = raft.m_log.unstable().nextSnapshot();
    ready.committedEntries = raft.m_log.nextCommitted(!m_asyncStorageWrites);
    ready.readStates = std::exchange(raft.m_readStates, {});
    ready.messages = std::exchange(raft.m_messages, {});
    ready.mustSync = !ready.entries.empty() || hard.term != m_lastHard.term || hard.vote != m_lastHard.vote;
    if (m_asyncStorageWrites) {
        addStorageMessages(ready);
    } else {
        RAFTARIUM_CHECK_MSG(m_stepsOnAdvance.empty(), "advance() was not called for the last Ready");
        for (Message& message : raft.m_messagesAfterAppend) {
            (message.to == raft.id() ? m_stepsOnAdvance : ready.messages).push_back(std::move(message));
        }
        if (needsAppendResponse(ready)) m_stepsOnAdvance.push_back(storageAppendResponse(ready));
        if (!ready.committedEntries.empty()) {
            m_stepsOnAdvance.push_back(storageApplyResponse(raft.id(), ready.committedEntries));
        }
    }
    raft.m_messagesAfterAppend.clear();
    accept(ready);
    ready.trace = takeTrace();
    return ready;
}

std::vector<TraceEvent> RawNode::takeTrace() {
    Raft& raft = *m_raft;
    // Storage is compacted by the application; the core only sees that it was.
    const Index first = raft.m_log.firstIndex();
    if (first > raft.m_tracedFirstIndex) {
        raft.m_tracedFirstIndex = first;
        raft.addTrace(trace::LogCompacted{first});
    }
    return std::exchange(raft.m_trace, {});
}

bool RawNode::needsAppendResponse(const Ready& ready) const {
    return m_raft->m_log.unstable().hasEntries() || ready.snapshot;
}

Message RawNode::storageAppendResponse(const Ready& ready) const {
    const Raft& raft = *m_raft;
    Message message;
    message.type = MessageType::storageAppendResp;
    message.to = raft.id();
    message.from = kLocalAppendThread;
    // A later term makes the answer void: its entries may have been replaced by then, and by entries that look the
    // same.
    message.term = raft.m_term;
    if (raft.m_log.unstable().hasEntries()) {
        // All that is unstable, not only this Ready's part: an earlier answer may have been ignored for its term.
        const EntryId last = raft.m_log.lastEntry();
        message.index = last.index;
        message.logTerm = last.term;
    }
    message.snapshot = ready.snapshot;
    return message;
}

void RawNode::addStorageMessages(Ready& ready) {
    Raft& raft = *m_raft;
    const bool hasWork = !ready.entries.empty() || !ready.hardState.empty() || ready.snapshot;
    if (hasWork || !raft.m_messagesAfterAppend.empty()) {
        Message message;
        message.type = MessageType::storageAppend;
        message.to = kLocalAppendThread;
        message.from = raft.id();
        message.term = ready.hardState.term;
        message.vote = ready.hardState.vote;
        message.commit = ready.hardState.commit;
        message.entries = ready.entries;
        message.snapshot = ready.snapshot;
        message.responses = std::move(raft.m_messagesAfterAppend);
        if (needsAppendResponse(ready)) message.responses.push_back(storageAppendResponse(ready));
        ready.messages.push_back(std::move(message));
    }
    if (!ready.committedEntries.empty()) {
        Message message;
        message.type = MessageType::storageApply;
        message.to = kLocalApplyThread;
        message.from = raft.id();
        message.entries = ready.committedEntries;
        message.responses.push_back(storageApplyResponse(raft.id(), ready.committedEntries));
        ready.messages.push_back(std::move(message));
    }
}

void RawNode::accept(const Ready& ready) {
    Raft& raft = *m_raft;
    if (ready.softState) m_lastSoft = *ready.softState;
    if (!ready.hardState.empty()) m_lastHard = ready.hardState;
    raft.m_log.unstable().acceptInProgress();
    if (!ready.committedEntries.empty()) {
        raft.m_log.acceptApplying(ready.committedEntries.back().index, encodedSizeOf(ready.committedEntries),
                                  !m_asyncStorageWrites);
    }
}

void RawNode::advance() {
    RAFTARIUM_CHECK_MSG(!m_asyncStorageWrites, "advance() is for synchronous storage writes");
    for (Message& message : std::exchange(m_stepsOnAdvance, {})) m_raft->step(std::move(message));
}

StatusView RawNode::status() const {
    const Raft& raft = *m_raft;
    return {raft.id(),
            raft.hardState(),
            raft.softState(),
            raft.m_log.applied(),
            raft.m_log.lastIndex(),
            raft.m_transferee,
            raft.m_electionElapsedTicks,
            raft.m_electionTimeoutTicks};
}

std::vector<ProgressView> RawNode::progress() const {
    std::vector<ProgressView> out;
    if (m_raft->role() != Role::leader) return out;
    for (const Peered& peer : m_raft->m_tracker.peers) {
        const Progress& progress = peer.progress;
        out.push_back({peer.id, progress.state, progress.match, progress.next, progress.pendingSnapshot,
                       static_cast<int>(progress.inflights.count()), progress.paused(), progress.recentActive,
                       progress.learner});
    }
    return out;
}

ConfState RawNode::confState() const { return m_raft->m_tracker.configuration.state(); }
Term RawNode::logTerm(Index index) const { return m_raft->m_log.termOrZero(index); }
Index RawNode::firstIndex() const { return m_raft->m_log.firstIndex(); }

void RawNode::setTicks(int electionTicks, int heartbeatTicks) {
    RAFTARIUM_CHECK_MSG(heartbeatTicks > 0 && electionTicks > heartbeatTicks,
                        "ticks must be positive, and the election's more than the heartbeat's");
    const int before = std::exchange(m_raft->m_config.electionTicks, electionTicks);
    m_raft->m_config.heartbeatTicks = heartbeatTicks;
    if (before == electionTicks) return;
    // A timeout counted in the old ticks would end far too soon or too late, and on all members at once.
    m_raft->m_electionElapsedTicks =
        static_cast<int>(std::int64_t{m_raft->m_electionElapsedTicks} * electionTicks / before);
    m_raft->drawElectionTimeout();
}

void RawNode::setPreVote(bool on) { m_raft->m_config.preVote = on; }

void RawNode::setCheckQuorum(bool on) {
    RAFTARIUM_CHECK_MSG(on || m_raft->m_config.readOnly != ReadOnlyOption::leaseBased, "lease reads need checkQuorum");
    m_raft->m_config.checkQuorum = on;
}

void RawNode::setRandomizedElectionTimeout(int ticks) {
    m_raft->m_electionTimeoutTicks = ticks;
    m_raft->addTrace(trace::ElectionTimeoutDrawn{ticks});
}

Raft& RawNode::core() { return *m_raft; }

}  // namespace raftarium::raft
