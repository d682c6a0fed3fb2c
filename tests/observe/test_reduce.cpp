// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The reducer, kind by kind, and on anything.
#include "cluster/observe/cluster_state.h"
#include "cluster/observe/history.h"
#include "tests/observe/random_telemetry.h"
#include "tests/runner/test_class.h"

#include <QtTest>

using namespace raftarium;
using namespace raftarium::observe;

namespace {

LogEntry entry(std::uint64_t index, std::uint64_t term) { return {index, term, 0, "e", 1, 0}; }

// Gives events of node 1 one after the other, 1 ms apart.
struct Feeder {
    ClusterState state;
    TimeNs now = 0;
    NodeState& operator()(EventKind kind, NodeId node = 1) {
        now += 1'000'000;
        reduce(state, {now, node, 0, std::move(kind)});
        return state.nodes.at(node);
    }
};

}  // namespace

class TestReduce : public QObject {
    Q_OBJECT
private slots:
    void fullState();
    void rolesAndLeader();
    void termForgetsTheVote();
    void membersComeAndLeave();
    void process();
    void log();
    void logGapsAndBounds();
    void durableSurvivesOnlyWhatStays();
    void snapshotReplacesTheLog();
    void tailJoinsTheKnownLog();
    void calls();
    void watchersAndLeases();
    void faults();
    void progressAndConfiguration();
    void alarmsLostPace();
    void copiesShareButDoNotLeak();
    void storms_data();
    void storms();
};

void TestReduce::fullState() {
    Feeder feed;
    FullState full;
    full.name = "n1";
    full.incarnation = 5;
    full.pid = 77;
    full.role = Role::leader;
    full.term = 3;
    full.leader = 1;
    full.firstIndex = 1;
    full.lastIndex = full.commitIndex = 2;
    full.tail = {entry(1, 1), entry(2, 3)};
    full.revision = 9;
    full.watchers = {{1, 2, WatcherGroup::synced, "k", "", 4}};
    full.leases = {{8, 10, 0, 1}};
    full.faults = {{1, 2, true, 0, 0, 0, 0, false}, {3, 1, false, 5, 0, 0, 0, false}};
    const NodeState& node = feed(full);
    QVERIFY(node.known && node.ready);
    QCOMPARE(node.name, std::string("n1"));
    QCOMPARE(node.pid, 77);
    QCOMPARE(node.log.entries.size(), 2U);
    QCOMPARE(node.watchers.at({1, 2}).key, std::string("k"));
    QCOMPARE(node.leases.at(8).ttlSeconds, 10);
    QVERIFY(node.faults.at(2).cut);
    QCOMPARE(node.inboundFaults.at(3).delayNs, 5);
    QCOMPARE(feed.state.term, 3U);
    QCOMPARE(feed.state.leader, 1U);
    QCOMPARE(feed.state.commitIndex, 2U);
    QCOMPARE(feed.state.revision, 9);
    QCOMPARE(feed.state.nameOf(1), std::string("n1"));
    QCOMPARE(feed.state.nameOf(0xab), std::string("ab"));
    QVERIFY(!feed(StreamEnded{"gone"}).known);
}

void TestReduce::rolesAndLeader() {
    Feeder feed;
    feed(RoleChanged{Role::leader, 2, 1}, 1);
    feed(RoleChanged{Role::follower, 2, 1}, 2);
    QCOMPARE(feed.state.leader, 1U);
    feed(VoteTally{3, false, {2}, {}, 2, TallyResult::pending}, 2);
    feed(RoleChanged{Role::candidate, 3, 0}, 2);
    QVERIFY(feed.state.nodes.at(2).tally);
    QCOMPARE(feed.state.term, 3U);
    QCOMPARE(feed.state.leader, 0U);  // the old leader is still one, but of a term that is over
    QCOMPARE(int(feed.state.nodes.at(1).role), int(Role::leader));
    feed(RoleChanged{Role::leader, 3, 2}, 2);
    QCOMPARE(feed.state.leader, 2U);
    QVERIFY(!feed.state.nodes.at(2).tally);
    feed(ProcessChanged{ProcessState::stopped, "n2", 0, 9, ""}, 2);
    feed(RoleChanged{Role::follower, 3, 2}, 3);
    QCOMPARE(feed.state.leader, 0U);  // n3 still believes in it, but it does not run
}

