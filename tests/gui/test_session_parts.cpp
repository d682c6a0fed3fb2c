// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The parts of a session by themselves: player, roster, summary, actions, the caption of the feed.
#include "gui/models/actions.h"
#include "gui/models/feed_model.h"
#include "gui/models/player.h"
#include "gui/models/roster.h"
#include "gui/models/summary.h"
#include "tests/runner/test_class.h"

#include <QSignalSpy>
#include <QTest>

using namespace raftarium;
using namespace raftarium::gui;
using observe::ClusterState;
using observe::TimeNs;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;

ClusterState stateOf(const std::vector<std::pair<observe::NodeId, std::string>>& members) {
    ClusterState state;
    for (const auto& [id, name] : members) {
        state.nodes[id].id = id;
        state.nodes[id].name = name;
    }
    return state;
}

}  // namespace

class TestSessionParts : public QObject {
    Q_OBJECT

private slots:
    void playerFollowsSeeksAndComesBack();
    void playerOfARecordingIsNeverInThePast();
    void playerSaysWhereItIs();
    void rosterIsInTheOrderOfNames();
    void rosterGivesMembersOfOneNameOneLane();
    void rosterKeepsTheNamesOfThoseThatAreGone();
    void rosterShowsTheFirstMembersFromTheBeginning();
    void summaryKnowsThePace_data();
    void summaryKnowsThePace();
    void summaryCountsFaults();
    void summaryAnnouncesOnlyChanges();
    void captionIsTheLatestThatMatters();
    void actionsKnowWhatCanBeDoneToANode();
};

void TestSessionParts::playerFollowsSeeksAndComesBack() {
    Player player;
    QSignalSpy changed(&player, &Player::changed), jumped(&player, &Player::jumped), moved(&player, &Player::moved);
    player.open(Player::Source::live, nullptr, kSecond);
    player.advance(0.016, kSecond, 5 * kSecond);
    QVERIFY(player.following() && !player.past());
    QCOMPARE(player.atNs(), 5 * kSecond);
    QCOMPARE(jumped.count(), 0);
    QCOMPARE(moved.count(), 1);
    const std::uint64_t jumps = player.jumpCount();
    player.seek(2 * kSecond);
    QVERIFY(player.past() && player.mode() == Player::Paused);
    QCOMPARE(jumped.count(), 1);
    QVERIFY(player.jumpCount() != jumps);
    player.togglePlay();
    QVERIFY(player.mode() == Player::Playing && player.past());
    changed.clear();
    player.advance(9, kSecond, 6 * kSecond);  // it has caught up with the edge
    QVERIFY(player.following());
    QCOMPARE(changed.count(), 1);
    player.step(-1, false);  // without a history it only stands still
    QVERIFY(player.mode() == Player::Paused);
    player.follow();
    QVERIFY(player.following());
}

void TestSessionParts::playerOfARecordingIsNeverInThePast() {
    Player player;
    player.open(Player::Source::recording, nullptr, kSecond);
    player.advance(0, kSecond, 5 * kSecond);
    player.seek(2 * kSecond);
    QVERIFY(!player.past() && !player.following());
    player.follow();
    QCOMPARE(player.atNs(), 5 * kSecond);
    QVERIFY(player.mode() == Player::Paused);
}

void TestSessionParts::playerSaysWhereItIs() {
    Player player;
    QCOMPARE(player.clockText(), QStringLiteral("00:00.000"));
    player.open(Player::Source::live, nullptr, kSecond);
    player.advance(0, kSecond, 63 * kSecond);
    QCOMPARE(player.clockText(), QStringLiteral("01:02.000"));
    QCOMPARE(player.lagText(), QString());
    player.seek(3 * kSecond + 500'000'000);
    QCOMPARE(player.clockText(), QStringLiteral("00:02.500"));
    QCOMPARE(player.lagText(), QStringLiteral("\u221259.5 s"));
    QCOMPARE(player.speedText(), QStringLiteral("1×"));
    player.setSpeed(0.02);
    QCOMPARE(player.speedText(), QStringLiteral("1/50×"));
}

