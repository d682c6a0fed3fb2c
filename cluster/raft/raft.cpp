// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/raft.h"

#include "cluster/base/check.h"
#include "cluster/raft/mutant.h"

#include <algorithm>

namespace raftarium::raft {

namespace {

Config validated(const Config& config) {
    RAFTARIUM_CHECK_MSG(config.id != kNone && !isLocalTarget(config.id), "the id must be a member's");
    RAFTARIUM_CHECK_MSG(config.heartbeatTicks > 0, "heartbeatTicks must be positive");
    RAFTARIUM_CHECK_MSG(config.electionTicks > config.heartbeatTicks, "electionTicks must exceed heartbeatTicks");
    RAFTARIUM_CHECK_MSG(config.storage != nullptr, "storage must be set");
    RAFTARIUM_CHECK_MSG(config.maxInflightMessages > 0, "maxInflightMessages must be positive");
    RAFTARIUM_CHECK_MSG(config.readOnly != ReadOnlyOption::leaseBased || config.checkQuorum,
                        "lease reads need checkQuorum");
    Config out = config;
    if (out.maxCommittedBytesPerReady == 0) out.maxCommittedBytesPerReady = out.maxBytesPerMessage;
    if (out.maxCommittedBytesPerReady == 0) out.maxCommittedBytesPerReady = 1;  // one entry each
    return out;
}

bool isVoteMessage(MessageType type) {
    return type == MessageType::vote || type == MessageType::voteResp || type == MessageType::preVote ||
           type == MessageType::preVoteResp;
}

MessageType voteRespOf(MessageType request) {
    return request == MessageType::vote ? MessageType::voteResp : MessageType::preVoteResp;
}

}  // namespace

Raft::Raft(const Config& config)
    : m_config(validated(config)),
      m_rng(config.seed ^ (config.id * 0x9E3779B97F4A7C15ULL)),
      m_log(config.storage, m_config.maxCommittedBytesPerReady, &m_trace),
      m_tracker(static_cast<std::size_t>(config.maxInflightMessages),
                config.maxInflightBytes == kNoLimit ? 0 : config.maxInflightBytes) {
    const HardState stored = config.storage->initialHardState();
    ChangeResult restored = ConfChanger(m_tracker, m_log.lastIndex()).restore(config.storage->initialConfState());
    RAFTARIUM_CHECK_MSG(std::holds_alternative<NextConfiguration>(restored), std::get<std::string>(restored));
    switchTo(std::move(std::get<NextConfiguration>(restored)));
    m_term = stored.term;
    m_vote = stored.vote;
    // What was applied or put into a snapshot was committed, even if the last commit index was not yet stored.
    const Index committed = std::max({stored.commit, m_log.committed(), config.applied});
    RAFTARIUM_CHECK_MSG(committed <= m_log.lastIndex(), "the commit or applied index " + std::to_string(committed) +
                                                            " is beyond the stored log, which ends at " +
                                                            std::to_string(m_log.lastIndex()));
    m_log.setCommitted(committed);
    if (config.applied > 0) m_log.appliedTo(config.applied, 0);
    becomeFollower(m_term, kNone, RoleCause::none);
    m_tracedFirstIndex = m_log.firstIndex();
}

HardState Raft::hardState() const {
    if (mutated(Mutant::forgetVote)) return {m_term, kNone, m_log.committed()};
    return {m_term, m_vote, m_log.committed()};
}

bool Raft::promotable() const {
    const Progress* own = m_tracker.peers.find(id());
    return own && !own->learner && !m_log.hasPendingSnapshot();
}

void Raft::send(Message message) {
    if (message.from == kNone) message.from = id();
    const MessageType type = message.type;
    if (isVoteMessage(type)) {
        RAFTARIUM_CHECK_MSG(message.term != 0, "a vote message must carry a term");
    } else {
        RAFTARIUM_CHECK_MSG(message.term == 0, "only vote messages bring their term along");
        // Proposals and read requests are not bound to a term.
        if (type != MessageType::prop && type != MessageType::readIndex) message.term = m_term;
    }
    // These three promise something about stable storage: what is appended, or whom this member voted for.
    const bool needsStableState =
        type == MessageType::appResp || type == MessageType::voteResp || type == MessageType::preVoteResp;
    if (mutated(Mutant::ackBeforeSync)) {
        if (message.to != id()) {
            m_messages.push_back(std::move(message));
            return;
        }
    }
    if (needsStableState) {
        m_messagesAfterAppend.push_back(std::move(message));
    } else {
        RAFTARIUM_CHECK_MSG(message.to != id(), "a message must not go to its sender");
        m_messages.push_back(std::move(message));
    }
}

StepError Raft::step(Message message) {
    m_messageFrom = message.from;
    if (message.term > m_term) {
        if (!acceptHigherTerm(message)) return StepError::none;
    } else if (message.term != 0 && message.term < m_term) {
        answerLowerTerm(message);
        return StepError::none;
    }
    switch (message.type) {
        case MessageType::hup:
            hup(m_config.preVote ? CampaignKind::preElection : CampaignKind::election,
                std::exchange(m_hupCause, RoleCause::campaignAsked));
            return StepError::none;
        case MessageType::storageAppendResp:
            handleStorageAppendResp(message);
            return StepError::none;
        case MessageType::storageApplyResp:
            handleStorageApplyResp(message);
            return StepError::none;
        case MessageType::vote:
        case MessageType::preVote:
            handleVoteRequest(message);
            return StepError::none;
        default:
            break;
    }
    switch (m_role) {
        case Role::leader:
            return stepLeader(message);
        case Role::follower:
            return stepFollower(message);
        case Role::candidate:
        case Role::preCandidate:
            return stepCandidate(message);
    }
    return StepError::none;
}

// False if the message is to be ignored.
bool Raft::acceptHigherTerm(const Message& message) {
    const bool isRequest = message.type == MessageType::vote || message.type == MessageType::preVote;
    if (isRequest && message.context.view() != kTransferContext) {
        const bool inLease = m_config.checkQuorum && m_lead != kNone && m_electionElapsedTicks < m_config.electionTicks;
        if (inLease) {
            // Heard from a leader within the minimum election timeout: neither vote nor term change (thesis 4.2.3).
            traceVote(message, VoteResult::leaderLease);
            return false;
        }
    }
    if (message.type == MessageType::preVote) return true;
    // A granted pre-vote carries the future term; it is taken when the real campaign starts.
    if (message.type == MessageType::preVoteResp && !message.reject) return true;
    if (mutated(Mutant::keepLeadingOnHigherTerm)) {
        if (m_role == Role::leader) {
            m_term = message.term;
            return true;
        }
    }
    const bool fromLeader =
        message.type == MessageType::app || message.type == MessageType::heartbeat || message.type == MessageType::snap;
    becomeFollower(message.term, fromLeader ? message.from : kNone, RoleCause::higherTerm);
    return true;
}

void Raft::answerLowerTerm(const Message& message) {
    const bool fromLeader = message.type == MessageType::app || message.type == MessageType::heartbeat;
    if (fromLeader && (m_config.checkQuorum || m_config.preVote)) {
        // A leader of an old term would never learn of ours otherwise: our vote requests may be ignored by everyone.
        Message answer;
        answer.type = MessageType::appResp;
        answer.to = message.from;
        send(std::move(answer));
        traceIgnored(message, IgnoreReason::oldTerm);
    } else if (message.type == MessageType::preVote) {
        traceVote(message, VoteResult::oldTerm);
        Message answer;
        answer.type = MessageType::preVoteResp;
        answer.to = message.from;
        answer.term = m_term;
        answer.reject = true;
        send(std::move(answer));
    } else if (message.type == MessageType::storageAppendResp) {
        // The entries may have been replaced since (ABA): not marked stable. A snapshot is committed, so it still is.
        if (message.snapshot) appliedSnapshot(*message.snapshot);
    } else if (message.type == MessageType::vote) {
        traceVote(message, VoteResult::oldTerm);
    } else {
        traceIgnored(message, IgnoreReason::oldTerm);
    }
}

void Raft::handleVoteRequest(const Message& message) {
    const bool preVote = message.type == MessageType::preVote;
    const bool mayVote = m_vote == message.from || (m_vote == kNone && m_lead == kNone) ||
                         (preVote && message.term > m_term) || mutated(Mutant::voteTwice);
    const bool upToDate = m_log.isUpToDate({message.logTerm, message.index}) || mutated(Mutant::skipVoteLogCheck);
    Message answer;
    answer.type = voteRespOf(message.type);
    answer.to = message.from;
    if (mayVote && upToDate) {
        traceVote(message, VoteResult::granted);
        // A pre-vote is granted in the term asked for; the own one is left alone.
        answer.term = message.term;
        send(std::move(answer));
        if (!preVote) {
            m_electionElapsedTicks = 0;
            m_vote = message.from;
            addTrace(trace::ElectionTimerReset{});
        }
        return;
    }
    if (mayVote) {
        traceVote(message, VoteResult::logBehind);
    } else {
        traceVote(message, m_vote != kNone ? VoteResult::alreadyVoted : VoteResult::leaderKnown);
    }
    answer.term = m_term;
    answer.reject = true;
    send(std::move(answer));
}

void Raft::handleStorageAppendResp(const Message& message) {
    if (message.index != 0) m_log.unstable().stableTo(message.index, message.logTerm);
    if (message.snapshot) appliedSnapshot(*message.snapshot);
}

void Raft::handleStorageApplyResp(const Message& message) {
    if (message.entries.empty()) return;
    appliedTo(message.entries.back().index, encodedSizeOf(message.entries));
    reduceUncommitted(payloadSizeOf(message.entries));
}

void Raft::appliedTo(Index index, std::uint64_t bytes) {
    m_log.appliedTo(std::max(index, m_log.applied()), bytes);
    leaveJointIfDue();
}

void Raft::appliedSnapshot(const Snapshot& snapshot) {
    m_log.unstable().stableSnapshotTo(snapshot.metadata.index);
    appliedTo(snapshot.metadata.index, 0);
}

void Raft::tick() {
    if (m_role == Role::leader) {
        tickHeartbeat();
    } else {
        tickElection();
    }
}

StepError Raft::campaign(RoleCause cause) {
    m_hupCause = cause;
    Message hupMessage;
    hupMessage.type = MessageType::hup;
    hupMessage.from = id();
    return step(std::move(hupMessage));
}

void Raft::tickElection() {
    ++m_electionElapsedTicks;
    if (!promotable() || m_electionElapsedTicks < m_electionTimeoutTicks) return;
    m_electionElapsedTicks = 0;
    campaign(RoleCause::electionTimeout);
}

void Raft::tickHeartbeat() {
    ++m_heartbeatElapsedTicks;
    ++m_electionElapsedTicks;
    if (m_electionElapsedTicks >= m_config.electionTicks) {
        m_electionElapsedTicks = 0;
        if (m_config.checkQuorum) checkQuorum();
        // A transfer that takes longer than an election timeout has failed (thesis 3.10).
        if (m_role == Role::leader && m_transferee != kNone) abortTransfer();
    }
    if (m_role != Role::leader) return;
    if (m_heartbeatElapsedTicks >= m_config.heartbeatTicks) {
        m_heartbeatElapsedTicks = 0;
        broadcastHeartbeat();
    }
}

void Raft::drawElectionTimeout() {
    const auto span = static_cast<std::uint64_t>(m_config.electionTicks);
    m_electionTimeoutTicks = m_config.electionTicks + static_cast<int>(m_rng.below(span));
    addTrace(trace::ElectionTimeoutDrawn{m_electionTimeoutTicks});
}

void Raft::reset(Term term) {
    if (m_term != term) {
        addTrace(trace::TermChanged{term, m_term, m_messageFrom});
        m_term = term;
        m_vote = kNone;
    }
    m_lead = kNone;
    m_electionElapsedTicks = 0;
    m_heartbeatElapsedTicks = 0;
    drawElectionTimeout();
    abortTransfer();
    m_tracker.resetVotes();
    const Index last = m_log.lastIndex();
    for (Peered& peer : m_tracker.peers) {
        peer.progress =
            Progress(peer.id == id() ? last : 0, last + 1, m_tracker.makeInflights(), peer.progress.learner);
    }
    m_pendingConfIndex = 0;
    m_uncommittedBytes = 0;
    m_reads.clear();
}

void Raft::becomeFollower(Term term, NodeId lead, RoleCause cause) {
    reset(term);
    m_lead = lead;
    m_role = Role::follower;
    traceRole(cause);
}

void Raft::becomeCandidate(RoleCause cause) {
    RAFTARIUM_CHECK_MSG(m_role != Role::leader, "a leader does not become candidate");
    m_messageFrom = id();
    reset(m_term + 1);
    m_vote = id();
    m_role = Role::candidate;
    traceRole(cause);
}

void Raft::becomePreCandidate(RoleCause cause) {
    RAFTARIUM_CHECK_MSG(m_role != Role::leader, "a leader does not become pre-candidate");
    // Neither term, vote nor timers change.
    m_tracker.resetVotes();
    m_lead = kNone;
    m_role = Role::preCandidate;
    traceRole(cause);
}

void Raft::becomeLeader() {
    RAFTARIUM_CHECK_MSG(m_role != Role::follower, "a follower does not become leader");
    reset(m_term);
    m_lead = id();
    m_role = Role::leader;
    traceRole(RoleCause::voteWon);
    Progress* own = m_tracker.peers.find(id());
    RAFTARIUM_CHECK(own != nullptr);
    own->becomeReplicate();
    own->recentActive = true;
    for (Peered& peer : m_tracker.peers) traceProgress(peer.id, peer.progress);
    // There may be a change in the tail taken over; no other before all of it is applied.
    m_pendingConfIndex = m_log.lastIndex();
    // Commits what earlier terms left, once this entry commits (paper 8).
    RAFTARIUM_CHECK(appendEntries({Entry{}}));
}

void Raft::traceRole(RoleCause cause) {
    const SoftState now = softState();
    if (now == m_tracedRole && m_role == Role::follower && cause != RoleCause::none) return;
    m_tracedRole = now;
    addTrace(trace::RoleChanged{m_role, m_term, m_lead, cause, m_messageFrom});
}

void Raft::traceProgress(NodeId peer, Progress& progress) {
    const trace::ProgressChanged now{
        peer,           progress.state, progress.paused(),
        progress.match, progress.next,  static_cast<std::uint64_t>(progress.inflights.count())};
    if (progress.traced == now) return;
    progress.traced = now;
    addTrace(now);
}

void Raft::traceIgnored(const Message& message, IgnoreReason reason) {
    addTrace(trace::MessageIgnored{message.from, message.term, reason});
}

void Raft::traceVote(const Message& request, VoteResult result) {
    trace::VoteCast vote;
    vote.candidate = request.from;
    vote.term = request.term;
    vote.preVote = request.type == MessageType::preVote;
    vote.result = result;
    const EntryId own = m_log.lastEntry();
    vote.candidateLastTerm = request.logTerm;
    vote.candidateLastIndex = request.index;
    vote.ownLastTerm = own.term;
    vote.ownLastIndex = own.index;
    vote.votedFor = result == VoteResult::granted && !vote.preVote ? request.from : m_vote;
    addTrace(vote);
}

StepError Raft::dropProposal(ProposalDropReason reason) {
    addTrace(trace::ProposalDropped{reason});
    return StepError::proposalDropped;
}

}  // namespace raftarium::raft