void TestReduce::termForgetsTheVote() {
    Feeder feed;
    feed(TermChanged{2, 1, 0});
    QCOMPARE(feed(VoteCast{3, 2, false, VoteResult::granted, 0, 0, 0, 0, 3}).votedFor, 3U);
    QCOMPARE(feed(VoteCast{4, 2, false, VoteResult::alreadyVoted, 0, 0, 0, 0, 3}).votedFor, 3U);
    QCOMPARE(feed(VoteCast{4, 3, true, VoteResult::granted, 0, 0, 0, 0, 0}).votedFor, 3U);
    const NodeState& node = feed(TermChanged{3, 2, 4});
    QCOMPARE(node.votedFor, 0U);
    QCOMPARE(node.term, 3U);
}

void TestReduce::membersComeAndLeave() {
    const auto configured = [](std::vector<NodeId> voters, std::vector<NodeId> learners) {
        Configuration configuration;
        configuration.voters = std::move(voters);
        configuration.learners = std::move(learners);
        return configuration;
    };
    Feeder feed;
    for (const NodeId id : {1, 2, 3}) feed(ConfigurationChanged{configured({1, 2, 3}, {}), 3}, id);
    feed(RoleChanged{Role::leader, 2, 1}, 1);
    feed(ProcessChanged{ProcessState::starting, "n4", 0, 0, ""}, 4);
    QVERIFY(!feed.state.isMember(4));
    QVERIFY(!feed.state.nodes.at(4).left);  // on its way in: no configuration had it yet
    feed(ConfigurationChanged{configured({1, 2, 3}, {4}), 10}, 1);
    QVERIFY(feed.state.isMember(4));
    feed(ConfigurationChanged{configured({1, 2, 3}, {}), 3}, 4);  // it replays how the cluster began
    QVERIFY(feed.state.isMember(4) && !feed.state.nodes.at(4).left);
    feed(ConfigurationChanged{configured({1, 2}, {4}), 12}, 1);
    QVERIFY(feed.state.nodes.at(3).left);
    QVERIFY(!feed.state.nodes.at(4).left);
    feed(TermChanged{9, 2, 0}, 3);  // what it does from now on is not the cluster's
    QCOMPARE(feed.state.term, 2U);
    QCOMPARE(feed.state.leader, 1U);
    feed(ConfigurationChanged{configured({1, 2, 3}, {4}), 14}, 1);
    QVERIFY(!feed.state.nodes.at(3).left);
    // One half of a joint configuration is enough.
    Configuration joint = configured({1, 2, 4}, {});
    joint.votersOutgoing = {1, 2, 3};
    feed(ConfigurationChanged{joint, 15}, 1);
    QVERIFY(!feed.state.nodes.at(3).left && feed.state.isMember(4));
}

void TestReduce::process() {
    Feeder feed;
    feed(ProcessChanged{ProcessState::running, "n1", 0, 0, ""});
    feed(RoleChanged{Role::leader, 2, 1});
    feed(ProgressChanged{{2, ProgressState::probe, 1, 2, 0, false, false}});
    QCOMPARE(int(feed(ProcessChanged{ProcessState::paused, "n1", 0, 0, ""}).role), int(Role::leader));
    // What was said before the pause does not wake it.
    QCOMPARE(int(feed(Lifecycle{LifecyclePhase::ready}).process), int(ProcessState::paused));
    const NodeState& node = feed(ProcessChanged{ProcessState::stopped, "n1", 3, 0, "disk full"});
    QCOMPARE(int(node.role), int(Role::follower));
    QCOMPARE(node.term, 2U);  // it is on its disk
    QVERIFY(node.progress.empty() && !node.ready);
    QCOMPARE(node.processText, std::string("disk full"));
}

void TestReduce::log() {
    Feeder feed;
    feed(LogAppended{{entry(1, 1), entry(2, 1), entry(3, 1)}, 1, 3, 1});
    feed(WalSynced{2, 1, 0, 2, 5, 0, 0});
    feed(CommitAdvanced{2, 1});
    const NodeState& node = feed(Applied{1, 2, 7});
    QCOMPARE(node.log.lastIndex, 3U);
    QCOMPARE(node.log.durableIndex, 2U);
    QCOMPARE(node.log.commitIndex, 2U);
    QCOMPARE(node.log.appliedIndex, 2U);
    QCOMPARE(node.revision, 7);
    QCOMPARE(node.log.find(3)->term, 1U);
    QVERIFY(!node.log.find(4) && !node.log.find(0));
    feed(LogTruncated{3, 3, 1});
    QCOMPARE(node.log.lastIndex, 2U);
    feed(LogAppended{{entry(3, 2), entry(4, 2)}, 3, 4, 2});
    QCOMPARE(node.log.find(3)->term, 2U);
    feed(LogCompacted{3});
    QCOMPARE(node.log.entries.front().index, 3U);
    QCOMPARE(node.log.firstIndex, 3U);
    // A late, smaller commit changes nothing.
    QCOMPARE(feed(CommitAdvanced{1, 1}).log.commitIndex, 2U);
}

