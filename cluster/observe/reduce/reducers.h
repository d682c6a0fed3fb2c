// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The reducer's parts, one function per kind of event; only reduce.cpp calls them. Each takes the state of the whole
// cluster, the node that reported, the event (for its time) and its kind.
#pragma once

#include "cluster/observe/cluster_state.h"

namespace raftarium::observe {

// How long ended calls stay, and how many; see ClusterState.
inline constexpr TimeNs kCallRemembered = 5'000'000'000;
inline constexpr TimeNs kCallLife = 60'000'000'000;
inline constexpr std::size_t kEndedMax = 256;
inline constexpr std::size_t kOpenMax = 8192;

// reduce_node.cpp
void reducePart(ClusterState&, NodeState&, const Event&, const FullState&);
void reducePart(ClusterState&, NodeState&, const Event&, const StreamEnded&);
void reducePart(ClusterState&, NodeState&, const Event&, const ProcessChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const RoleChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const TermChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const VoteCast&);
void reducePart(ClusterState&, NodeState&, const Event&, const VoteTally&);
void reducePart(ClusterState&, NodeState&, const Event&, const ElectionDeadline&);
void reducePart(ClusterState&, NodeState&, const Event&, const ConfigurationChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const ProgressChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const Lifecycle&);
void reducePart(ClusterState&, NodeState&, const Event&, const Lost&);
void reducePart(ClusterState&, NodeState&, const Event&, const FaultsChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const PaceChanged&);

// reduce_log.cpp
void reducePart(ClusterState&, NodeState&, const Event&, const LogAppended&);
void reducePart(ClusterState&, NodeState&, const Event&, const LogTruncated&);
void reducePart(ClusterState&, NodeState&, const Event&, const LogCompacted&);
void reducePart(ClusterState&, NodeState&, const Event&, const WalSynced&);
void reducePart(ClusterState&, NodeState&, const Event&, const CommitAdvanced&);
void reducePart(ClusterState&, NodeState&, const Event&, const Applied&);
void reducePart(ClusterState&, NodeState&, const Event&, const SnapshotProgress&);
void restoreLog(LogView& log, const FullState& full);

// No part of the state: what somebody did to the cluster, and which rule decided something.
inline void reducePart(ClusterState&, NodeState&, const Event&, const ActionTaken&) {}
inline void reducePart(ClusterState&, NodeState&, const Event&, const RuleFired&) {}

// Messages are no part of the state: FlightIndex keeps them.
inline void reducePart(ClusterState&, NodeState&, const Event&, const MessageSent&) {}
inline void reducePart(ClusterState&, NodeState&, const Event&, const MessageReceived&) {}
inline void reducePart(ClusterState&, NodeState&, const Event&, const MessageDropped&) {}
inline void reducePart(ClusterState&, NodeState&, const Event&, const MessageDelayed&) {}

// reduce_store.cpp
void reducePart(ClusterState&, NodeState&, const Event&, const KeyChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const WatcherMoved&);
void reducePart(ClusterState&, NodeState&, const Event&, const WatchDelivered&);
void reducePart(ClusterState&, NodeState&, const Event&, const LeaseChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const Compacted&);
void reducePart(ClusterState&, NodeState&, const Event&, const AlarmChanged&);
void reducePart(ClusterState&, NodeState&, const Event&, const ClientRequest&);
void sweepCalls(ClusterState&);

// Highest term and its leader, as the nodes report them.
void findLeader(ClusterState&);

template <typename T>
void reducePart(ClusterState& state, NodeState& node, const Event& event, const Boxed<T>& kind) {
    reducePart(state, node, event, *kind);
}

}  // namespace raftarium::observe
