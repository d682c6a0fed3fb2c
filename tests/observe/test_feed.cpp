// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/causes.h"
#include "cluster/observe/feed/feed.h"
#include "cluster/observe/feed/sentences.h"
#include "tests/observe/random_telemetry.h"
#include "tests/observe/synthetic_cluster.h"
#include "tests/runner/test_class.h"

#include <QtTest>

#include <map>
#include <set>

using namespace raftarium;
using namespace raftarium::observe;

namespace {

// n1 (id 1) leads term 3 with n2, n3 following; entry 5 is the last, 4 is committed.
ClusterState threeNodes() {
    ClusterState state;
    for (NodeId id = 1; id <= 3; ++id) {
        FullState full;
        full.name = "n" + std::to_string(id);
        full.incarnation = id;
        full.term = 3;
        full.role = id == 1 ? Role::leader : Role::follower;
        full.leader = 1;
        full.lastIndex = 5;
        full.firstIndex = 1;
        full.commitIndex = 4;
        for (std::uint64_t i = 1; i <= 5; ++i) full.tail.push_back({i, 2, 0, "put x = " + std::to_string(i), 8, 0});
        full.configuration.voters = {1, 2, 3};
        full.deadline = {5'000, 1'200'000'000, true};
        if (id == 1)
            full.progress = {{2, ProgressState::replicate, 5, 6, 0, false, true},
                             {3, ProgressState::snapshot, 1, 2, 0, false, true},
                             // Never so; what is then told of n3 shall not be told of the leader itself.
                             {1, ProgressState::snapshot, 1, 2, 0, false, true}};
        reduce(state, {static_cast<TimeNs>(id), id, 1, full});
    }
    return state;
}

}  // namespace

struct FeedRow {
    const char* name;
    Event event;
    const char* line;  // "" = nothing is said
    int severity = 0;
};
Q_DECLARE_METATYPE(const FeedRow*)

