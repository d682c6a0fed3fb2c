// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Everything the screen needs to know of one instant but the messages on their way, which have their own index
// (flight_index.h). Value semantics; copying is cheap enough for checkpoints (logs
// are chunks shared between copies).
#pragma once

#include "cluster/observe/event.h"
#include "cluster/observe/reduce/log_entries.h"
#include "cluster/observe/reduce/shared_map.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace raftarium::observe {

// A node's log as far as it is known: the newest entries (up to 4096), ascending and gapless.
struct LogView {
    LogEntries entries;
    std::uint64_t firstIndex = 1;  // of the node's log; entries before entries.front() exist but were not sent to us
    std::uint64_t lastIndex = 0;
    std::uint64_t durableIndex = 0;
    std::uint64_t commitIndex = 0;
    std::uint64_t appliedIndex = 0;

    static constexpr std::size_t kEntriesMax = 4096;
    const LogEntry* find(std::uint64_t index) const;
    friend bool operator==(const LogView&, const LogView&) = default;
};

struct NodeState {
    NodeId id = 0;
    std::string name;
    std::uint64_t incarnation = 0;
    int pid = 0;
    ProcessState process = ProcessState::stopped;
    std::string processText;  // exit reason and so on
    bool known = false;       // its stream is up: the rest is current, not remembered
    Role role = Role::follower;
    std::uint64_t term = 0;
    NodeId votedFor = 0, leader = 0;
    ElectionDeadline deadline;
    TimeNs deadlineSetNs = 0;
    std::optional<VoteTally> tally;  // while candidate
    LogView log;
    std::vector<Progress> progress;  // leader only
    Configuration configuration;
    std::int64_t revision = 0, compactRevision = 0;
    WalSynced lastSync;
    TimeNs lastSyncNs = 0;
    Pace pace;
    std::map<NodeId, LinkFaults> faults;  // of links from this node, by target
    std::map<NodeId, LinkFaults> inboundFaults;
    SharedMap<std::pair<std::uint64_t, std::int64_t>, Watcher> watchers;  // by stream and id
    SharedMap<std::int64_t, Lease> leases;
    std::vector<Alarm> alarms;
    std::uint64_t lostEvents = 0;
    bool ready = false;
    bool left = false;  // was a member, and the newest configuration known has it no more
    friend bool operator==(const NodeState&, const NodeState&) = default;
};

struct ClientCall {
    std::uint64_t requestId = 0;
    NodeId node = 0;
    std::string text;
    TimeNs receivedNs = 0, answeredNs = 0;
    RequestPhase phase = RequestPhase::received;
    std::uint64_t index = 0;
    std::int64_t revision = 0;
    std::string error;
    NodeId forwardedTo = 0;
    friend bool operator==(const ClientCall&, const ClientCall&) = default;
};

struct ClusterState {
    TimeNs nowNs = 0;  // of the last event in it
    std::map<NodeId, NodeState> nodes;
    std::map<std::uint64_t, ClientCall> calls;  // open, and the last 256 that ended, for 5 s
    std::uint64_t term = 0;                     // highest known
    NodeId leader = 0;                          // of that term, 0 = none known
    std::uint64_t commitIndex = 0;              // highest known
    std::int64_t revision = 0;
    Configuration configuration;           // the newest that any node has applied; empty = none known yet
    std::uint64_t configurationIndex = 0;  // of the entry that made it

    // In the order of their end: which calls go next.
    std::deque<std::pair<TimeNs, std::uint64_t>> endedCalls;
    TimeNs sweptNs = 0;  // when calls were last checked for age

    const NodeState* node(NodeId id) const;
    // Votes or learns, in either half of a joint configuration; false where no configuration is known.
    bool isMember(NodeId id) const;
    // "n3"; the id in hex where no name is known.
    std::string nameOf(NodeId id) const;
    friend bool operator==(const ClusterState&, const ClusterState&) = default;
};

// state + event -> state. Total: any order of any events is accepted; what cannot be right is kept as reported.
void reduce(ClusterState& state, const Event& event);

}  // namespace raftarium::observe
