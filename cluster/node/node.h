// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One member of a cluster: the composition root of loop, WAL writer, store and telemetry. All calls are safe from any
// thread; completions run on the loop thread (keep them short: hand over, do not block).
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/store.h"
#include "cluster/node/config/config.h"
#include "cluster/node/loop/transport.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/telemetry/telemetry_event.h"
#include "cluster/node/telemetry/telemetry_hub.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

namespace raftarium::node {

// A consistent small picture of the node, refreshed by the loop after each batch; reading takes no lock of the loop's.
struct NodeStatus {
    std::uint64_t nodeId = 0;
    std::uint64_t clusterId = 0;
    std::uint64_t incarnation = 0;
    raft::Role role = raft::Role::follower;
    bool learner = false;
    std::uint64_t term = 0;
    std::uint64_t leader = 0;  // 0 = unknown
    std::uint64_t votedFor = 0;
    std::uint64_t firstIndex = 0;
    std::uint64_t lastIndex = 0;
    std::uint64_t durableIndex = 0;
    std::uint64_t commit = 0;
    std::uint64_t applied = 0;
    std::int64_t revision = 0;
    bool ready = false;  // serves clients
    bool stopped = false;
    bool firstStart = false;  // nothing was stored before, and the cluster was not told of this run yet
    ElectionDeadline deadline;
    Pace pace;
};

// What an answered proposal brings back. The response is the loop's own; move from it.
struct Applied {
    mvcc::Response response;
    std::uint64_t index = 0;
    std::uint64_t term = 0;
};
using ProposalDone = std::function<void(base::Result<Applied>)>;
using ReadDone = std::function<void(base::Status)>;

class Node {
public:
    // Opens or bootstraps the data directory. Errors: another process holds it, damage (file, offset, reason), flags
    // that contradict the directory. `transport` must outlive the node.
    // `existing` is the cluster as its members tell it, for a first start. One that joins (--initial-cluster-state
    // existing) needs it, and finds its own entry by its peer URLs. One of a new cluster has it only if others run
    // already; a member that they know refuses to start without its data.
    static base::Result<std::unique_ptr<Node>> create(const Config& config, Transport& transport,
                                                      const Membership* existing = nullptr);
    static bool isFirstStart(const Config& config);
    virtual ~Node() = default;

    virtual void start() = 0;  // threads run
    // Transfers leadership if it has it (bounded), finishes the WAL and the backend; returns when all threads ended.
    virtual void stop() = 0;
    // Ends all threads without finishing anything, as a crash would; what was not synced is lost. For tests.
    virtual void abandon() = 0;
    // Called once, from the loop, when the node cannot go on (a failed sync, say) or, with Errc::aborted, when this
    // member was removed from the cluster (the process then ends with status 0). Set it before start().
    virtual void onFatal(std::function<void(base::Error)> callback) = 0;

    // One thread may gather: what it hands over by propose(), linearizableRead() and receive() after gatherHere() need
    // not wake the loop before its next release(), which it calls before it waits for anything. A wake-up costs more
    // than what most requests take.
    virtual void gatherHere() {}
    virtual bool gathered() const { return false; }  // something waits for release(); for that thread
    virtual void release() {}

    // `work` runs on the loop's thread after each of its steps, in which completions may have run; the last time when
    // the thread ends.
    virtual void afterSteps(std::function<void(bool last)> work) = 0;

    // --- Clients -------------------------------------------------------------------------------------------------
    virtual std::uint64_t nextRequestId() = 0;
    // `payload` = bytes of etcdserverpb.InternalRaftRequest with header.ID == requestId. Fails with tooManyRequests
    // when the apply backlog is over 5000, requestTooLarge, timeout after 5 s + 2 election timeouts, proposalDropped,
    // stopped.
    virtual void propose(std::uint64_t requestId, std::string payload, ProposalDone done) = 0;
    // Completes when reads of the local store are linearizable (ReadIndex, batched).
    virtual void linearizableRead(ReadDone done) = 0;
    // Runs `read` under the reader gate: Store's const members may be called, its views die with the call.
    virtual void read(const std::function<void(const mvcc::Store&)>& read) const = 0;

