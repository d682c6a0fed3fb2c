// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The consensus core of one member: inputs are step(), tick() and proposals, the output is ready(). It has no threads,
// no clock, no IO and no process log. It behaves message for message as etcd-io/raft's RawNode.
#pragma once

#include "cluster/raft/conf/conf_change_codec.h"
#include "cluster/raft/config.h"
#include "cluster/raft/message.h"
#include "cluster/raft/ready.h"
#include "cluster/raft/status.h"
#include "cluster/raft/step_error.h"

#include <memory>
#include <string>
#include <vector>

namespace raftarium::raft {

struct Peer {
    NodeId id = kNone;
    base::Bytes context;
};

class Raft;

// Why a core cannot start from this storage; empty if it can. Making a core all the same is a CHECK failure.
std::string startFault(const Storage& storage, Index applied);

class RawNode {
public:
    // Config must be valid (id set, ticks > 0, election > heartbeat, storage set); a broken one is a CHECK failure.
    explicit RawNode(const Config& config);
    ~RawNode();
    RawNode(RawNode&&) noexcept;
    RawNode& operator=(RawNode&&) noexcept;

    // First start of a new cluster: one committed conf change (term 1) per peer, in the order given.
    void bootstrap(const std::vector<Peer>& peers);

    void tick();
    // A message from a local storage worker, or from a member that is trusted.
    StepError step(Message message);
    // A message from the network: whatever it contains, the core answers, ignores or refuses it.
    StepError receive(Message message);
    StepError campaign();
    StepError propose(base::Bytes data);
    StepError propose(std::vector<base::Bytes> batch);  // one MsgProp
    StepError proposeConfChange(const ConfChange& change);
    StepError proposeConfChange(const ConfChangeV2& change);
    // Called when the application applies a configuration change. A change that the application refuses is applied with
    // all ids set to 0. The commit index of the entry should be on disk before: a member that loses it restarts with
    // the old configuration, and could win an election by it. Entries up to a snapshot that is already written must not
    // be applied. A change that the present configuration does not allow (see confChangeFault) has no effect on any
    // member.
    ConfState applyConfChange(const ConfChangeV2& change);
    // Why the present configuration does not allow the change; empty if it does.
    std::string confChangeFault(const ConfChangeV2& change) const;
    void readIndex(base::Bytes context);
    void transferLeader(NodeId target);
    StepError forgetLeader();
    void reportUnreachable(NodeId peer);
    void reportSnapshot(NodeId peer, bool ok);

    bool hasReady() const;
    // False while a proposal would be dropped: no leader is known, leadership is being transferred, or this leader was
    // removed. A dropped proposal certainly has no effect and may be made again later.
    bool takesProposals() const;
    // What happened since the last Ready. Needed when nothing else makes a Ready, for example after an ignored vote
    // request.
    std::vector<TraceEvent> takeTrace();
    std::size_t traceSize() const;  // of what takeTrace() would give, but for LogCompacted
    Ready ready();
    void advance();  // synchronous storage writes only

    StatusView status() const;
    std::vector<ProgressView> progress() const;  // leader: all peers, by id; else empty
    ConfState confState() const;
    Term logTerm(Index index) const;  // 0 if unknown
    Index firstIndex() const;

    // Changes while running, for lessons. Ticks as in Config. A new election timeout is drawn; the share of it that has
    // passed stays the same.
    void setTicks(int electionTicks, int heartbeatTicks);
    void setPreVote(bool on);
    void setCheckQuorum(bool on);
    // Holds until the next change of role draws a new timeout.
    void setRandomizedElectionTimeout(int ticks);

    Raft& core();  // for tests of the core itself

private:
    bool needsAppendResponse(const Ready& ready) const;
    Message storageAppendResponse(const Ready& ready) const;
    void addStorageMessages(Ready& ready);
    void accept(const Ready& ready);

    std::unique_ptr<Raft> m_raft;
    bool m_asyncStorageWrites = false;
    SoftState m_lastSoft;
    HardState m_lastHard;
    // Synchronous writes: this member's own acknowledgements, which advance() steps.
    std::vector<Message> m_stepsOnAdvance;
};

}  // namespace raftarium::raft