static const FeedRow kRows[] = {
    {"candidate",
     {9, 2, 1, RoleChanged{Role::candidate, 4, 0, RoleCause::electionTimeout}},
     "n2 starts an election for term 4: no sign of a leader for 1200 ms",
     1},
    {"candidate asked",
     {9, 2, 1, RoleChanged{Role::candidate, 4, 0, RoleCause::campaignAsked}},
     "n2 starts an election for term 4: it was asked to campaign",
     1},
    {"pre-candidate",
     {9, 2, 1, RoleChanged{Role::preCandidate, 3, 0}},
     "n2 asks whether it could win term 4, before it raises its term"},
    {"leader without tally", {9, 2, 1, RoleChanged{Role::leader, 4, 2}}, "n2 is leader of term 4", 1},
    {"steps down",
     {9, 1, 1, RoleChanged{Role::follower, 4, 0, RoleCause::higherTerm, 2}},
     "n1 steps down as leader in term 4: it saw a higher term in a message from n2",
     1},
    {"follows", {9, 3, 1, RoleChanged{Role::follower, 4, 2}}, "n3 follows n2 in term 4"},
    {"lost leader",
     {9, 3, 1, RoleChanged{Role::follower, 3, 0, RoleCause::forgotLeader}},
     "n3 knows no leader any more in term 3: it was told to forget its leader"},
    {"term seen", {9, 3, 1, TermChanged{4, 3, 2}}, "n3 learns of term 4 from n2"},
    {"own term", {9, 3, 1, TermChanged{4, 3, 3}}, ""},
    {"granted",
     {9, 3, 1, VoteCast{2, 4, false, VoteResult::granted, 2, 5, 2, 5, 2}},
     "n3 votes for n2 in term 4: its log ends at term 2, index 5; the voter's own at term 2, index 5"},
    {"refused, log",
     {9, 3, 1, VoteCast{1, 4, false, VoteResult::logBehind, 1, 5, 2, 4, 0}},
     "n3 refused n1: its log ends at term 1, index 5; the voter's own at term 2, index 4",
     1},
    {"refused, voted",
     {9, 3, 1, VoteCast{1, 4, false, VoteResult::alreadyVoted, 1, 5, 2, 4, 2}},
     "n3 refused n1 in term 4: it already voted for n2"},
    {"refused, leader",
     {9, 3, 1, VoteCast{2, 3, false, VoteResult::leaderKnown, 1, 5, 2, 4, 0}},
     "n3 refused n2: term 3 already has a leader"},
    {"refused, lease",
     {9, 3, 1, VoteCast{2, 4, false, VoteResult::leaderLease, 1, 5, 2, 4, 0}},
     "n3 ignored n2: it heard from its leader within the election timeout"},
    {"refused, old",
     {9, 3, 1, VoteCast{2, 1, false, VoteResult::oldTerm, 1, 5, 2, 4, 0}},
     "n3 refused n2: it asks for term 1, which is over"},
    {"pre-vote", {9, 3, 1, VoteCast{2, 4, true, VoteResult::granted, 2, 5, 2, 5, 0}}, "n3 would vote for n2 in term 4"},
    {"own vote", {9, 3, 1, VoteCast{3, 4, false, VoteResult::granted, 2, 5, 2, 5, 3}}, ""},
    {"lost election",
     {9, 3, 1, VoteTally{4, false, {3}, {1, 2}, 2, TallyResult::lost}},
     "n3 loses the election of term 4: 1 granted, 2 refused",
     1},
    {"pending tally", {9, 3, 1, VoteTally{4, false, {3}, {}, 2, TallyResult::pending}}, ""},
    {"conflict",
     {9, 3, 1, LogTruncated{5, 5, 2}},
     "n3 drops entries 5 to 5 of term 2: they conflict with the leader's log",
     1},
    {"caught up",
     {9, 1, 1, ProgressChanged{{3, ProgressState::replicate, 5, 6, 0, false, true}}},
     "n3 has caught up with n1: both end at entry 5",
     1},
    {"the leader itself", {9, 1, 1, ProgressChanged{{1, ProgressState::replicate, 5, 6, 0, false, true}}}, ""},
    {"still level", {9, 1, 1, ProgressChanged{{2, ProgressState::replicate, 5, 6, 0, false, true}}}, ""},
    {"commit", {9, 1, 1, CommitAdvanced{5, 2}}, "n1 commits entry 5, put x = 5: a majority has it"},
    {"commit of a follower", {9, 2, 1, CommitAdvanced{5, 2}}, ""},
    {"commit of many", {9, 1, 1, CommitAdvanced{8, 2}}, "n1 commits up to entry 8: a majority has it"},
    {"slow disk", {9, 2, 1, WalSynced{5, 2, 10, 1, 250'000'000, 0, 0}}, "n2 waited 250 ms for its disk", 1},
    {"killed", {9, 2, 0, ProcessChanged{ProcessState::stopped, "n2", 0, 9, ""}}, "n2 was killed by signal 9", 2},
    {"failed",
     {9, 2, 0, ProcessChanged{ProcessState::stopped, "n2", 1, 0, "disk full"}},
     "n2 ended with exit code 1: disk full",
     2},
    {"paused",
     {9, 2, 0, ProcessChanged{ProcessState::paused, "n2", 0, 0, ""}},
     "n2 is paused: its process stands still",
     2},
    {"silent", {9, 2, 0, StreamEnded{"connection lost"}}, "n2 no longer reports: connection lost", 2},
    {"silent, socket",
     {9, 2, 0, StreamEnded{"unix:/run/x/n2: Socket closed"}},
     "n2 no longer reports: Socket closed",
     2},
    {"cut",
     {9, 2, 1,
      FaultsChanged{
          {{2, 1, true, 0, 0, 0, 0, false}, {2, 3, true, 0, 0, 0, 0, false}, {1, 2, true, 0, 0, 0, 0, false}}}},
     "n2 is cut off from n1, n3",
     2},
    {"inbound only", {9, 2, 1, FaultsChanged{{{1, 2, true, 0, 0, 0, 0, false}}}}, ""},
    {"delay",
     {9, 2, 1, FaultsChanged{{{2, 1, false, 30'000'000, 0, 0, 0, false}}}},
     "Messages from n2 to n1 take 30 ms longer",
     1},
    {"loss",
     {9, 2, 1, FaultsChanged{{{2, 1, false, 0, 0, 0.25, 0, false}}}},
     "25 % of the messages from n2 to n1 are lost",
     1},
    {"lost vote",
     {9, 2, 1, MessageDropped{{{2, 2, 1}, MessageKind::voteRequest, 5, 2, 1}, DropReason::linkCut, false}},
     "n2's vote request to n1 is lost: the link is cut",
     2},
    {"lost heartbeat",
     {9, 1, 1, MessageDropped{{{1, 1, 1}, MessageKind::heartbeat, 8, 1, 2}, DropReason::linkCut, false}},
     ""},
    {"snapshot sent",
     {9, 1, 1, SnapshotProgress{SnapshotPhase::sending, 90, 3, 3, 0, 1000}},
     "n1 sends n3 a snapshot of entry 90: the entries that n3 lacks are no longer in its log",
     1},
    {"lease expired",
     {9, 1, 1, LeaseChanged{LeaseChange::expired, {0x1f, 10, 0, 2}}},
     "Lease 1f expired: nobody renewed it; its 2 keys are deleted",
     1},
    {"lease at a follower", {9, 2, 1, LeaseChanged{LeaseChange::expired, {0x1f, 10, 0, 2}}}, ""},
    {"compaction", {9, 1, 1, Compacted{7, true, 12}}, "Compaction up to revision 7 is done: 12 rows were removed"},
    {"alarm", {9, 1, 1, AlarmChanged{{2, AlarmType::noSpace}, true}}, "Alarm NOSPACE on n2", 2},
    {"members",
     {9, 1, 1, ConfigurationChanged{{{1, 2, 3}, {4}, {}, {}, false, {{4, "n4", {}, {}, true}}}, 6}},
     "The voters are now n1, n2, n3; learning: n4",
     1},
    {"watcher behind",
     {9, 2, 1, WatcherMoved{{1, 1, WatcherGroup::unsynced, "a", "", 7}, WatcherGroup::synced, WatcherCause::queueFull}},
     "The watcher of a on n2 is behind, from revision 7: its queue is full",
     1},
    {"watcher caught up",
     {9, 2, 1, WatcherMoved{{1, 1, WatcherGroup::synced, "a", "", 8}, WatcherGroup::unsynced}},
     "The watcher of a on n2 has caught up to revision 7"},
    {"request failed",
     {9, 2, 1, ClientRequest{1, RequestPhase::failed, "put x = 1", 0, 0, "no leader", 0}},
     "n2 failed: put x = 1: no leader",
     2},
    {"watcher, slow client",
     {9, 2, 1, WatcherMoved{{1, 1, WatcherGroup::victim, "a", "", 7}, WatcherGroup::synced, WatcherCause::queueFull}},
     "The watcher of a on n2 waits for a slow client: its queue is full",
     1},
    {"action",
     {9, 0, 0, ActionTaken{"cluster kill n2", "{}", "app", ActionOutcome::done, ""}},
     "Done by hand: cluster kill n2",
     1},
    {"action that failed",
     {9, 0, 0, ActionTaken{"cluster kill n9", "{}", "app", ActionOutcome::failed, "no node n9"}},
     "Tried by hand: cluster kill n9; it failed: no node n9",
     2},
    {"lost events", {9, 2, 1, Lost{12, false}}, "12 events of n2 are missing: they came faster than they were read", 2},
};

