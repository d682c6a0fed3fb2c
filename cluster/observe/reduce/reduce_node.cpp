// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Roles, terms, votes, membership, faults and the life of the process.
#include "cluster/observe/reduce/reducers.h"

#include <algorithm>

namespace raftarium::observe {

namespace {

void setFaults(NodeState& node, const std::vector<LinkFaults>& links) {
    node.faults.clear();
    node.inboundFaults.clear();
    for (const auto& link : links) {
        if (link.from == node.id) node.faults[link.to] = link;
        if (link.to == node.id) node.inboundFaults[link.from] = link;
    }
}

// A learner is a follower to the core; that it does not vote stands in the configuration.
Role withLearning(const NodeState& node, Role role) {
    if (role != Role::follower && role != Role::learner) return role;
    const auto& learners = node.configuration.learners;
    if (std::find(learners.begin(), learners.end(), node.id) != learners.end()) return Role::learner;
    const auto& voters = node.configuration.voters;
    return std::find(voters.begin(), voters.end(), node.id) != voters.end() ? Role::follower : role;
}

// Configurations follow each other by index; a node that replays its log reports old ones again, which change nothing.
void takeNewest(ClusterState& state, const Configuration& configuration, std::uint64_t index) {
    if (configuration.voters.empty() || index < state.configurationIndex) return;
    std::vector<NodeId> before;
    for (const auto& [id, node] : state.nodes)
        if (state.isMember(id)) before.push_back(id);
    state.configuration = configuration;
    state.configurationIndex = index;
    for (auto& [id, node] : state.nodes) {
        const bool was = std::find(before.begin(), before.end(), id) != before.end();
        node.left = !state.isMember(id) && (was || node.left);
    }
    findLeader(state);
}

void setConfiguration(ClusterState& state, NodeState& node, const Configuration& configuration, std::uint64_t index) {
    takeNewest(state, configuration, index);
    node.configuration = configuration;
    node.role = withLearning(node, node.role);
    for (const auto& member : configuration.members) {
        const auto it = state.nodes.find(member.id);
        if (it != state.nodes.end() && it->second.name.empty()) it->second.name = member.name;
    }
}

}  // namespace

void reducePart(ClusterState& state, NodeState& node, const Event& event, const FullState& full) {
    if (!full.name.empty()) node.name = full.name;
    node.incarnation = full.incarnation;
    node.pid = full.pid;
    // A paused process cannot speak: what arrives was said before it was paused.
    if (node.process != ProcessState::paused) node.process = ProcessState::running;
    node.known = true;
    node.role = full.role;
    node.term = full.term;
    node.votedFor = full.votedFor;
    node.leader = full.leader;
    node.deadline = full.deadline;
    node.deadlineSetNs = full.deadline.deadlineNs - full.deadline.timeoutNs;
    node.tally.reset();
    restoreLog(node.log, full);
    node.progress = full.progress;
    setConfiguration(state, node, full.configuration, full.appliedIndex);
    node.revision = full.revision;
    node.compactRevision = full.compactRevision;
    setFaults(node, full.faults);
    node.pace = full.pace;
    node.watchers.clear();
    for (const auto& watcher : full.watchers) node.watchers.edit()[{watcher.stream, watcher.id}] = watcher;
    node.leases.clear();
    for (const auto& lease : full.leases) node.leases.edit()[lease.id] = lease;
    node.alarms = full.alarms;
    node.ready = node.leader != 0;
    state.commitIndex = std::max(state.commitIndex, full.commitIndex);
    state.revision = std::max(state.revision, full.revision);
    findLeader(state);
    (void)event;
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const StreamEnded&) {
    node.known = false;
    findLeader(state);
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const ProcessChanged& process) {
    if (!process.name.empty()) node.name = process.name;
    node.process = process.state;
    node.processText = process.text;
    if (process.state == ProcessState::stopped || process.state == ProcessState::starting) {
        // Term, vote and log are on its disk; the rest was memory.
        node.known = node.ready = false;
        node.role = node.role == Role::learner ? Role::learner : Role::follower;
        node.leader = 0;
        node.pid = 0;
        node.tally.reset();
        node.deadline = {};
        node.progress.clear();
        node.watchers.clear();
        node.faults.clear();
        node.inboundFaults.clear();
    }
    findLeader(state);
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const RoleChanged& change) {
    if (change.role == Role::leader || change.role == Role::follower || change.role == Role::learner)
        node.tally.reset();
    if (change.role != Role::leader) node.progress.clear();
    if (change.term > node.term) node.votedFor = 0;
    node.role = withLearning(node, change.role);
    node.term = change.term;
    node.leader = change.role == Role::leader ? node.id : change.leader;
    if (node.leader != 0) node.ready = true;
    findLeader(state);
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const TermChanged& change) {
    if (change.term != node.term) {
        node.votedFor = 0;
        if (node.role != Role::leader) node.leader = 0;
    }
    node.term = change.term;
    findLeader(state);
}

void reducePart(ClusterState&, NodeState& node, const Event&, const VoteCast& vote) {
    if (!vote.preVote && vote.result == VoteResult::granted) node.votedFor = vote.candidate;
}

void reducePart(ClusterState&, NodeState& node, const Event&, const VoteTally& tally) { node.tally = tally; }

void reducePart(ClusterState&, NodeState& node, const Event& event, const ElectionDeadline& deadline) {
    node.deadline = deadline;
    node.deadlineSetNs = event.atNs;
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const ConfigurationChanged& change) {
    setConfiguration(state, node, change.configuration, change.index);
}

void reducePart(ClusterState&, NodeState& node, const Event&, const ProgressChanged& change) {
    const auto it = std::find_if(node.progress.begin(), node.progress.end(),
                                 [&](const Progress& p) { return p.peer == change.progress.peer; });
    if (it != node.progress.end())
        *it = change.progress;
    else
        node.progress.push_back(change.progress);
}

void reducePart(ClusterState& state, NodeState& node, const Event&, const Lifecycle& step) {
    node.ready = step.phase == LifecyclePhase::ready;
    const bool starts = step.phase == LifecyclePhase::started || step.phase == LifecyclePhase::restarted;
    if (starts && node.process != ProcessState::paused) node.process = ProcessState::running;
    findLeader(state);
}

void reducePart(ClusterState&, NodeState& node, const Event&, const Lost& lost) { node.lostEvents += lost.count; }

void reducePart(ClusterState&, NodeState& node, const Event&, const FaultsChanged& change) {
    setFaults(node, change.links);
}

void reducePart(ClusterState&, NodeState& node, const Event&, const PaceChanged& change) { node.pace = change.pace; }

}  // namespace raftarium::observe