void TestReduce::logGapsAndBounds() {
    Feeder feed;
    feed(LogAppended{{entry(1, 1)}, 1, 1, 1});
    // Under load only the last of many come.
    const NodeState& node = feed(LogAppended{{entry(90, 1), entry(91, 1)}, 2, 91, 1});
    QCOMPARE(node.log.entries.size(), 2U);
    QCOMPARE(node.log.entries.front().index, 90U);
    std::vector<LogEntry> many;
    for (std::uint64_t i = 92; i < 92 + 10'000; ++i) many.push_back(entry(i, 1));
    feed(LogAppended{many, 92, 10'091, 1});
    QCOMPARE(node.log.entries.size(), LogView::kEntriesMax);
    QCOMPARE(node.log.entries.back().index, 10'091U);
    QVERIFY(node.log.find(10'091 - LogView::kEntriesMax + 1) && !node.log.find(10'091 - LogView::kEntriesMax));
    for (std::size_t i = 1; i < node.log.entries.size(); ++i)
        QCOMPARE(node.log.entries[i].index, node.log.entries[i - 1].index + 1);
}

void TestReduce::durableSurvivesOnlyWhatStays() {
    Feeder feed;
    feed(LogAppended{{entry(1, 1), entry(2, 1)}, 1, 2, 1});
    feed(WalSynced{2, 1, 0, 2, 0, 0, 0});
    // Overwritten without being told of the truncation.
    feed(LogAppended{{entry(2, 2)}, 2, 2, 2});
    QCOMPARE(feed.state.nodes.at(1).log.durableIndex, 1U);
    // The sync of the old entry 2 ends now; it says nothing of the new one.
    QCOMPARE(feed(WalSynced{2, 1, 0, 1, 0, 0, 0}).log.durableIndex, 1U);
    QCOMPARE(feed(WalSynced{2, 2, 0, 1, 0, 0, 0}).log.durableIndex, 2U);
}

void TestReduce::snapshotReplacesTheLog() {
    Feeder feed;
    feed(LogAppended{{entry(1, 1)}, 1, 1, 1});
    feed(SnapshotProgress{SnapshotPhase::receiving, 50, 2, 3, 10, 100});
    QCOMPARE(feed.state.nodes.at(1).log.lastIndex, 1U);
    const NodeState& node = feed(SnapshotProgress{SnapshotPhase::installed, 50, 2, 3, 100, 100});
    QVERIFY(node.log.entries.empty());
    QCOMPARE(node.log.firstIndex, 51U);
    QCOMPARE(node.log.lastIndex, 50U);
    QCOMPARE(node.log.commitIndex, 50U);
    feed(LogAppended{{entry(51, 2)}, 51, 51, 2});
    QVERIFY(node.log.find(51));
}

void TestReduce::tailJoinsTheKnownLog() {
    Feeder feed;
    feed(LogAppended{{entry(1, 1), entry(2, 1), entry(3, 1)}, 1, 3, 1});
    FullState full;
    full.firstIndex = 1;
    full.lastIndex = 4;
    full.tail = {entry(3, 1), entry(4, 2)};
    const NodeState& node = feed(full);
    QCOMPARE(node.log.entries.size(), 4U);
    full.tail = {entry(3, 2), entry(4, 2)};  // not the entry we knew: what was before may differ too
    feed(full);
    QCOMPARE(node.log.entries.size(), 2U);
}

void TestReduce::calls() {
    Feeder feed;
    feed(ClientRequest{7, RequestPhase::received, "put x = 5", 0, 0, "", 0});
    feed(ClientRequest{7, RequestPhase::forwarded, "", 0, 0, "", 3});
    feed(ClientRequest{7, RequestPhase::proposed, "", 12, 0, "", 0});
    const ClientCall& call = feed.state.calls.at(7);
    QCOMPARE(call.text, std::string("put x = 5"));
    QCOMPARE(call.index, 12U);
    QCOMPARE(call.forwardedTo, 3U);
    QCOMPARE(call.answeredNs, 0);
    feed(ClientRequest{7, RequestPhase::answered, "", 12, 4, "", 0});
    QCOMPARE(call.answeredNs, feed.now);
    QCOMPARE(call.revision, 4);
    feed.now += 6'000'000'000;
    feed(Lost{});
    QVERIFY(feed.state.calls.empty());
}

void TestReduce::watchersAndLeases() {
    Feeder feed;
    feed(WatcherMoved{{1, 2, WatcherGroup::synced, "k", "l", 5}, WatcherGroup::none});
    feed(WatcherMoved{{1, 2, WatcherGroup::unsynced, "", "", 6}, WatcherGroup::synced, WatcherCause::queueFull});
    const NodeState& node = feed.state.nodes.at(1);
    QCOMPARE(node.watchers.at({1, 2}).key, std::string("k"));
    QCOMPARE(int(node.watchers.at({1, 2}).group), int(WatcherGroup::unsynced));
    feed(WatchDelivered{1, 2, 6, 9, 4});
    QCOMPARE(node.watchers.at({1, 2}).nextRevision, 10);
    feed(WatchDelivered{1, 99, 6, 9, 4});
    QCOMPARE(node.watchers.size(), 1U);
    feed(WatcherMoved{{1, 2, WatcherGroup::none, "", "", 0}, WatcherGroup::unsynced, WatcherCause::cancelledByClient});
    QVERIFY(node.watchers.empty());
    feed(LeaseChanged{LeaseChange::granted, {5, 10, 100, 0}});
    feed(LeaseChanged{LeaseChange::renewed, {5, 0, 200, 2}});
    QCOMPARE(node.leases.at(5).ttlSeconds, 10);
    QCOMPARE(node.leases.at(5).deadlineNs, 200);
    feed(LeaseChanged{LeaseChange::deadlineMoved, {5, 10, 300, 0}, LeaseCause::newLeader});
    QCOMPARE(node.leases.at(5).deadlineNs, 300);
    QCOMPARE(node.leases.at(5).keys, 2U);
    // Notes the remaining 4 s for the next leader; this one goes on counting to the same deadline.
    feed(LeaseChanged{LeaseChange::checkpoint, {5, 4, 0, 0}, LeaseCause::checkpoint});
    QCOMPARE(node.leases.at(5).ttlSeconds, 10);
    QCOMPARE(node.leases.at(5).deadlineNs, 300);
    feed(LeaseChanged{LeaseChange::expired, {5, 0, 0, 0}});
    QVERIFY(node.leases.empty());
    feed(KeyChanged{12, 0, false, base::Bytes("k"), base::Bytes("v"), 1, 1, 12, 0, 4});
    QCOMPARE(feed.state.revision, 12);
    feed(Compacted{8, true, 3});
    QCOMPARE(node.compactRevision, 8);
}

void TestReduce::faults() {
    Feeder feed;
    const NodeState& node = feed(FaultsChanged{{{1, 2, true, 0, 0, 0, 0, false}, {2, 1, true, 0, 0, 0, 0, false}}});
    QVERIFY(node.faults.at(2).cut && node.inboundFaults.at(2).cut);
    feed(FaultsChanged{});
    QVERIFY(node.faults.empty() && node.inboundFaults.empty());
}

void TestReduce::progressAndConfiguration() {
    Feeder feed;
    feed(ProgressChanged{{2, ProgressState::probe, 1, 2, 0, false, false}});
    feed(ProgressChanged{{2, ProgressState::replicate, 5, 6, 1, false, true}});
    const NodeState& node = feed(ProgressChanged{{3, ProgressState::probe, 0, 1, 0, true, false}});
    QCOMPARE(node.progress.size(), 2U);
    QCOMPARE(node.progress[0].match, 5U);
    feed(Lifecycle{LifecyclePhase::started}, 2);
    feed(ConfigurationChanged{{{1, 2}, {}, {}, {}, false, {{2, "second", {}, {}, false}, {9, "ninth", {}, {}, false}}},
                              4});
    QCOMPARE(feed.state.nodes.at(2).name, std::string("second"));
    QCOMPARE(feed.state.nameOf(9), std::string("ninth"));
    // The core calls a learner a follower.
    feed(ConfigurationChanged{{{2}, {1}, {}, {}, false, {}}, 5});
    QCOMPARE(int(node.role), int(Role::learner));
    feed(RoleChanged{Role::follower, 2, 2});
    QCOMPARE(int(node.role), int(Role::learner));
    feed(ConfigurationChanged{{{1, 2}, {}, {}, {}, false, {}}, 6});
    QCOMPARE(int(node.role), int(Role::follower));
    QCOMPARE(feed.state.nodes.size(), 2U);
}

void TestReduce::alarmsLostPace() {
    Feeder feed;
    feed(AlarmChanged{{2, AlarmType::noSpace}, true});
    const NodeState& node = feed(AlarmChanged{{2, AlarmType::noSpace}, true});
    QCOMPARE(node.alarms.size(), 1U);
    feed(AlarmChanged{{2, AlarmType::noSpace}, false});
    QVERIFY(node.alarms.empty());
    feed(Lost{4, false});
    feed(Lost{5, true});
    QCOMPARE(node.lostEvents, 9U);
    feed(PaceChanged{{50, 1, 10, false, true}});
    QCOMPARE(node.pace.tickNs, 50);
    feed(ElectionDeadline{100, 30, true});
    QCOMPARE(node.deadline.deadlineNs, 100);
    QCOMPARE(node.deadlineSetNs, feed.now);
}

void TestReduce::copiesShareButDoNotLeak() {
    Feeder feed;
    feed(LogAppended{{entry(1, 1), entry(2, 1)}, 1, 2, 1});
    feed(WatcherMoved{{1, 1, WatcherGroup::synced, "k", "", 1}, WatcherGroup::none});
    const ClusterState copy = feed.state;
    feed(LogTruncated{2, 2, 1});
    feed(LogAppended{{entry(2, 5), entry(3, 5)}, 2, 3, 5});
    feed(WatcherMoved{{1, 1, WatcherGroup::none, "", "", 1}, WatcherGroup::synced});
    QCOMPARE(copy.nodes.at(1).log.entries.size(), 2U);
    QCOMPARE(copy.nodes.at(1).log.find(2)->term, 1U);
    QCOMPARE(copy.nodes.at(1).watchers.size(), 1U);
    QCOMPARE(feed.state.nodes.at(1).log.find(2)->term, 5U);
}

void TestReduce::storms_data() {
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 1; seed <= 20; ++seed) QTest::addRow("seed %llu", seed) << seed;
}

// Anything in any order: no crash, and the history's states are those of the plain reduction, late events included.
void TestReduce::storms() {
    QFETCH(quint64, seed);
    base::Rng rng(seed);
    const auto events = testing::randomEvents(rng, 3000);
    History history({1 + rng.below(300), 1'000'000});
    std::vector<Event> late, batch;
    for (const auto& event : events) {
        (rng.chance(0.1) ? late : batch).push_back(event);
        if (rng.chance(0.1)) {
            history.append(std::move(batch));
            batch.clear();
        }
        if (rng.chance(0.02)) {
            history.append(std::move(late));
            late.clear();
        }
        if (rng.chance(0.01)) (void)history.seek(static_cast<TimeNs>(rng.below(60'000'000'000)));
    }
    history.append(std::move(batch));
    history.append(std::move(late));
    QCOMPARE(history.size(), events.size());
    // Events that tie in time, node and sequence may stand in either order: compare with the history's own.
    std::vector<Event> inOrder;
    for (std::size_t i = 0; i < history.size(); ++i) inOrder.push_back(history.at(i));
    for (std::size_t i = 0; i < events.size(); ++i) QCOMPARE(inOrder[i].atNs, events[i].atNs);
    for (int i = 0; i < 40; ++i) {
        const TimeNs time = events[rng.below(events.size())].atNs - static_cast<TimeNs>(rng.below(2));
        ClusterState plain;
        for (const auto& event : inOrder)
            if (event.atNs <= time) reduce(plain, event);
        QVERIFY(history.seek(time) == plain);
        for (const auto& [id, node] : plain.nodes)
            for (std::size_t n = 1; n < node.log.entries.size(); ++n)
                QCOMPARE(node.log.entries[n].index, node.log.entries[n - 1].index + 1);
        (void)history.flights(time, time + 16'000'000);
    }
}

RAFTARIUM_TEST_CLASS(TestReduce)
#include "test_reduce.moc"