class TestFeed : public QObject {
    Q_OBJECT
private slots:
    void lines_data();
    void lines();
    void tallyIsToldWithTheVotes();
    void everyLineFillsItsSentence();
    void placesAreUsedWithoutGaps();
    void valuesAreNotExpandedAgain();
    void whyTheLeaderWon();
};

void TestFeed::lines_data() {
    QTest::addColumn<const FeedRow*>("row");
    for (const auto& row : kRows) QTest::newRow(row.name) << &row;
}

void TestFeed::lines() {
    QFETCH(const FeedRow*, row);
    const auto line = describe(row->event, threeNodes());
    QCOMPARE(line ? line->plain() : std::string(), std::string(row->line));
    if (!line) return;
    QCOMPARE(int(line->severity), row->severity);
    QCOMPARE(line->atNs, row->event.atNs);
    QCOMPARE(line->node, row->event.node);
}

void TestFeed::tallyIsToldWithTheVotes() {
    ClusterState state = threeNodes();
    reduce(state, {8, 2, 2, VoteTally{4, false, {2, 3}, {}, 2, TallyResult::won}});
    const auto line = describe({9, 2, 3, RoleChanged{Role::leader, 4, 2}}, state);
    QVERIFY(line);
    QCOMPARE(line->plain(), std::string("n2 is leader of term 4: it has 2 of 3 votes"));
}

