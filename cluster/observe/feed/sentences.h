// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Every sentence of the feed, by name.
#pragma once

#include "cluster/base/text.h"

#include <cstddef>
#include <cstdint>

namespace raftarium::observe {

// Rows of the table in sentences.cpp.
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
    watcherWaits,
    watcherSynced,
    requestMade,
    requestForwarded,
    requestAnswered,
    requestFailed,
    eventsLost,
    eventsSampled,
    actionTaken,
    actionFailed,
    whySilence,
    whyFirst,
    whyAsked,
    whyCounted,
    whyLogs,
    count,
};

base::TextTemplate templateOf(Say say);
std::size_t placesOf(Say say);  // how many values fill it

}  // namespace raftarium::observe