void TestSessionParts::rosterIsInTheOrderOfNames() {
    Roster roster;
    QSignalSpy changed(&roster, &Roster::changed);
    const ClusterState state = stateOf({{1, "n10"}, {2, "n2"}, {3, "n1"}});
    roster.refresh(state, state);
    QCOMPARE(roster.names(), QStringList({"n1", "n2", "n10"}));
    QCOMPARE(roster.selected(), QStringLiteral("n1"));
    QCOMPARE(roster.idOf(QStringLiteral("n10")), observe::NodeId{1});
    QCOMPARE(roster.idOf(QStringLiteral("n3")), observe::NodeId{0});
    QCOMPARE(roster.nameOf(0), QString());
    roster.refresh(state, state);
    QCOMPARE(changed.count(), 1);
}

void TestSessionParts::rosterGivesMembersOfOneNameOneLane() {
    Roster roster;
    ClusterState state = stateOf({{1, "n1"}, {2, "n2"}, {3, "n2"}});  // n2 was wiped, and is a new member
    state.nodes[2].left = true;
    roster.refresh(state, state);
    QCOMPARE(roster.names(), QStringList({"n1", "n2"}));
    QCOMPARE(roster.idOf(QStringLiteral("n2")), observe::NodeId{3});
    QCOMPARE(roster.laneNames(), QStringList({"n1", "n2"}));
    QCOMPARE(roster.lanes()[1].ids, std::vector<observe::NodeId>({2, 3}));
}

void TestSessionParts::rosterKeepsTheNamesOfThoseThatAreGone() {
    Roster roster;
    ClusterState state = stateOf({{1, "n1"}, {2, "n2"}});
    roster.refresh(state, state);
    roster.select(QStringLiteral("n2"));
    state.nodes[2].left = true;
    roster.refresh(state, state);
    QCOMPARE(roster.names(), QStringList({"n1"}));
    QCOMPARE(roster.nameOf(2), QStringLiteral("n2"));
    QCOMPARE(roster.selected(), QStringLiteral("n1"));
    roster.clear();
    QVERIFY(roster.names().isEmpty() && roster.laneNames().isEmpty());
    QCOMPARE(roster.nameOf(2), QString());
}

void TestSessionParts::rosterShowsTheFirstMembersFromTheBeginning() {
    Roster roster;
    ClusterState live = stateOf({{1, "n1"}, {2, "n2"}, {3, "n3"}});
    live.configurationIndex = 3;
    live.configuration.voters = {1, 2};
    const ClusterState beginning;  // nothing is known yet
    roster.refresh(live, beginning);
    QCOMPARE(roster.names(), QStringList({"n1", "n2"}));
    QCOMPARE(roster.laneNames(), QStringList({"n1", "n2", "n3"}));
}

void TestSessionParts::summaryKnowsThePace_data() {
    QTest::addColumn<TimeNs>("tickNs");
    QTest::addColumn<int>("electionTicks");
    QTest::addColumn<int>("preset");
    QTest::newRow("classroom") << TimeNs{100'000'000} << 30 << 0;
    QTest::newRow("paper") << TimeNs{5'000'000} << 30 << 1;
    QTest::newRow("etcd") << TimeNs{10'000'000} << 100 << 2;
    QTest::newRow("none of them") << TimeNs{10'000'000} << 50 << -1;
}

void TestSessionParts::summaryKnowsThePace() {
    QFETCH(TimeNs, tickNs);
    QFETCH(int, electionTicks);
    QFETCH(int, preset);
    ClusterState state = stateOf({{1, "n1"}});
    state.nodes[1].pace.tickNs = tickNs;
    state.nodes[1].pace.heartbeatTicks = 10;
    state.nodes[1].pace.electionTicks = electionTicks;
    state.nodes[1].pace.preVote = false;
    Summary summary;
    summary.refresh(state, {}, 0, false);
    QCOMPARE(summary.pacePreset(), preset);
    QVERIFY(!summary.preVote());
    QVERIFY(summary.paceText().startsWith(QStringLiteral("heartbeat ")));
}