void TestFeed::everyLineFillsItsSentence() {
    std::map<std::string, std::size_t> places;
    for (int i = 0; i < int(Say::count); ++i)
        places[templateOf(static_cast<Say>(i)).source] = placesOf(static_cast<Say>(i));
    QCOMPARE(places.size(), std::size_t(Say::count));
    base::Rng rng(7);
    ClusterState state;
    std::set<std::string> used;
    const auto check = [&](const Event& event) {
        const auto line = describe(event, state);
        if (!line) return true;
        const auto known = places.find(line->text.pattern.source);
        if (known == places.end() || known->second != line->text.values.size()) return false;
        used.insert(known->first);
        return true;
    };
    for (const auto& event : testing::randomEvents(rng, 40'000)) {
        QVERIFY2(check(event), QByteArray::number(int(event.kind.index())));
        reduce(state, event);
    }
    state = threeNodes();
    for (const FeedRow& row : kRows) QVERIFY2(check(row.event), row.name);
    QVERIFY2(used.size() > 60, QByteArray::number(qulonglong(used.size())));
}

// So that a translation can be checked against them.
void TestFeed::placesAreUsedWithoutGaps() {
    for (int i = 0; i < int(Say::count); ++i) {
        const QString sentence = QString::fromUtf8(templateOf(static_cast<Say>(i)).source);
        QVERIFY(!sentence.isEmpty());
        for (std::size_t place = 0; place < placesOf(static_cast<Say>(i)); ++place)
            QVERIFY2(sentence.contains(QStringLiteral("{%1}").arg(place)), qPrintable(sentence));
    }
}

void TestFeed::valuesAreNotExpandedAgain() {
    const Event event{9, 1, 1, ClientRequest{1, RequestPhase::answered, "put {2} = {0}", 0, 7, "", 0}};
    QCOMPARE(describe(event, threeNodes())->plain(), std::string("n1 answers: put {2} = {0}, revision 7"));
}

void TestFeed::whyTheLeaderWon() {
    const auto events = testing::synthesize({});
    History history;
    history.append(events);
    const auto first = whyLeader(history, 4'000'000'000);
    QVERIFY(!first.empty());
    // After the death of the first leader.
    const TimeNs after = 6'900'000'000 + 4'000'000'000;
    const auto why = whyLeader(history, after);
    std::string text;
    for (const auto& line : why) text += line.plain() + "\n";
    const ClusterState& state = history.seek(after);
    QVERIFY(state.leader != 0);
    const std::string winner = state.nameOf(state.leader);
    for (const std::string& part :
         {std::string(" was killed by signal 9"), winner + " heard from no leader for ", winner + " was first",
          winner + " starts an election for term ", " votes for " + winner, winner + " needs 3 votes and has 3",
          "newer log than " + winner, winner + " is leader of term "})
        QVERIFY2(text.find(part) != std::string::npos, (part + " is not in\n" + text).c_str());
    for (std::size_t i = 1; i < why.size(); ++i) QVERIFY(why[i - 1].atNs <= why[i].atNs);
    QVERIFY(whyElected(history, 12345, 1).empty());
    QVERIFY(whyLeader(history, 0).empty());
}

RAFTARIUM_TEST_CLASS(TestFeed)
#include "test_feed.moc"
