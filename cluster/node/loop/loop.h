// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The heart of a member, without threads: step(now) drains the inbox, drives the core, applies what is committed, and
// says when it wants to run next. Clock, transport, log writer and backend are handed in, so that the node runs it on a
// thread and a simulator on its own clock. All members are for the thread that calls step(); others go through the
// inbox.
//
// Bodies by concern: loop.cpp (step, timers), loop_ready.cpp (the core's output), loop_apply.cpp (entries),
// loop_membership.cpp (conf changes, attributes), loop_clients.cpp (proposals, reads, leases, leader transfer),
// loop_snapshot.cpp (log snapshots), loop_telemetry.cpp (events, full state, faults, pace).
#pragma once

#include "cluster/base/clock.h"
#include "cluster/mvcc/store.h"
#include "cluster/node/config/config.h"
#include "cluster/node/loop/auto_compaction.h"
#include "cluster/node/loop/fault_gate.h"
#include "cluster/node/loop/inbox.h"
#include "cluster/node/loop/loop_views.h"
#include "cluster/node/loop/proposals.h"
#include "cluster/node/loop/read_index_batches.h"
#include "cluster/node/loop/reader_gate.h"
#include "cluster/node/loop/start_state.h"
#include "cluster/node/loop/transport.h"
#include "cluster/node/loop/wal_writer.h"
#include "cluster/node/members/membership_json.h"
#include "cluster/node/members/membership_rules.h"
#include "cluster/node/raft_loop.h"
#include "cluster/node/telemetry/telemetry_publisher.h"
#include "cluster/raft/raw_node.h"
#include "cluster/storage/backend/lmdb_backend.h"
#include "cluster/wire/requests.h"

#include <spdlog/logger.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace raftarium::node {

inline constexpr std::uint64_t kMaxApplyBacklog = 5000;

struct LoopParts {
    Config config;
    const base::Clock* clock = nullptr;
    base::FileSystem* fileSystem = nullptr;
    Transport* transport = nullptr;
    WalWriter* walWriter = nullptr;
    storage::LmdbBackend* backend = nullptr;
    mvcc::Store* store = nullptr;
    ReaderGate* gate = nullptr;
    TelemetryHub* hub = nullptr;
    Inbox* inbox = nullptr;
    LoopViews* views = nullptr;
    std::shared_ptr<spdlog::logger> logger;
    std::function<std::uint64_t()> nextRequestId;
    std::function<void(base::Error)> fatal;
};

class Loop final : public RaftLoop {
public:
    Loop(LoopParts parts, StartState start);
    ~Loop() override;

    void start();
    // One iteration; the result is when to run next at the latest (monotonic ns). Sooner if the inbox has something.
    base::Nanoseconds step();
    // Hands leadership over if it has it, then calls `done`; bounded by `withinNs`.
    void prepareStop(base::Nanoseconds withinNs, std::function<void()> done);
    // Fails everything that waits. The last call.
    void shutDown();

    // RaftLoop.
    void openWatchStream(mvcc::WatchSink& sink, std::function<void(mvcc::StreamId)> done) override;
    void closeWatchStream(mvcc::StreamId stream, std::function<void()> closed) override;
    void createWatch(mvcc::StreamId stream, mvcc::WatchRequest request,
                     std::function<void(base::Result<mvcc::WatchCreated>)> done) override;
    void cancelWatch(mvcc::StreamId stream, mvcc::WatchId watch, std::function<void(bool existed)> done) override;
    void retryWatchStream(mvcc::StreamId stream) override;
    void requestWatchProgress(mvcc::StreamId stream) override;
    void confirmLeadership(ReadDone done) override;
    void renewLease(std::int64_t id, RenewDone done) override;
    void promoteMember(std::uint64_t id, MembersDone done) override;
    void raiseNoSpace() override;
    void addMember(Member member, MemberAddedDone done) override;
    void removeMember(std::uint64_t id, MembersDone done) override;
    void updateMember(std::uint64_t id, std::vector<std::string> peerUrls, MembersDone done) override;
    void moveLeader(std::uint64_t target, ReadDone done) override;
    void receiveSnapshot(raft::Message message, const MessageId& id, const std::string& path) override;
    void peerUnreachable(std::uint64_t peer) override;
    void knownToPeer(const std::string& text) override;
    FullState fullState() override;
    base::Status setLinkFaults(const std::vector<LinkFaults>& links) override;
    void clearLinkFaults() override;
    std::vector<LinkFaults> linkFaults() const override { return m_faults.links(); }
    base::Status setPace(const Pace& pace) override;
    Pace pace() const override { return m_pace; }
    std::vector<MessageInfo> heldMessages() const override { return m_faults.held(); }
    base::Status resolveHeld(const MessageId& id, HeldAction action) override;
    void campaign() override;

private:
    // loop.cpp
    void drain(InboxBatch& batch);
    void refuse(InboxBatch& batch);
    void compactIfDue();
    void work();
    void tickIfDue();
    void advanceElectionIfDue();
    void runTimers();
    base::Nanoseconds nextRunNs() const;
    void updateViews();
    void fail(base::Error error);  // told at the end of the step, outside the reader gate
    void tellFailure();
    void commitBackendIfDue();
    bool isLeader() const { return m_status.softState.role == raft::Role::leader; }
    std::uint64_t leader() const { return m_status.softState.lead; }
    base::Nanoseconds electionNs() const { return m_pace.tickNs * m_pace.electionTicks; }
    // At etcd's pace this is its half second. At a slow one with slow links the answer takes longer than that.
    base::Nanoseconds readRetryNs() const {
        constexpr int kHeartbeats = 5;
        return std::min(electionNs(), m_pace.tickNs * m_pace.heartbeatTicks * kHeartbeats);
    }

