// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The state machine of one member. RawNode is its public face; tests of the core may look inside through this header.
// Who does what: raft.cpp steps by term and drives roles; raft_leader, raft_follower and raft_candidate.cpp handle
// messages by role; raft_replication.cpp sends appends and snapshots; raft_configuration.cpp applies changes.
#pragma once

#include "cluster/base/rng.h"
#include "cluster/raft/conf/conf_changer.h"
#include "cluster/raft/log/log.h"
#include "cluster/raft/raw_node.h"
#include "cluster/raft/read_index.h"
#include "cluster/raft/tracker/tracker.h"

#include <vector>

namespace raftarium::raft {

class Raft {
public:
    explicit Raft(const Config& config);
    Raft(const Raft&) = delete;  // the log points into it
    Raft& operator=(const Raft&) = delete;

    StepError step(Message message);
    void tick();
    StepError campaign(RoleCause cause);
    ConfState applyConfChange(const ConfChangeV2& change);
    std::string confChangeFault(const ConfChangeV2& change) const;

    NodeId id() const { return m_config.id; }
    Term term() const { return m_term; }
    Role role() const { return m_role; }
    NodeId lead() const { return m_lead; }
    SoftState softState() const { return {m_lead, m_role}; }
    HardState hardState() const;
    const Log& log() const { return m_log; }
    const Tracker& tracker() const { return m_tracker; }
    // Voter here, and no snapshot waiting to be written.
    bool promotable() const;

private:
    friend class RawNode;

    enum class CampaignKind : std::uint8_t { preElection, election, transfer };

    // raft.cpp
    void send(Message message);
    bool acceptHigherTerm(const Message& message);
    void answerLowerTerm(const Message& message);
    void handleVoteRequest(const Message& message);
    void handleStorageAppendResp(const Message& message);
    void handleStorageApplyResp(const Message& message);
    void tickElection();
    void tickHeartbeat();
    void drawElectionTimeout();
    void reset(Term term);
    void becomeFollower(Term term, NodeId lead, RoleCause cause);
    void becomeCandidate(RoleCause cause);
    void becomePreCandidate(RoleCause cause);
    void becomeLeader();
    void appliedTo(Index index, std::uint64_t bytes);
    void appliedSnapshot(const Snapshot& snapshot);

    // raft_candidate.cpp
    void hup(CampaignKind kind, RoleCause cause);
    bool hasUnappliedConfChange() const;
    void startCampaign(CampaignKind kind, RoleCause cause);
    StepError stepCandidate(Message& message);
    void countVote(const Message& message);

    // raft_follower.cpp
    StepError stepFollower(Message& message);
    void leaderSeen(NodeId lead);
    void forgetLeader();
    void handleAppend(Message& message);
    StepError handleHeartbeat(Message& message);
    void handleSnapshot(const Message& message);
    bool restore(const std::shared_ptr<const Snapshot>& snapshot);

    // raft_leader.cpp
    StepError stepLeader(Message& message);
    void stepLeaderWithPeer(Message& message, Progress& progress);
    StepError handleProposal(Message& message);
    void checkProposedChange(Entry& entry, Index index);
    void checkQuorum();
    void handleReadIndex(Message& message);
    void startRead(Message request);
    void answerRead(Message request, Index index);
    void releaseHeldReads();
    void handleHeartbeatResp(const Message& message, Progress& progress);
    void handleSnapStatus(const Message& message, Progress& progress);
    void handleTransfer(const Message& message, const Progress& progress);
    void abortTransfer();
    void broadcastHeartbeat();
    void broadcastHeartbeatWith(const base::Bytes& context);

    // raft_replication.cpp
    bool appendEntries(std::vector<Entry> entries);
    bool addUncommitted(const std::vector<Entry>& entries);
    void reduceUncommitted(std::uint64_t bytes);
    void sendAppend(NodeId to) { maybeSendAppend(to, true); }
    bool maybeSendAppend(NodeId to, bool evenIfEmpty);
    bool maybeSendSnapshot(NodeId to, Progress& progress);
    void broadcastAppend();
    void handleAppendResp(const Message& message, Progress& progress);
    void handleAcceptedAppend(const Message& message, Progress& progress);
    void handleRejectedAppend(const Message& message, Progress& progress);
    bool maybeCommit();
    bool hasCommittedInTerm() const;
    void sendTimeoutNow(NodeId to);

    // raft_configuration.cpp
    ConfState switchTo(NextConfiguration next);
    void leaveJointIfDue();

    void addTrace(const TraceEvent& event) { m_trace.push_back(event); }
    void traceRole(RoleCause cause);
    void traceProgress(NodeId id, Progress& progress);
    void traceIgnored(const Message& message, IgnoreReason reason);
    void traceVote(const Message& request, VoteResult result);
    StepError dropProposal(ProposalDropReason reason);

    Config m_config;
    base::Rng m_rng;
    std::vector<TraceEvent> m_trace;  // before m_log, which adds to it
    Log m_log;
    Tracker m_tracker;

    Term m_term = 0;
    NodeId m_vote = kNone;
    Role m_role = Role::follower;
    NodeId m_lead = kNone;
    bool m_learner = false;

    int m_electionElapsedTicks = 0;  // a leader counts check-quorum rounds with it
    int m_heartbeatElapsedTicks = 0;
    int m_electionTimeoutTicks = 0;  // drawn

    std::vector<Message> m_messages;
    std::vector<Message> m_messagesAfterAppend;  // only once everything appended so far is stable
    std::vector<ReadState> m_readStates;

    ReadIndexQueue m_reads;
    std::vector<Message> m_heldReads;  // until an entry of this term is committed
    NodeId m_transferee = kNone;
    Index m_pendingConfIndex = 0;  // no change may be proposed while this is above applied
    std::uint64_t m_uncommittedBytes = 0;

    NodeId m_messageFrom = kNone;  // of the message being stepped, for the trace
    RoleCause m_hupCause = RoleCause::campaignAsked;
    SoftState m_tracedRole;
    Index m_tracedFirstIndex = 0;
};

// The context of a vote request made on a leader transfer: it overrides the leader lease.
inline constexpr std::string_view kTransferContext = "CampaignTransfer";

}  // namespace raftarium::raft
