// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The feed's parts: one function for each kind of event that has a sentence. Only feed*.cpp and causes.cpp use this.
#pragma once

#include "cluster/observe/cluster_state.h"
#include "cluster/observe/feed/feed_line.h"
#include "cluster/observe/feed/sentences.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace raftarium::observe {

using MaybeLine = std::optional<FeedLine>;

// As many values as the sentence has places.
FeedLine feedLine(const Event& event, Say say, std::initializer_list<base::TextValue> values,
                  std::uint8_t severity = 0);

template <typename T>
std::string text(T value) requires std::is_integral_v<T> {
    return std::to_string(value);
}
// Why: "it won the pre-vote", "its queue is full".
base::Text textOf(const RoleChanged& change, const ClusterState& state);
base::Text textOf(WatcherCause cause);
base::Text noReason();
std::string milliseconds(TimeNs time);                                           // "12", "0.4"
std::string namesOf(const ClusterState& state, const std::vector<NodeId>& ids);  // "n1, n2"
base::Text nameOf(MessageKind kind);                                             // "vote request"

// feed_raft.cpp
MaybeLine sayPart(const Event&, const ClusterState&, const RoleChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const TermChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const VoteCast&);
MaybeLine sayPart(const Event&, const ClusterState&, const VoteTally&);
MaybeLine sayPart(const Event&, const ClusterState&, const LogTruncated&);
MaybeLine sayPart(const Event&, const ClusterState&, const LogCompacted&);
MaybeLine sayPart(const Event&, const ClusterState&, const WalSynced&);
MaybeLine sayPart(const Event&, const ClusterState&, const CommitAdvanced&);
MaybeLine sayPart(const Event&, const ClusterState&, const ProgressChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const ConfigurationChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const SnapshotProgress&);

// feed_world.cpp
MaybeLine sayPart(const Event&, const ClusterState&, const FullState&);
MaybeLine sayPart(const Event&, const ClusterState&, const StreamEnded&);
MaybeLine sayPart(const Event&, const ClusterState&, const ProcessChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const Lifecycle&);
MaybeLine sayPart(const Event&, const ClusterState&, const FaultsChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const PaceChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const MessageReceived&);
MaybeLine sayPart(const Event&, const ClusterState&, const MessageDropped&);
MaybeLine sayPart(const Event&, const ClusterState&, const MessageDelayed&);
MaybeLine sayPart(const Event&, const ClusterState&, const LeaseChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const Compacted&);
MaybeLine sayPart(const Event&, const ClusterState&, const AlarmChanged&);
MaybeLine sayPart(const Event&, const ClusterState&, const WatcherMoved&);
MaybeLine sayPart(const Event&, const ClusterState&, const ClientRequest&);
MaybeLine sayPart(const Event&, const ClusterState&, const ActionTaken&);
MaybeLine sayPart(const Event&, const ClusterState&, const Lost&);

// Kinds without a sentence.
template <typename T>
requires std::is_same_v<T, ElectionDeadline> || std::is_same_v<T, MessageSent> || std::is_same_v<T, LogAppended> ||
    std::is_same_v<T, Applied> || std::is_same_v<T, KeyChanged> || std::is_same_v<T, WatchDelivered> ||
    std::is_same_v<T, RuleFired>
        MaybeLine sayPart(const Event&, const ClusterState&, const T&) {
    return std::nullopt;
}
template <typename T>
MaybeLine sayPart(const Event& event, const ClusterState& before, const Boxed<T>& kind) {
    return sayPart(event, before, *kind);
}

}  // namespace raftarium::observe
