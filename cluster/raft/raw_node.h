// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The consensus core of one member: inputs are step(), tick() and proposals, the output is ready(). No threads, clocks,
// IO or logging inside. Behaves message for message as etcd-io/raft's RawNode.
#pragma once

#include "cluster/raft/config.h"
#include "cluster/raft/message.h"
#include "cluster/raft/ready.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::raft {

// Outcome of an input. The texts (stepErrorText) are upstream's.
enum class StepError : std::uint8_t {
    none,
    proposalDropped,  // no leader, transfer in progress, not in the configuration, forwarding off, too much uncommitted
    stepLocalMessage,
    stepPeerNotFound,
    malformed,  // no core sends such a message; it had no effect
    // The leader counts on entries that this log does not have, though it once acknowledged them: what is left must not
    // take part any more.
    logLost,
};
const char* stepErrorText(StepError error);

enum class ProgressState : std::uint8_t { probe = 0, replicate = 1, snapshot = 2 };

struct ProgressView {
    NodeId id = kNone;
    ProgressState state = ProgressState::probe;
    Index match = 0;
    Index next = 0;
    Index pendingSnapshot = 0;
    int inflight = 0;
    bool paused = false;
    bool recentActive = false;
    bool learner = false;
};

struct StatusView {
    NodeId id = kNone;
    HardState hardState;
    SoftState softState;
    Index applied = 0;
    Index lastIndex = 0;
    NodeId leadTransferee = kNone;
    int electionElapsedTicks = 0;
    int randomizedElectionTimeoutTicks = 0;
};

struct Peer {
    NodeId id = kNone;
    base::Bytes context;
};

class Raft;

// Why a core cannot start from what is stored; empty if it can. A core made in spite of it is a CHECK failure.
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
    StepError step(Message message);  // from a local storage worker, or from a member that is trusted
    // From the network: whatever it holds, it ends in an answer or in a refusal.
    StepError receive(Message message);
    StepError campaign();
    StepError propose(base::Bytes data);
    StepError propose(std::vector<base::Bytes> batch);  // one MsgProp
    StepError proposeConfChange(const ConfChange& change);
    StepError proposeConfChange(const ConfChangeV2& change);
    // The application applied a conf change entry. A refused change is applied as one whose ids are all 0. The commit
    // index that covers the entry should be stored before: a member that forgets it restarts with the old configuration
    // and could elect itself by it. Entries up to a snapshot already written are not applied any more. A change that
    // the configuration of this moment does not allow (see confChangeFault) has no effect, on no member.
    ConfState applyConfChange(const ConfChangeV2& change);
    // Why the configuration of this moment does not allow the change; empty if it does.
    std::string confChangeFault(const ConfChangeV2& change) const;
    void readIndex(base::Bytes context);
    void transferLeader(NodeId target);
    StepError forgetLeader();
    void reportUnreachable(NodeId peer);
    void reportSnapshot(NodeId peer, bool ok);

    bool hasReady() const;
    // False while a proposal stepped now would be dropped: no leader known, a transfer going on, a removed leader. Such
    // a proposal surely has no effect and may be made later.
    bool takesProposals() const;
    // What happened since the last Ready when nothing else makes one (an ignored vote request, say).
    std::vector<TraceEvent> takeTrace();
    std::size_t traceSize() const;  // of what takeTrace() would give, but for LogCompacted
    Ready ready();
    void advance();  // synchronous storage writes only

    StatusView status() const;
    std::vector<ProgressView> progress() const;  // leader: all peers, by id; else empty
    ConfState confState() const;
    Term logTerm(Index index) const;  // 0 if unknown
    Index firstIndex() const;

    // While running, for lessons. Ticks as in Config; a new election timeout is drawn, of which the same share is over.
    void setTicks(int electionTicks, int heartbeatTicks);
    void setPreVote(bool on);
    void setCheckQuorum(bool on);
    // Until the next change of state redraws it.
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
    std::vector<Message> m_stepsOnAdvance;  // synchronous writes: own acknowledgements, due when the Ready is done
};

// Conf changes in raftpb's bytes: what EntryType::confChange(V2) entries hold. Decoding nullopt = malformed.
base::Bytes encodeConfChange(const ConfChange& change);
base::Bytes encodeConfChangeV2(const ConfChangeV2& change);
std::optional<ConfChange> decodeConfChange(std::string_view data);
std::optional<ConfChangeV2> decodeConfChangeV2(std::string_view data);
ConfChangeV2 asV2(const ConfChange& change);

}  // namespace raftarium::raft
