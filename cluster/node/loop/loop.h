// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The raft loop: the heart of a member, without threads. step() takes what the inbox has, steps the core, gives each
// part its turn, and says when it wants to run next. It only conducts: its parts know what is to be done, and when
// (requests, messages, members, leadership, upkeep). Clock, transport, WAL writer and backend are handed in, so that
// the node runs it on a thread, and a simulator on its own clock. All functions are for the thread that calls step();
// other threads go through the inbox.
//
// Bodies by concern: loop.cpp (the step), loop_ready.cpp (the core's output), loop_apply.cpp (entries), loop_calls.cpp
// (what RaftLoop promises), loop_telemetry.cpp (events, full state).
#pragma once

#include "cluster/base/clock.h"
#include "cluster/mvcc/store.h"
#include "cluster/node/config/config.h"
#include "cluster/node/leadership/leadership_transfer.h"
#include "cluster/node/leadership/lease_keeper.h"
#include "cluster/node/leadership/publication.h"
#include "cluster/node/loop/inbox.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/loop/loop_views.h"
#include "cluster/node/loop/reader_gate.h"
#include "cluster/node/loop/start_state.h"
#include "cluster/node/loop/ticker.h"
#include "cluster/node/loop/wal_writer.h"
#include "cluster/node/members/applied_members.h"
#include "cluster/node/members/reconfiguration.h"
#include "cluster/node/messages/fault_gate.h"
#include "cluster/node/messages/outgoing.h"
#include "cluster/node/messages/transport.h"
#include "cluster/node/raft_loop.h"
#include "cluster/node/requests/answers.h"
#include "cluster/node/requests/proposals.h"
#include "cluster/node/requests/read_index_batches.h"
#include "cluster/node/telemetry/telemetry_publisher.h"
#include "cluster/node/telemetry/trace_origins.h"
#include "cluster/node/upkeep/backend_commits.h"
#include "cluster/node/upkeep/log_snapshots.h"
#include "cluster/node/upkeep/log_writes.h"
#include "cluster/node/upkeep/store_upkeep.h"
#include "cluster/raft/raw_node.h"
#include "cluster/storage/backend/lmdb_backend.h"
#include "cluster/wire/requests.h"

#include <spdlog/logger.h>

#include <memory>
#include <optional>
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

class Loop final : public RaftLoop, private LoopHost {
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
    void confirmLeadership(ReadDone done) override { m_leases.confirmLeadership(std::move(done)); }
    void renewLease(std::int64_t id, RenewDone done) override { m_leases.renew(id, std::move(done)); }
    void raiseNoSpace() override { m_answers.raiseNoSpace(); }
    void addMember(Member member, MemberAddedDone done) override {
        m_reconfiguration.add(std::move(member), std::move(done));
    }
    void removeMember(std::uint64_t id, MembersDone done) override { m_reconfiguration.remove(id, std::move(done)); }
    void updateMember(std::uint64_t id, std::vector<std::string> peerUrls, MembersDone done) override {
        m_reconfiguration.update(id, std::move(peerUrls), std::move(done));
    }
    void promoteMember(std::uint64_t id, MembersDone done) override { m_reconfiguration.promote(id, std::move(done)); }
    void moveLeader(std::uint64_t target, ReadDone done) override { m_transfer.move(target, std::move(done)); }
    void receiveSnapshot(raft::Message message, const MessageId& id, const std::string& path) override;
    void peerUnreachable(std::uint64_t peer) override { m_raft.reportUnreachable(peer); }
    void knownToPeer(const std::string& text) override;
    telemetry::Event fullState() override;
    base::Status setLinkFaults(const std::vector<LinkFaults>& links) override;
    void clearLinkFaults() override;
    std::vector<LinkFaults> linkFaults() const override { return m_faults.links(); }
    base::Status setPace(const Pace& pace) override;
    Pace pace() const override { return m_ticker.pace(); }
    std::vector<MessageInfo> heldMessages() const override { return m_faults.held(); }
    base::Status resolveHeld(const MessageId& id, HeldAction action) override;
    void campaign() override { static_cast<void>(m_raft.campaign()); }

private:
    // LoopHost.
    raft::Term term() const override { return m_raft.status().hardState.term; }
    base::Nanoseconds electionTimeoutNs() const override { return m_ticker.electionTimeoutNs(); }
    std::uint64_t nextRequestId() override { return m_parts.nextRequestId(); }
    void propose(std::uint64_t id, std::string payload, ProposalDone done) override {
        m_proposals.proposeOwn(id, std::move(payload), std::move(done));
    }
    void linearizableRead(ReadDone done) override { m_reads.add(std::move(done), m_now); }
    void transferLeader(std::uint64_t target) override { m_raft.transferLeader(target); }
    void emit(telemetry::EventKind kind) override { emit(std::move(kind), {}); }
    void storeChanged() override;
    void fail(base::Error error) override;
    bool post(std::function<void()> work) override;

    // loop.cpp
    void drain(InboxBatch& batch);
    void refuse(InboxBatch& batch);
    base::Nanoseconds nextRunNs();
    void updateViews();
    void tellFailure();

