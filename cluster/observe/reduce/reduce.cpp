// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/observe/cluster_state.h"
#include "cluster/observe/reduce/reducers.h"

#include <algorithm>

namespace raftarium::observe {

namespace {
constexpr TimeNs kSweepPeriod = 100'000'000;
}

const LogEntry* LogView::find(std::uint64_t index) const {
    if (entries.empty() || index < entries.front().index || index > entries.back().index) return nullptr;
    return &entries[index - entries.front().index];
}

const NodeState* ClusterState::node(NodeId id) const {
    const auto it = nodes.find(id);
    return it == nodes.end() ? nullptr : &it->second;
}

bool ClusterState::isMember(NodeId id) const {
    const auto has = [id](const std::vector<NodeId>& ids) {
        return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    return has(configuration.voters) || has(configuration.learners) || has(configuration.votersOutgoing) ||
           has(configuration.learnersNext);
}

std::string ClusterState::nameOf(NodeId id) const {
    if (const NodeState* found = node(id); found && !found->name.empty()) return found->name;
    for (const auto& [other, state] : nodes)
        for (const auto& member : state.configuration.members)
            if (member.id == id && !member.name.empty()) return member.name;
    return base::hexId(id);
}

void findLeader(ClusterState& state) {
    state.term = 0;
    // A removed member may have asked for votes in terms that the others never saw.
    for (const auto& [id, node] : state.nodes)
        if (!node.left) state.term = std::max(state.term, node.term);
    state.leader = 0;
    NodeId heardOf = 0;
    for (const auto& [id, node] : state.nodes) {
        if (node.left || node.term != state.term || node.process == ProcessState::stopped) continue;
        if (node.role == Role::leader) {
            state.leader = id;
            return;
        }
        if (node.leader != 0 && heardOf == 0) heardOf = node.leader;
    }
    // A leader whose own stream is silent is known by its followers, unless it is known not to run or to be something
    // else in this term.
    const NodeState* claimed = state.node(heardOf);
    if (heardOf != 0 && (!claimed || (!claimed->known && claimed->process != ProcessState::stopped)))
        state.leader = heardOf;
}

void reduce(ClusterState& state, const Event& event) {
    state.nowNs = std::max(state.nowNs, event.atNs);
    // What came of an action is told by the events that follow; it may be about no node at all.
    if (std::holds_alternative<ActionTaken>(event.kind)) return;
    auto [it, isNew] = state.nodes.try_emplace(event.node);
    NodeState& node = it->second;
    if (isNew) {
        node.id = event.node;
        // Who speaks, runs; the supervisor's word and a broken stream are not its own.
        node.known =
            !std::holds_alternative<ProcessChanged>(event.kind) && !std::holds_alternative<StreamEnded>(event.kind);
        if (node.known) node.process = ProcessState::running;
    }
    std::visit([&](const auto& kind) { reducePart(state, node, event, kind); }, event.kind);
    if (state.nowNs - state.sweptNs >= kSweepPeriod) {
        state.sweptNs = state.nowNs;
        sweepCalls(state);
    }
}

}  // namespace raftarium::observe