    // loop_ready.cpp
    void processReady();
    void handleAppend(raft::Message& message, bool mustSync);
    void handleLogDone(LogDone& done);
    void deliver(std::vector<raft::Message>& responses);
    void onSoftState(const raft::SoftState& state);
    void stepReceived(GatedMessage& message);
    void failLogLost(std::uint64_t leader, raft::Index counted);
    void send(std::vector<raft::Message>& messages);
    void dispatch(raft::Message&& message);
    bool holdCommit(raft::Message& message);
    void sendHeldCommits(bool all);
    void flushOutgoing();
    void stepLocal(raft::Message message);

    // loop_apply.cpp
    void applyCommitted(raft::Message& message);
    void applyEntry(const raft::Entry& entry);
    void applyNormal(const raft::Entry& entry);
    void onLeadershipEstablished();
    void finishApplied(std::uint64_t requestId, const raft::Entry& entry, base::Result<mvcc::Response> response);
    void completeApplied();
    void answerPhysicalCompactions();
    void noSpaceAtApply();
    void proposeNoSpaceAlarm();

    // loop_membership.cpp
    void applyConfChange(const raft::Entry& entry);
    void changeMembership(const raft::ConfChange& change, const ConfChangeContext& context, bool store);
    void applyAttributes(std::uint64_t id, MemberAttributes attributes, raft::Index index);
    void applyClusterVersion(std::string version, raft::Index index);
    void storeMember(const Member& member);
    void membershipChanged();
    void proposeConfChange(raft::ConfChange change, const ConfChangeContext& context,
                           std::function<void(base::Status)> done);
    void removeLeader(raft::ConfChange change, std::function<void(base::Status)> done);
    void checkRemovals();
    std::vector<Member> memberList() const;
    Surroundings surroundings() const;
    void publishIfDue();
    void proposeClusterVersion();

    // loop_clients.cpp
    void proposeBatch(std::vector<Proposal>& proposals);
    void proposeNow(std::vector<Proposal>& proposals);
    void proposeOwn(std::uint64_t id, std::string payload, ProposalDone done);
    void retryWaiting();
    base::Error timeoutError(base::Nanoseconds startNs) const;
    void driveReads();
    base::Error leaderElsewhere() const;
    void renewConfirmed(std::int64_t id, RenewDone done);
    void checkLeases();
    void revokeLeases(const std::vector<std::int64_t>& expired);
    void checkpointLeases();
    void proposeCheckpoint(const std::vector<mvcc::LeaseCheckpointOp::Item>& items, ProposalDone done);
    void checkTransfer();
    std::uint64_t successor() const;

    // loop_snapshot.cpp
    void snapshotIfDue();
    void finishCheckpoint(const SnapshotPtr& snapshot);
    void sendSnapshot(raft::Message message);
    void installSnapshot(const SnapshotPtr& snapshot);
    std::string receivedPath(raft::Index index) const;

    // loop_telemetry.cpp
    bool listening() const { return m_telemetry.listening(); }
    void emit(TelemetryPayload payload);
    void emitTrace(const std::vector<raft::TraceEvent>& trace);
    void emitMessages(std::vector<MessageEvent>& events);
    void takeStoreTrace(raft::Index index);
    void countVote(const raft::TraceEvent& event);
    void emitDeadline();
    void publishEvents(bool all);

    LoopParts m_parts;
    StartState m_start;
    mvcc::Store& m_store;
    Transport& m_transport;
    spdlog::logger& m_log;
    raft::RawNode m_raft;
    raft::StatusView m_status;
    raft::ConfState m_confState;
    Membership m_membership;
    FaultGate m_faults;
    PendingProposals m_pending;
    ReadIndexBatches m_reads;
    wire::RequestDecoder m_decoder;
    Pace m_pace;

