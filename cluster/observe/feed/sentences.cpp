// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/feed/sentences.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace raftarium::observe {
namespace {

struct Sentence {
    Say id;
    base::TextTemplate text;
    std::size_t places;  // values: {0} to {places - 1}
};

constexpr std::array kSentences = {
    Sentence{Say::electionStarted,
             RAFTARIUM_TEXT("Feed", "{0} starts an election for term {1}: no sign of a leader for {2} ms"), 3},
    Sentence{Say::electionStartedBecause, RAFTARIUM_TEXT("Feed", "{0} starts an election for term {1}: {2}"), 3},
    Sentence{Say::preElectionStarted,
             RAFTARIUM_TEXT("Feed", "{0} asks whether it could win term {1}, before it raises its term"), 2},
    Sentence{Say::leaderElected, RAFTARIUM_TEXT("Feed", "{0} is leader of term {1}: it has {2} of {3} votes"), 4},
    Sentence{Say::leaderElectedAlone, RAFTARIUM_TEXT("Feed", "{0} is leader of term {1}"), 2},
    Sentence{Say::leaderSteppedDown, RAFTARIUM_TEXT("Feed", "{0} steps down as leader in term {1}: {2}"), 3},
    Sentence{Say::candidateGaveUp, RAFTARIUM_TEXT("Feed", "{0} gives up its candidacy in term {1}: {2}"), 3},
    Sentence{Say::follows, RAFTARIUM_TEXT("Feed", "{0} follows {1} in term {2}"), 3},
    Sentence{Say::leaderLost, RAFTARIUM_TEXT("Feed", "{0} knows no leader any more in term {1}: {2}"), 3},
    Sentence{Say::termSeen, RAFTARIUM_TEXT("Feed", "{0} learns of term {1} from {2}"), 3},
    Sentence{Say::termMoved, RAFTARIUM_TEXT("Feed", "{0} moves to term {1}"), 2},
    Sentence{Say::electionLost, RAFTARIUM_TEXT("Feed", "{0} loses the election of term {1}: {2} granted, {3} refused"),
             4},
    Sentence{Say::preElectionLost,
             RAFTARIUM_TEXT("Feed", "{0} would not win term {1}: {2} granted, {3} refused; it stays in its term"), 4},

    Sentence{Say::voted,
             RAFTARIUM_TEXT("Feed",
                            "{0} votes for {1} in term {2}: its log ends at term {3}, index {4}; the voter's own at "
                            "term {5}, index {6}"),
             7},
    Sentence{Say::votedPre, RAFTARIUM_TEXT("Feed", "{0} would vote for {1} in term {2}"), 3},
    Sentence{Say::refusedVoted, RAFTARIUM_TEXT("Feed", "{0} refused {1} in term {2}: it already voted for {3}"), 4},
    Sentence{
        Say::refusedLog,
        RAFTARIUM_TEXT("Feed",
                       "{0} refused {1}: its log ends at term {2}, index {3}; the voter's own at term {4}, index {5}"),
        6},
    Sentence{Say::refusedLogPre,
             RAFTARIUM_TEXT(
                 "Feed",
                 "{0} would refuse {1}: its log ends at term {2}, index {3}; the voter's own at term {4}, index {5}"),
             6},
    Sentence{Say::refusedLeaderKnown, RAFTARIUM_TEXT("Feed", "{0} refused {1}: term {2} already has a leader"), 3},
    Sentence{Say::refusedLease,
             RAFTARIUM_TEXT("Feed", "{0} ignored {1}: it heard from its leader within the election timeout"), 2},
    Sentence{Say::refusedOldTerm, RAFTARIUM_TEXT("Feed", "{0} refused {1}: it asks for term {2}, which is over"), 3},

    Sentence{Say::conflict,
             RAFTARIUM_TEXT("Feed", "{0} drops entries {1} to {2} of term {3}: they conflict with the leader's log"),
             4},
    Sentence{Say::caughtUp, RAFTARIUM_TEXT("Feed", "{0} has caught up with {1}: both end at entry {2}"), 3},
    Sentence{Say::probing, RAFTARIUM_TEXT("Feed", "{0} no longer knows what {1} has: it probes from entry {2}"), 3},
    Sentence{Say::committed, RAFTARIUM_TEXT("Feed", "{0} commits up to entry {1}: a majority has it"), 2},
    Sentence{Say::committedEntry, RAFTARIUM_TEXT("Feed", "{0} commits entry {1}, {2}: a majority has it"), 3},
    Sentence{Say::logCompacted, RAFTARIUM_TEXT("Feed", "{0} removes the entries before {1} from its log"), 2},
    Sentence{Say::slowSync, RAFTARIUM_TEXT("Feed", "{0} waited {1} ms for its disk"), 2},

    Sentence{Say::snapshotTaken, RAFTARIUM_TEXT("Feed", "{0} took a snapshot at entry {1}"), 2},
    Sentence{Say::snapshotSending,
             RAFTARIUM_TEXT(
                 "Feed", "{0} sends {1} a snapshot of entry {2}: the entries that {1} lacks are no longer in its log"),
             3},
    Sentence{Say::snapshotFailed, RAFTARIUM_TEXT("Feed", "The snapshot from {0} to {1} failed at {2} of {3} bytes"), 4},
    Sentence{Say::snapshotInstalled, RAFTARIUM_TEXT("Feed", "{0} installed the snapshot of entry {1}"), 2},

    Sentence{Say::votersNow, RAFTARIUM_TEXT("Feed", "The voters are now {0}"), 1},
    Sentence{Say::votersAndLearnersNow, RAFTARIUM_TEXT("Feed", "The voters are now {0}; learning: {1}"), 2},
    Sentence{Say::jointNow,
             RAFTARIUM_TEXT("Feed", "Two majorities must agree while members change: one of {0}, and one of {1}"), 2},

    Sentence{Say::starts, RAFTARIUM_TEXT("Feed", "{0} starts"), 1},
    Sentence{Say::killed, RAFTARIUM_TEXT("Feed", "{0} was killed by signal {1}"), 2},
    Sentence{Say::exited, RAFTARIUM_TEXT("Feed", "{0} stopped: {1}"), 2},
    Sentence{Say::exitedWithCode, RAFTARIUM_TEXT("Feed", "{0} ended with exit code {1}: {2}"), 3},
    Sentence{Say::paused, RAFTARIUM_TEXT("Feed", "{0} is paused: its process stands still"), 1},
    Sentence{Say::resumed, RAFTARIUM_TEXT("Feed", "{0} runs again after a pause"), 1},
    Sentence{Say::reports, RAFTARIUM_TEXT("Feed", "{0} reports: term {1}, log up to entry {2}"), 3},
    Sentence{Say::heardAgain, RAFTARIUM_TEXT("Feed", "{0} reports again: term {1}, log up to entry {2}"), 3},
    Sentence{Say::silent, RAFTARIUM_TEXT("Feed", "{0} no longer reports: {1}"), 2},
    Sentence{Say::serves, RAFTARIUM_TEXT("Feed", "{0} serves clients"), 1},
    Sentence{Say::stopping, RAFTARIUM_TEXT("Feed", "{0} is stopping"), 1},
    Sentence{Say::removed, RAFTARIUM_TEXT("Feed", "{0} was removed from the cluster"), 1},

    Sentence{Say::cutOff, RAFTARIUM_TEXT("Feed", "{0} is cut off from {1}"), 2},
    Sentence{Say::healed, RAFTARIUM_TEXT("Feed", "{0} reaches {1} again"), 2},
    Sentence{Say::held, RAFTARIUM_TEXT("Feed", "Messages from {0} to {1} are held"), 2},
    Sentence{Say::lossy, RAFTARIUM_TEXT("Feed", "{2} % of the messages from {0} to {1} are lost"), 3},
    Sentence{Say::slow, RAFTARIUM_TEXT("Feed", "Messages from {0} to {1} take {2} ms longer"), 3},
    Sentence{Say::faultsCleared, RAFTARIUM_TEXT("Feed", "All links of {0} work again"), 1},
    Sentence{Say::paceSet, RAFTARIUM_TEXT("Feed", "{0} ticks every {1} ms: heartbeat {2} ms, election from {3} ms"), 4},

    Sentence{Say::lostCut, RAFTARIUM_TEXT("Feed", "{0}'s {2} to {1} is lost: the link is cut"), 3},
    Sentence{Say::lostChance, RAFTARIUM_TEXT("Feed", "{0}'s {2} to {1} is lost by chance"), 3},
    Sentence{Say::lostUnreachable, RAFTARIUM_TEXT("Feed", "{0}'s {2} is lost: {1} cannot be reached"), 3},
    Sentence{Say::lostQueue, RAFTARIUM_TEXT("Feed", "{0}'s {2} to {1} is lost: the queue is full"), 3},
    Sentence{Say::lostByHand, RAFTARIUM_TEXT("Feed", "{0}'s {2} to {1} was dropped by hand"), 3},
    Sentence{Say::lostRefused, RAFTARIUM_TEXT("Feed", "{1} ignored a {2} from {0}"), 3},
    Sentence{Say::messageHeld, RAFTARIUM_TEXT("Feed", "{0}'s {2} to {1} is held"), 3},
    Sentence{Say::toldToCampaign, RAFTARIUM_TEXT("Feed", "{1} tells {0} to start an election at once"), 2},

    Sentence{Say::leaseGranted, RAFTARIUM_TEXT("Feed", "Lease {0} is granted for {1} s"), 2},
    Sentence{Say::leaseRevoked, RAFTARIUM_TEXT("Feed", "Lease {0} is revoked, and its keys are deleted"), 1},
    Sentence{Say::leaseExpired,
             RAFTARIUM_TEXT("Feed", "Lease {0} expired: nobody renewed it; its {1} keys are deleted"), 2},
    Sentence{Say::compactionScheduled, RAFTARIUM_TEXT("Feed", "Compaction: revisions before {0} will be removed"), 1},
    Sentence{Say::compactionDone,
             RAFTARIUM_TEXT("Feed", "Compaction up to revision {0} is done: {1} rows were removed"), 2},
    Sentence{Say::alarmRaised, RAFTARIUM_TEXT("Feed", "Alarm {0} on {1}"), 2},
    Sentence{Say::alarmCleared, RAFTARIUM_TEXT("Feed", "Alarm {0} on {1} is cleared"), 2},

    Sentence{Say::watcherMade, RAFTARIUM_TEXT("Feed", "{0} has a new watcher of {1}, from revision {2}"), 3},
    Sentence{Say::watcherGone, RAFTARIUM_TEXT("Feed", "The watcher of {1} on {0} ended: {2}"), 3},
    Sentence{Say::watcherBehind, RAFTARIUM_TEXT("Feed", "The watcher of {1} on {0} is behind, from revision {2}: {3}"),
             4},
    Sentence{Say::watcherWaits, RAFTARIUM_TEXT("Feed", "The watcher of {1} on {0} waits for a slow client: {2}"), 3},
    Sentence{Say::watcherSynced, RAFTARIUM_TEXT("Feed", "The watcher of {1} on {0} has caught up to revision {2}"), 3},

    Sentence{Say::requestMade, RAFTARIUM_TEXT("Feed", "A client asks {0}: {1}"), 2},
    Sentence{Say::requestForwarded, RAFTARIUM_TEXT("Feed", "{0} forwards to {1}: {2}"), 3},
    Sentence{Say::requestAnswered, RAFTARIUM_TEXT("Feed", "{0} answers: {1}, revision {2}"), 3},
    Sentence{Say::requestFailed, RAFTARIUM_TEXT("Feed", "{0} failed: {1}: {2}"), 3},

    Sentence{Say::eventsLost,
             RAFTARIUM_TEXT("Feed", "{1} events of {0} are missing: they came faster than they were read"), 2},
    Sentence{Say::eventsSampled, RAFTARIUM_TEXT("Feed", "{1} events of {0} were left out under load"), 2},

    Sentence{Say::actionTaken, RAFTARIUM_TEXT("Feed", "Done by hand: {0}"), 1},
    Sentence{Say::actionFailed, RAFTARIUM_TEXT("Feed", "Tried by hand: {0}; it failed: {1}"), 2},

    Sentence{Say::whySilence, RAFTARIUM_TEXT("Feed", "{0} heard from no leader for {1} ms, the timeout it had drawn"),
             2},
    Sentence{Say::whyFirst, RAFTARIUM_TEXT("Feed", "{0} was first: {1} would have waited {2} ms longer"), 3},
    Sentence{Say::whyAsked,
             RAFTARIUM_TEXT(
                 "Feed",
                 "{0} asks the others for their votes in term {1}, showing that its log ends at term {2}, index {3}"),
             4},
    Sentence{Say::whyCounted, RAFTARIUM_TEXT("Feed", "{0} needs {1} votes and has {2}: {3}"), 4},
    Sentence{Say::whyLogs,
             RAFTARIUM_TEXT("Feed",
                            "No voter of the majority has a newer log than {0}: its log holds all that was committed"),
             1},
};

constexpr std::size_t placesIn(std::string_view text) {
    std::size_t places = 0;
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        if (text[i] == '{' && text[i + 1] >= '0' && text[i + 1] <= '9' && text[i + 2] == '}')
            places = std::max(places, static_cast<std::size_t>(text[i + 1] - '0') + 1);
    }
    return places;
}

constexpr bool rowsFit() {
    if (kSentences.size() != static_cast<std::size_t>(Say::count)) return false;
    for (std::size_t i = 0; i < kSentences.size(); ++i) {
        const Sentence& row = kSentences[i];
        if (static_cast<std::size_t>(row.id) != i || row.places != placesIn(row.text.source)) return false;
    }
    return true;
}
static_assert(rowsFit(), "one row for each of Say, in its order, with the number of its places");

}  // namespace

base::TextTemplate templateOf(Say say) { return kSentences[static_cast<std::size_t>(say)].text; }
std::size_t placesOf(Say say) { return kSentences[static_cast<std::size_t>(say)].places; }

}  // namespace raftarium::observe