    // The conductor's own turns.
    struct Turn {
        Loop& loop;
        base::Nanoseconds nextDueNs() const { return kNever; }
    };
    struct GateTurn : Turn {  // messages whose delay is over
        void step(base::Nanoseconds now) { loop.takeReleased(now); }
        base::Nanoseconds nextDueNs() const { return loop.m_faults.nextDueNs(); }
    };
    struct CoreTurn : Turn {  // reads are asked for, and the core's output is taken
        void step(base::Nanoseconds) {
            loop.askForReads();
            loop.processReady();
        }
    };
    struct LateCoreTurn : Turn {  // what the parts proposed or want to read leaves now, not with the next tick
        void step(base::Nanoseconds) {
            loop.askForReads();
            if (!loop.m_failed && loop.m_raft.hasReady()) loop.processReady();
        }
    };
    struct ReadsTurn : Turn {
        void step(base::Nanoseconds now) { loop.m_reads.expire(now); }
        base::Nanoseconds nextDueNs() const { return loop.m_reads.nextDeadlineNs(loop.leader() != 0); }
    };
    struct RetryTurn : Turn {  // a leader may be known now
        void step(base::Nanoseconds) { loop.m_proposals.retry(); }
    };
    // All turns of a step, in their order: the one list of what runs, and of when the next run is due. A part has
    // step(now), and nextDueNs(), which is kNever while nothing waits for a time.
    template <typename Each>
    void eachTurn(Each each) {
        each(GateTurn{{*this}});
        each(m_ticker);
        each(CoreTurn{{*this}});
        each(m_firstElection);
        each(m_proposals);
        each(ReadsTurn{{*this}});
        each(m_transfer);
        each(m_reconfiguration);
        each(RetryTurn{{*this}});
        each(m_leases);
        each(m_publication);
        each(m_upkeep);
        each(m_commits);
        each(m_snapshots);
        each(m_compactor);
        each(m_members);
        each(LateCoreTurn{{*this}});
        each(m_outgoing);
    }

    // loop_ready.cpp
    void askForReads();
    void processReady();
    void handleAppend(raft::Message& message, bool mustSync);
    void handleLogDone(LogDone& done);
    void deliver(std::vector<raft::Message>& responses);
    void onSoftState(const raft::SoftState& state);
    void takeReleased(base::Nanoseconds now);
    void release(std::vector<GatedMessage>& messages);
    void stepReceived(GatedMessage& message);
    void failLogLost(std::uint64_t leader, raft::Index counted);
    void send(std::vector<raft::Message>& messages);
    void stepLocal(raft::Message message);
    void installSnapshot(const SnapshotPtr& snapshot);

    // loop_apply.cpp
    void applyCommitted(raft::Message& message);
    void applyEntry(const raft::Entry& entry);
    void applyNormal(const raft::Entry& entry);
    void applyStoreRequest(const raft::Entry& entry, const wire::DecodedRequest& request);
    void applyConfChange(const raft::Entry& entry);
    void onLeadershipEstablished();
    void answer(std::uint64_t requestId, const raft::Entry& entry, base::Result<mvcc::Response> response,
                Answers::When when = Answers::When::now);

    // loop_telemetry.cpp
    bool listening() const { return m_telemetry.listening(); }
    void emit(telemetry::EventKind kind, const telemetry::Cause& cause);
    void emitTrace(const std::vector<raft::TraceEvent>& trace);
    void takeStoreTrace(raft::Index index);
    void addTail(telemetry::FullState& state) const;
    void countVote(const raft::trace::VoteTally& tally);
    void emitDeadline();
    void publishEvents(bool all);

    LoopParts m_parts;
    StartState m_start;
    mvcc::Store& m_store;
    Transport& m_transport;
    spdlog::logger& m_log;
    raft::RawNode m_raft;
    raft::StatusView m_status;
    TelemetryPublisher m_telemetry;
    FaultGate m_faults;
    ReadIndexBatches m_reads;
    LogWrites m_logWrites;
    wire::RequestDecoder m_decoder;
    InboxBatch m_batch;                    // kept for its capacity
    std::optional<base::Error> m_failure;  // not reported yet
    base::Nanoseconds m_nextRefusalLogNs = 0;

    // Parts.
    Ticker m_ticker;
    FirstElection m_firstElection;
    AppliedMembers m_members;
    LeadershipTransfer m_transfer;
    Reconfiguration m_reconfiguration;
    Proposals m_proposals;
    OutgoingMessages m_outgoing;
    Answers m_answers;
    LeaseKeeper m_leases;
    Publication m_publication;
    StoreUpkeep m_upkeep;
    BackendCommits m_commits;
    LogSnapshots m_snapshots;
    Compactor m_compactor;

    // Telemetry.
    std::vector<GateEvent> m_gateEvents;  // kept for their capacity
    std::vector<mvcc::StoreTrace> m_storeTrace;
    TraceCauses m_traceCauses;
    RevisionRequests m_revisionRequests;
    std::uint64_t m_appliedRequest = 0;  // of the entry that is being applied
    std::uint64_t m_rulesFired = 0;
    ElectionDeadline m_deadline;
    bool m_redrawn = false;
    struct Tally {
        bool preVote = false;
        std::vector<std::uint64_t> granted, refused;
    };
    Tally m_tally;
};

}  // namespace raftarium::node