void TestSessionParts::summaryCountsFaults() {
    ClusterState state = stateOf({{1, "n1"}, {2, "n2"}});
    state.nodes[1].faults[2].cut = true;
    state.nodes[2].faults[1].delayNs = 200'000'000;
    state.nodes[2].faults[1].dropShare = 0.25;
    Summary summary;
    summary.refresh(state, {}, 0, false);
    QCOMPARE(summary.faultCount(), 1);
    QCOMPARE(summary.linkDelayMs(), 200);
    QCOMPARE(summary.linkLossPercent(), 25);
}

void TestSessionParts::summaryAnnouncesOnlyChanges() {
    Summary summary;
    QSignalSpy changed(&summary, &Summary::changed);
    ClusterState state;
    state.term = 3;
    state.revision = 7;
    summary.refresh(state, QStringLiteral("n2"), 9, true);
    summary.refresh(state, QStringLiteral("n2"), 9, true);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(summary.pastRevision(), 7.0);
    QCOMPARE(summary.newestRevision(), 9.0);
    summary.refresh(state, QStringLiteral("n2"), 9, false);
    QCOMPARE(summary.pastRevision(), 0.0);
    QCOMPARE(changed.count(), 2);
}

void TestSessionParts::captionIsTheLatestThatMatters() {
    FeedModel feed;
    QSignalSpy changed(&feed, &FeedModel::currentChanged);
    feed.append({{{10, 1, {{"Feed", "a"}, {}}, 0}, false},
                 {{20, 1, {{"Feed", "b"}, {}}, 0}, true},
                 {{30, 1, {{"Feed", "c"}, {}}, 0}, false}});
    feed.showAt(5);
    QCOMPARE(feed.currentRow(), -1);
    QCOMPARE(feed.caption(), QString());
    feed.showAt(15);  // nothing that matters yet: the latest of all
    QCOMPARE(feed.caption(), QStringLiteral("a"));
    feed.showAt(35);
    QCOMPARE(feed.currentRow(), 1);
    QCOMPARE(feed.caption(), QStringLiteral("b"));
    feed.showAt(36);
    QCOMPARE(changed.count(), 2);
    feed.clear();
    QCOMPARE(feed.currentRow(), -1);
}

void TestSessionParts::actionsKnowWhatCanBeDoneToANode() {
    Player player;
    Roster roster;
    ClusterApi api;
    const Actions actions(player, roster, api);
    const auto can = [&](const char* verb, const char* process) {
        return actions.can(QLatin1String(verb), QStringLiteral("n1"), QLatin1String(process));
    };
    QVERIFY(!can("kill", "running"));  // there is no such node yet
    const ClusterState one = stateOf({{1, "n1"}});
    roster.refresh(one, one);
    QVERIFY(!can("remove", "running"));  // the last node stays
    const ClusterState two = stateOf({{1, "n1"}, {2, "n2"}});
    roster.refresh(two, two);
    QVERIFY(can("remove", "running"));
    QVERIFY(can("kill", "running") && can("kill", "paused") && can("kill", "starting") && !can("kill", "stopped"));
    QVERIFY(can("pause", "running") && !can("pause", "paused") && !can("pause", "stopped"));
    QVERIFY(can("resume", "paused") && !can("resume", "running"));
    QVERIFY(can("start", "stopped") && !can("start", "running"));
    QVERIFY(can("campaign", "running") && !can("campaign", "starting"));
    QVERIFY(!can("fly", "running"));
    // A real etcd takes signals, and no orders from us.
    Roster::Endpoint etcd;
    etcd.id = 1;
    etcd.name = QStringLiteral("n1");
    etcd.engine = control::EngineKind::etcd;
    roster.setEndpoints({etcd});
    QVERIFY(can("kill", "running") && !can("campaign", "running"));
}

RAFTARIUM_TEST_CLASS(TestSessionParts)
#include "test_session_parts.moc"
