// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The feed's parts: the templates by name, and one function per kind that has something to say. Only feed*.cpp and
// causes.cpp use this.
#pragma once

#include "cluster/observe/feed/feed.h"

#include <initializer_list>
#include <string>
#include <type_traits>

namespace raftarium::observe {

// In the order of kTemplates in feed.cpp.
enum class Say : std::uint8_t {
    electionStarted,
    electionStartedBecause,
    preElectionStarted,
    leaderElected,
    leaderElectedAlone,
    leaderSteppedDown,
    candidateGaveUp,
    follows,
    leaderLost,
    termSeen,
    termMoved,
    electionLost,
    preElectionLost,
    voted,
    votedPre,
    refusedVoted,
    refusedLog,
    refusedLogPre,
    refusedLeaderKnown,
    refusedLease,
    refusedOldTerm,
    conflict,
    caughtUp,
    probing,
    committed,
    committedEntry,
    logCompacted,
    slowSync,
    snapshotTaken,
    snapshotSending,
    snapshotFailed,
    snapshotInstalled,
    votersNow,
    votersAndLearnersNow,
    jointNow,
    starts,
    killed,
    exited,
    exitedWithCode,
    paused,
    resumed,
    reports,
    heardAgain,
    silent,
    serves,
    stopping,
    removed,
    cutOff,
    healed,
    held,
    lossy,
    slow,
    faultsCleared,
    paceSet,
    lostCut,
    lostChance,
    lostUnreachable,
    lostQueue,
    lostByHand,
    lostRefused,
    messageHeld,
    toldToCampaign,
    leaseGranted,
    leaseRevoked,
    leaseExpired,
    compactionScheduled,
    compactionDone,
    alarmRaised,
    alarmCleared,
    watcherMade,
    watcherGone,
    watcherBehind,
    watcherAside,
    watcherSynced,
    requestMade,
    requestForwarded,
    requestAnswered,
    requestFailed,
    eventsLost,
    eventsSampled,
    whySilence,
    whyFirst,
    whyAsked,
    whyCounted,
    whyLogs,
    count,
};

const char* templateOf(Say say);
FeedLine feedLine(const Event& event, Say say, std::initializer_list<std::string> values, std::uint8_t severity = 0);

template <typename T>
std::string text(T value) requires std::is_integral_v<T> {
    return std::to_string(value);
}
std::string milliseconds(TimeNs time);                                           // "12", "0.4"
std::string namesOf(const ClusterState& state, const std::vector<NodeId>& ids);  // "n1, n2"
const char* nameOf(MessageKind kind);                                            // "vote request"

using MaybeLine = std::optional<FeedLine>;

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
MaybeLine sayPart(const Event&, const ClusterState&, const Lost&);

// Kinds of which nothing is said.
template <typename T>
requires std::is_same_v<T, ElectionDeadline> || std::is_same_v<T, MessageSent> || std::is_same_v<T, LogAppended> ||
    std::is_same_v<T, Applied> || std::is_same_v<T, KeyChanged> || std::is_same_v<T, WatchDelivered> ||
    std::is_same_v<T, ActionTaken> || std::is_same_v<T, RuleFired>
        MaybeLine sayPart(const Event&, const ClusterState&, const T&) {
    return std::nullopt;
}
template <typename T>
MaybeLine sayPart(const Event& event, const ClusterState& before, const Boxed<T>& kind) {
    return sayPart(event, before, *kind);
}

}  // namespace raftarium::observe