    // Leases: answered by the leader; Errc::unavailable with the leader's id in `text` (hex) elsewhere, so that rpc
    // forwards.
    // confirmLeadership: without an error a majority took this member for its leader after the call.
    virtual void confirmLeadership(ReadDone done) = 0;
    virtual void renewLease(std::int64_t id, std::function<void(base::Result<std::int64_t>)> done) = 0;

    // Watch streams. Everything runs on the loop in the order called; sinks are called there.
    virtual void openWatchStream(mvcc::WatchSink& sink, std::function<void(mvcc::StreamId)> done) = 0;
    virtual void closeWatchStream(mvcc::StreamId stream, std::function<void()> closed) = 0;
    virtual void createWatch(mvcc::StreamId stream, mvcc::WatchRequest request,
                             std::function<void(base::Result<mvcc::WatchCreated>)> done) = 0;
    // The stream's sink has room again after it refused a batch.
    virtual void retryWatchStream(mvcc::StreamId stream) = 0;
    virtual void cancelWatch(mvcc::StreamId stream, mvcc::WatchId watch, std::function<void(bool)> done) = 0;
    // Answered through the stream's sink (Store::requestWatchProgress).
    virtual void requestWatchProgress(mvcc::StreamId stream) = 0;

    // --- Cluster -------------------------------------------------------------------------------------------------
    virtual NodeStatus status() const = 0;
    virtual Membership membership() const = 0;
    // strict checks as etcd's; result = members afterwards. `added` of memberAdd is in the list (its id is returned).
    using MembersDone = std::function<void(base::Result<std::vector<Member>>)>;
    virtual void addMember(Member member,
                           std::function<void(base::Result<std::pair<Member, std::vector<Member>>>)> done) = 0;
    virtual void removeMember(std::uint64_t id, MembersDone done) = 0;
    virtual void updateMember(std::uint64_t id, std::vector<std::string> peerUrls, MembersDone done) = 0;
    virtual void promoteMember(std::uint64_t id, MembersDone done) = 0;  // leader; elsewhere as renewLease
    virtual void moveLeader(std::uint64_t target, ReadDone done) = 0;

    // --- Maintenance ---------------------------------------------------------------------------------------------
    virtual base::Status defragment() = 0;  // blocks the caller
    virtual base::Status commitBackend() = 0;
    // Writes the store as it is now, as etcd's snapshot file (bbolt, then its SHA-256), to a new file; blocks the
    // caller, not the node. The result is the bytes before the hash.
    virtual base::Result<std::uint64_t> writeSnapshot(const std::string& path) = 0;

    // --- Peers ---------------------------------------------------------------------------------------------------
    // A message from the network, through the receiver's fault gate. `id` is the sender's.
    virtual void receive(raft::Message message, const MessageId& id) = 0;
    // A MsgSnap whose store content lies whole and synced at `path`, a file in snapshotDirectory(); the node moves or
    // deletes it.
    virtual void receiveSnapshot(raft::Message message, const MessageId& id, const std::string& path) = 0;
    virtual std::string snapshotDirectory() const = 0;  // where to write what arrives: names starting with "tmp"
    virtual void peerUnreachable(std::uint64_t peer) = 0;
    // Another member refuses this one's first start: it knows that there was an earlier one. Ends the node, with
    // `text`, unless it has made itself known meanwhile.
    virtual void knownToPeer(const std::string& text) { static_cast<void>(text); }
    virtual bool isMember(std::uint64_t id) const = 0;
    virtual bool wasRemoved(std::uint64_t id) const = 0;

    // --- Telemetry and control -------------------------------------------------------------------------------------
    virtual TelemetryHub& telemetry() = 0;
    // Everything a new subscriber needs, taken on the loop between two events: an event of the kind FullState, whose
    // sequence is that of the last event before it.
    virtual void fullState(std::function<void(telemetry::Event)> done) = 0;

    virtual base::Status setLinkFaults(const std::vector<LinkFaults>& links) = 0;  // replaces those of the named links
    virtual void clearLinkFaults() = 0;
    virtual std::vector<LinkFaults> linkFaults() const = 0;
    virtual base::Status setPace(const Pace& pace) = 0;
    virtual std::vector<MessageInfo> heldMessages() const = 0;
    enum class HeldAction : std::uint8_t { deliver, drop, duplicate };
    virtual base::Status resolveHeld(const MessageId& id, HeldAction action) = 0;  // a zero id: all
    virtual void campaign() = 0;
};

}  // namespace raftarium::node
