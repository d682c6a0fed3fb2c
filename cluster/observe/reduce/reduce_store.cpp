// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Store, watchers, leases, alarms and the calls of clients.
#include "cluster/observe/reduce/reducers.h"

#include <algorithm>

namespace raftarium::observe {

void reducePart(ClusterState& state, NodeState& node, const Event&, const KeyChanged& change) {
    node.revision = std::max(node.revision, change.main);
    state.revision = std::max(state.revision, change.main);
}

void reducePart(ClusterState&, NodeState& node, const Event&, const WatcherMoved& moved) {
    const std::pair key{moved.watcher.stream, moved.watcher.id};
    if (moved.watcher.group == WatcherGroup::none) {
        if (node.watchers.contains(key)) node.watchers.edit().erase(key);
        return;
    }
    Watcher& watcher = node.watchers.edit()[key];
    const std::string keyText = watcher.key, rangeEnd = watcher.rangeEnd;
    watcher = moved.watcher;
    if (watcher.key.empty() && watcher.rangeEnd.empty()) {
        watcher.key = keyText;
        watcher.rangeEnd = rangeEnd;
    }
}

void reducePart(ClusterState&, NodeState& node, const Event&, const WatchDelivered& delivered) {
    const std::pair key{delivered.stream, delivered.watcher};
    if (!node.watchers.contains(key)) return;
    Watcher& watcher = node.watchers.edit()[key];
    watcher.nextRevision = std::max(watcher.nextRevision, delivered.lastRevision + 1);
}

void reducePart(ClusterState&, NodeState& node, const Event&, const LeaseChanged& change) {
    if (change.kind == LeaseChange::revoked || change.kind == LeaseChange::expired) {
        if (node.leases.contains(change.lease.id)) node.leases.edit().erase(change.lease.id);
        return;
    }
    Lease& lease = node.leases.edit()[change.lease.id];
    const Lease before = lease;
    lease = change.lease;
    if (lease.ttlSeconds == 0) lease.ttlSeconds = before.ttlSeconds;
}

void reducePart(ClusterState&, NodeState& node, const Event&, const Compacted& compacted) {
    node.compactRevision = std::max(node.compactRevision, compacted.revision);
}

void reducePart(ClusterState&, NodeState& node, const Event&, const AlarmChanged& change) {
    std::erase(node.alarms, change.alarm);
    if (change.active) node.alarms.push_back(change.alarm);
}

void reducePart(ClusterState& state, NodeState& node, const Event& event, const ClientRequest& request) {
    if (state.calls.size() > kOpenMax && !state.calls.contains(request.requestId))
        state.calls.erase(state.calls.begin());
    auto [it, isNew] = state.calls.try_emplace(request.requestId);
    ClientCall& call = it->second;
    if (isNew) {
        call.requestId = request.requestId;
        call.node = node.id;
        call.receivedNs = event.atNs;
    }
    if (!request.text.empty()) call.text = request.text;
    if (request.index != 0) call.index = request.index;
    if (request.revision != 0) call.revision = request.revision;
    if (!request.error.empty()) call.error = request.error;
    if (request.forwardedTo != 0) call.forwardedTo = request.forwardedTo;
    call.phase = std::max(call.phase, request.phase);
    const bool ends = request.phase == RequestPhase::answered || request.phase == RequestPhase::failed;
    if (call.answeredNs != 0 || !ends) return;
    call.answeredNs = event.atNs;
    state.endedCalls.emplace_back(state.nowNs, call.requestId);
    while (state.endedCalls.size() > kEndedMax) {
        state.calls.erase(state.endedCalls.front().second);
        state.endedCalls.pop_front();
    }
}

void sweepCalls(ClusterState& state) {
    while (!state.endedCalls.empty() && state.nowNs - state.endedCalls.front().first > kCallRemembered) {
        state.calls.erase(state.endedCalls.front().second);
        state.endedCalls.pop_front();
    }
    // An answer that was lost or sampled away: nothing will end this call.
    std::erase_if(state.calls, [&](const auto& call) {
        return call.second.answeredNs == 0 && state.nowNs - call.second.receivedNs > kCallLife;
    });
}

}  // namespace raftarium::observe
