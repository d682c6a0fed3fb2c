// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What can be asked of the raft loop. Everything here runs on the loop's own thread, in the order in which it was
// posted (Node::post); completions run there, too.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/watch/watch.h"
#include "cluster/node/calls.h"
#include "cluster/node/telemetry/telemetry_event.h"
#include "cluster/raft/message.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace raftarium::node {

class RaftLoop {
public:
    virtual ~RaftLoop() = default;

    // --- Clients -----------------------------------------------------------------------------------------------------
    // Watch streams; sinks are called on this thread.
    virtual void openWatchStream(mvcc::WatchSink& sink, std::function<void(mvcc::StreamId)> done) = 0;
    virtual void closeWatchStream(mvcc::StreamId stream, std::function<void()> closed) = 0;
    virtual void createWatch(mvcc::StreamId stream, mvcc::WatchRequest request,
                             std::function<void(base::Result<mvcc::WatchCreated>)> done) = 0;
    virtual void cancelWatch(mvcc::StreamId stream, mvcc::WatchId watch, std::function<void(bool existed)> done) = 0;
    // The stream's sink has room again after it refused a batch.
    virtual void retryWatchStream(mvcc::StreamId stream) = 0;
    // Answered through the stream's sink (Store::requestWatchProgress).
    virtual void requestWatchProgress(mvcc::StreamId stream) = 0;

    // The next three are the leader's to answer. Another member answers Errc::unavailable with the leader's id as text
    // (hex; 0 = ask again later), and the caller forwards the call there.
    // confirmLeadership: without an error, a majority took this member for its leader after the call.
    virtual void confirmLeadership(ReadDone done) = 0;
    virtual void renewLease(std::int64_t id, RenewDone done) = 0;
    virtual void promoteMember(std::uint64_t id, MembersDone done) = 0;

    // A write did not fit into this member's store: raises the alarm NOSPACE, unless that is done or under way.
    virtual void raiseNoSpace() = 0;

    // --- Cluster -----------------------------------------------------------------------------------------------------
    // Changes of members, with etcd's checks (members/membership_rules.h). A new member without an id gets one.
    virtual void addMember(Member member, MemberAddedDone done) = 0;
    virtual void removeMember(std::uint64_t id, MembersDone done) = 0;
    virtual void updateMember(std::uint64_t id, std::vector<std::string> peerUrls, MembersDone done) = 0;
    virtual void moveLeader(std::uint64_t target, ReadDone done) = 0;

    // --- Peers -------------------------------------------------------------------------------------------------------
    // A MsgSnap whose store content lies whole and synced at `path`, a file in Node::snapshotDirectory(); the loop
    // moves or deletes it.
    virtual void receiveSnapshot(raft::Message message, const MessageId& id, const std::string& path) = 0;
    virtual void peerUnreachable(std::uint64_t peer) = 0;
    // Another member refuses this one's first start, because it knows that there was an earlier one. Ends the node with
    // `text`, unless this member has published itself meanwhile.
    virtual void knownToPeer(const std::string& text) = 0;

    // --- Telemetry and control ---------------------------------------------------------------------------------------
    // All that a new subscriber begins with: an event of the kind FullState, taken between two others; its sequence is
    // that of the last event before it.
    virtual telemetry::Event fullState() = 0;
    // Replaces the faults of the named links. Errc::invalidArgument (control_limits.h), and nothing changes.
    virtual base::Status setLinkFaults(const std::vector<LinkFaults>& links) = 0;
    virtual void clearLinkFaults() = 0;
    virtual std::vector<LinkFaults> linkFaults() const = 0;
    virtual base::Status setPace(const Pace& pace) = 0;  // Errc::invalidArgument, as above
    virtual Pace pace() const = 0;
    virtual std::vector<MessageInfo> heldMessages() const = 0;
    // A zero id: all held messages. Errc::notFound: no message with that id is held.
    virtual base::Status resolveHeld(const MessageId& id, HeldAction action) = 0;
    virtual void campaign() = 0;
};

}  // namespace raftarium::node