    AutoCompaction m_autoCompaction;
    InboxBatch m_batch;  // kept for its capacity

    base::Nanoseconds m_now = 0;
    base::Nanoseconds m_nextTickNs = 0;
    base::Nanoseconds m_advanceUntilNs = 0;  // 0: done
    bool m_failed = false;
    std::optional<base::Error> m_failure;  // not told yet
    bool m_removed = false;
    base::Nanoseconds m_removedAtNs = 0;

    // Log and apply.
    raft::Index m_applied = 0;
    raft::Term m_appliedTerm = 0;
    raft::Index m_durable = 0;
    std::uint64_t m_logOrder = 0;   // of the last write submitted
    std::uint64_t m_logNeeded = 0;  // of the last one that something waits for
    std::uint64_t m_logDone = 0;
    raft::HardState m_hardState;
    struct Outcome {
        ProposalDone done;
        base::Result<Applied> result;
        std::uint64_t id = 0;
    };
    std::vector<Outcome> m_outcomes;
    std::vector<Outcome> m_compacting;  // answered when the rows are gone
    std::vector<Outcome> m_overQuota;   // answered when the alarm is raised
    bool m_raisingNoSpace = false;
    std::vector<std::function<void()>> m_afterApply;  // completions that must run outside the reader gate

    // Outgoing.
    std::uint64_t m_messageCounter = 0;
    std::vector<Outgoing> m_outgoing;
    // Appends that tell a commit index and nothing else, by peer: see holdCommit().
    struct HeldCommit {
        raft::Message message;
        base::Nanoseconds untilNs = 0;
    };
    std::map<std::uint64_t, HeldCommit> m_heldCommits;
    std::map<std::uint64_t, base::Nanoseconds> m_handedOnNs;  // when a follower last handed on something of a client's
    std::vector<GatedMessage> m_gated;
    base::Nanoseconds m_nextRefusalLogNs = 0;
    std::vector<MessageEvent> m_gateEvents;

    // Proposals.
    std::vector<Proposal> m_waitingForLeader;  // already in m_pending
    // Forwarded by others when this member could not take them, which it would else drop without a word.
    std::vector<std::pair<base::Nanoseconds, raft::Message>> m_heldForwards;  // until, message
    base::Nanoseconds m_requestTimeoutNs = 0;
    base::Nanoseconds m_leaderElectedAtNs = 0;
    base::Nanoseconds m_leaderLostAtNs = 0;

    // Leadership.
    bool m_leasesPromoted = false;
    bool m_confirmingLeases = false;
    base::Nanoseconds m_nextLeaseCheckNs = 0;
    std::map<std::int64_t, base::Nanoseconds> m_revoking;  // lease -> when to try again
    struct Transfer {
        std::uint64_t from = 0;
        std::uint64_t target = 0;
        base::Nanoseconds deadlineNs = 0;
        ReadDone done;
    };
    std::vector<Transfer> m_transfers;

    // Publication.
    // Nothing was stored before this start, and this run has not yet told the cluster who it is. If a member knows it
    // already, an earlier run did, and what that one stored is lost.
    bool m_firstStart = false;
    bool m_published = false;
    bool m_publishing = false;
    base::Nanoseconds m_nextPublishNs = 0;
    bool m_versionProposed = false;

    // Conf changes proposed here, by their id.
    struct PendingChange {
        std::uint64_t id = 0;
        base::Nanoseconds deadlineNs = 0;
        std::function<void(base::Status)> done;
    };
    std::vector<PendingChange> m_changes;
    // Removals of the leader, which hands over first.
    struct PendingRemoval {
        raft::ConfChange change;
        base::Nanoseconds handOverByNs = 0;
        std::function<void(base::Status)> done;
    };
    std::vector<PendingRemoval> m_removals;

    // Backend and snapshots.
    bool m_committing = false;
    base::Nanoseconds m_lastCommitNs = 0;
    raft::Index m_snapshotIndex = 0;
    bool m_checkpointing = false;
    std::set<std::uint64_t> m_sendingSnapshotTo;
    bool m_moreBackground = false;
    base::Nanoseconds m_nextBackgroundNs = 0;

    // Telemetry.
    TelemetryPublisher m_telemetry;
    std::vector<mvcc::StoreTrace> m_storeTrace;  // kept for its capacity
    DeadlineSet m_deadline;
    bool m_redrawn = false;
    struct Tally {
        bool preVote = false;
        std::vector<std::uint64_t> granted, refused;
    };
    Tally m_tally;
};

}  // namespace raftarium::node
