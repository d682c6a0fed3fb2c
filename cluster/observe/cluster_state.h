// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Everything the screen needs to know of one instant. Value semantics; copying is cheap enough for checkpoints (logs are
// chunks shared between copies).
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cluster/observe/event.h"

namespace raftarium::observe {

// A node's log as far as it is known: the newest entries (up to 4096), ascending and gapless.
struct LogView {
    std::deque<LogEntry> entries;
    std::uint64_t firstIndex = 1;  // of the node's log; entries before entries.front() exist but were not sent to us
    std::uint64_t lastIndex = 0;
    std::uint64_t durableIndex = 0;
    std::uint64_t commitIndex = 0;
    std::uint64_t appliedIndex = 0;

    const LogEntry* find(std::uint64_t index) const;
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
    std::map<std::pair<std::uint64_t, std::int64_t>, Watcher> watchers;
    std::map<std::int64_t, Lease> leases;
    std::vector<Alarm> alarms;
    std::uint64_t lostEvents = 0;
    bool ready = false;
};

enum class FlightEnd : std::uint8_t { flying, received, dropped, unknown };

// A message between its sending and its end. unknown: the receiver's stream says nothing of it within its time.
struct Flight {
    Message message;
    TimeNs sentNs = 0;
    TimeNs endNs = 0;  // 0 while flying; for a delayed one the announced end
    FlightEnd end = FlightEnd::flying;
    DropReason dropReason = DropReason::unknown;
    bool droppedAtReceiver = false;
    bool held = false;
};

struct ClientCall {
    std::uint64_t requestId = 0;
    NodeId node = 0;
    std::string text;
    TimeNs receivedNs = 0, answeredNs = 0;
    std::uint8_t phase = 0;
    std::uint64_t index = 0;
    std::int64_t revision = 0;
    std::string error;
    NodeId forwardedTo = 0;
};

struct ClusterState {
    TimeNs nowNs = 0;  // of the last event in it
    std::map<NodeId, NodeState> nodes;
    std::map<MessageKey, Flight> flights;    // flying, and those that ended within the last 2 s
    std::map<std::uint64_t, ClientCall> calls;  // open, and those that ended within the last 5 s
    std::uint64_t term = 0;         // highest known
    NodeId leader = 0;              // of that term, 0 = none known
    std::uint64_t commitIndex = 0;  // highest known
    std::int64_t revision = 0;
};

// state + event -> state. Total: any order of any events is accepted; what cannot be right is kept as reported.
void reduce(ClusterState& state, const Event& event);

}  // namespace raftarium::observe
