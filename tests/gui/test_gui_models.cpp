// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Playhead, queue, feed and session on made-up events and a cluster that only takes notes.
#include "gui/app/options.h"
#include "gui/models/session.h"
#include "gui/models/time_text.h"
#include "tests/gui/fake_cluster.h"
#include "tests/observe/synthetic_cluster.h"
#include "tests/runner/test_class.h"

#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace raftarium;
using gui::Playhead;
using gui::Session;
using observe::TimeNs;

namespace {
constexpr TimeNs kSecond = 1'000'000'000;
constexpr int kWithinMs = 60'000;
}  // namespace

class TestModels : public QObject {
    Q_OBJECT

private slots:
    void playheadFollowsTheEdge();
    void playheadSlowMotionFallsBehind();
    void playheadKeepsFractions();
    void playheadStopsAtTheEndOfARecording();
    void queueLeavesOutMessagesFirst();
    void feedCountsRepeats();
    void feedFoldsFloods();
    void feedIsBounded();
    void feedFindsRows();
    void texts_data();
    void texts();
    void optionsRefuseBadValues_data();
    void optionsRefuseBadValues();
    void replaySeeksAndSteps();
    void takesInFullLoad();
    void actionsReachTheCluster();
    void thePastAsksFirst();
    void recordingsCannotBeActedOn();
};

void TestModels::playheadFollowsTheEdge() {
    Playhead head;
    head.advance(0.016, kSecond, 5 * kSecond, true);
    QCOMPARE(head.at(), 5 * kSecond);
    head.advance(0.016, kSecond, 5 * kSecond + 16'000'000, true);
    QCOMPARE(head.at(), 5 * kSecond + 16'000'000);
    head.seek(2 * kSecond);
    QVERIFY(head.mode() == Playhead::Mode::paused);
    head.advance(1, kSecond, 6 * kSecond, true);
    QCOMPARE(head.at(), 2 * kSecond);
    head.follow();
    TimeNs before = head.at();
    for (int frame = 0; frame < 120; ++frame) {
        head.advance(0.016, kSecond, 6 * kSecond, true);
        QVERIFY(head.at() >= before);
        before = head.at();
    }
    QCOMPARE(head.at(), 6 * kSecond);
}

void TestModels::playheadSlowMotionFallsBehind() {
    Playhead head;
    head.advance(0, kSecond, 10 * kSecond, true);
    head.setSpeed(0.1);
    QVERIFY(head.mode() == Playhead::Mode::playing);
    head.advance(1, kSecond, 11 * kSecond, true);
    QCOMPARE(head.at(), 10 * kSecond + kSecond / 10);
    QCOMPARE(head.lagNs(), 9 * kSecond / 10);
    head.setSpeed(7);
    QCOMPARE(head.speed(), 1.0);
    head.advance(5, kSecond, 11 * kSecond, true);
    QVERIFY(head.mode() == Playhead::Mode::following);
}

void TestModels::playheadKeepsFractions() {
    Playhead head;
    head.advance(0, 0, 10 * kSecond, true);
    head.seek(kSecond);
    head.setSpeed(0);
    QCOMPARE(head.speed(), Playhead::kSlowest);
    head.play();
    for (int frame = 0; frame < 1000; ++frame) head.advance(1e-7, 0, 10 * kSecond, true);
    QVERIFY(std::abs(head.at() - (kSecond + 100)) <= 1);
}

void TestModels::playheadStopsAtTheEndOfARecording() {
    Playhead head;
    head.advance(0, kSecond, 3 * kSecond, false);
    head.seek(kSecond);
    head.play();
    head.advance(1, kSecond, 3 * kSecond, false);
    QCOMPARE(head.at(), 2 * kSecond);
    head.advance(9, kSecond, 3 * kSecond, false);
    QCOMPARE(head.at(), 3 * kSecond);
    QVERIFY(head.mode() == Playhead::Mode::paused);
    head.play();
    QCOMPARE(head.at(), kSecond);
}

void TestModels::queueLeavesOutMessagesFirst() {
    gui::EventQueue queue(4);
    std::vector<observe::Event> events;
    for (std::uint64_t i = 1; i <= 6; ++i) events.push_back({TimeNs(i), 7, i, observe::MessageSent{}});
    events.push_back({7, 7, 7, observe::TermChanged{2, 1, 7}});
    queue.push(events);
    const auto taken = queue.take();
    QCOMPARE(taken.size(), std::size_t{2});
    QVERIFY(std::holds_alternative<observe::TermChanged>(taken[0].kind));
    QCOMPARE(std::get<observe::Lost>(taken[1].kind).count, std::uint64_t{6});
    QVERIFY(queue.take().empty());
}

void TestModels::feedCountsRepeats() {
    gui::FeedModel feed;
    const QAbstractItemModelTester tester(&feed, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto line = [](TimeNs at, const char* name) {
        return gui::FeedModel::Line{{at, 1, {{"Feed", "{0} is silent"}, {name}}, 2}, false};
    };
    feed.append({line(1, "n1"), line(2, "n2"), line(3, "n1")});
    QCOMPARE(feed.count(), 2);
    QCOMPARE(feed.data(feed.index(0), gui::FeedModel::RepeatsRole).toInt(), 2);
    QCOMPARE(feed.data(feed.index(1), gui::FeedModel::TextRole).toString(), QStringLiteral("n2 is silent"));
    feed.append({line(4, "n2")});
    QCOMPARE(feed.data(feed.index(1), gui::FeedModel::RepeatsRole).toInt(), 2);
    feed.append({line(3600 * kSecond, "n2")});
    QCOMPARE(feed.count(), 3);
}

void TestModels::feedFoldsFloods() {
    gui::FeedModel feed;
    const QAbstractItemModelTester tester(&feed, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto put = [](TimeNs at) { return gui::FeedModel::Line{{at, 1, "put {0}", {std::to_string(at)}, 0}, false}; };
    const auto alike = [&feed](int row) { return feed.data(feed.index(row), gui::FeedModel::AlikeRole).toInt(); };
    // Two a second are told one by one.
    for (int i = 0; i < 6; ++i) feed.append({put(i * kSecond / 2)});
    QCOMPARE(feed.count(), 6);
    // A hundred a second, for three seconds: a few, and then a row a second, however they are handed over.
    feed.clear();
    std::vector<gui::FeedModel::Line> lines;
    for (int i = 0; i < 150; ++i) lines.push_back(put(i * kSecond / 100));
    feed.append(std::move(lines));
    for (int i = 150; i < 300; ++i) feed.append({put(i * kSecond / 100)});
    QCOMPARE(feed.count(), 5);
    QCOMPARE(alike(0) + alike(1), 0);
    QCOMPARE(alike(2), 99);
    QCOMPARE(alike(3), 99);
    QCOMPARE(feed.count() + alike(2) + alike(3) + alike(4), 300);
    // What is bad is never folded, nor another kind of line.
    feed.append({{{3 * kSecond, 1, "n{0} died", {"2"}, 2}, true}, {{3 * kSecond, 1, "other {0}", {"2"}, 0}, true}});
    QCOMPARE(feed.count(), 7);
    // After a pause they are told one by one again.
    for (int i = 0; i < 4; ++i) feed.append({put((10 + i) * kSecond)});
    QCOMPARE(feed.count(), 11);
    QCOMPARE(alike(9), 0);
}

void TestModels::feedIsBounded() {
    gui::FeedModel feed;
    const QAbstractItemModelTester tester(&feed, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int batch = 0; batch < 3; ++batch) {
        std::vector<gui::FeedModel::Line> lines;
        for (int i = 0; i < 2500; ++i)
            lines.push_back(
                {{(batch * 2500 + i) * kSecond, 1, {{"Feed", "{0}"}, {std::to_string(batch * 2500 + i)}}, 0}, true});
        feed.append(std::move(lines));
    }
    QCOMPARE(feed.count(), int(gui::FeedModel::kRowsMax));
    QCOMPARE(feed.textOf(feed.count() - 1), QStringLiteral("7499"));
    feed.clear();
    QCOMPARE(feed.count(), 0);
}

void TestModels::feedFindsRows() {
    gui::FeedModel feed;
    QCOMPARE(feed.rowAt(5), -1);
    feed.append({{{10, 1, "a", {}, 0}, true}, {{20, 1, "b", {}, 0}, false}, {{30, 1, "c", {}, 0}, false}});
    QCOMPARE(feed.rowAt(9), -1);
    QCOMPARE(feed.rowAt(10), 0);
    QCOMPARE(feed.rowAt(25), 1);
    QCOMPARE(feed.rowAt(99), 2);
    QCOMPARE(feed.rowAt(99, true), 0);
}

void TestModels::texts_data() {
    QTest::addColumn<QString>("said");
    QTest::addColumn<QString>("expected");
    QTest::newRow("clock") << gui::timeText(62'345'000'000, 1) << "01:02.3";
    QTest::newRow("hours") << gui::timeText(3'661 * kSecond, 0) << "1:01:01";
    QTest::newRow("negative") << gui::timeText(-1'500'000'000, 1) << "-00:01.5";
    QTest::newRow("seconds") << gui::durationText(4'200'000'000) << "4.2 s";
    QTest::newRow("whole seconds") << gui::durationText(3'000'000'000) << "3 s";
    QTest::newRow("milliseconds") << gui::durationText(153'400'000) << "153 ms";
    QTest::newRow("microseconds") << gui::durationText(80'000) << "80 µs";
    QTest::newRow("a range") << gui::durationRangeText(3'000'000'000, 6'000'000'000) << u"3–\u20606\u00a0s"_qs;
    QTest::newRow("a range over two units")
        << gui::durationRangeText(900'000'000, 1'800'000'000) << u"900\u00a0ms–\u20601.8\u00a0s"_qs;
}

void TestModels::texts() {
    QFETCH(QString, said);
    QTEST(said, "expected");
}

void TestModels::optionsRefuseBadValues_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    QTest::newRow("theme") << QStringList{"--theme", "dark"} << "--theme dark";
    QTest::newRow("size") << QStringList{"--size", "1600"} << "--size 1600";
    QTest::newRow("nodes") << QStringList{"--nodes", "10"} << "1 to 9";
    QTest::newRow("nodes word") << QStringList{"--nodes", "many"} << "--nodes many";
    QTest::newRow("at") << QStringList{"--at", "-1"} << "--at -1";
    QTest::newRow("scale") << QStringList{"--scale", "9"} << "0.7 to 2";
    QTest::newRow("pace") << QStringList{"--pace", "fast"} << "classroom";
    QTest::newRow("unknown") << QStringList{"--speed", "1"} << "speed";
    QTest::newRow("stray") << QStringList{"demo"} << "demo";
}

void TestModels::optionsRefuseBadValues() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    const auto options = gui::parseOptions(QStringList{"raftarium"} + arguments);
    QVERIFY(!options.ok());
    QVERIFY2(QString::fromStdString(options.error().text).contains(named), options.error().text.c_str());
}

void TestModels::replaySeeksAndSteps() {
    testing::SyntheticOptions model;
    Session session([] { return TimeNs{0}; });
    session.startReplay(QStringLiteral("model"), testing::synthesize(model));
    session.advance(0.016);
    QVERIFY(session.phase() == Session::Replay);
    session.seek(model.startNs + 5 * kSecond);
    QCOMPARE(session.nodeNames(), (QStringList{"n1", "n2", "n3", "n4", "n5"}));
    const QString first = session.leaderName();
    QVERIFY(!first.isEmpty());
    const double term = session.term();
    session.seek(model.startNs + model.killLeaderNs + 2'900'000'000);
    QVERIFY(session.leaderName() != first);
    QVERIFY(session.term() > term);
    const TimeNs before = session.playheadNs();
    session.step(1, false);
    QVERIFY(session.playheadNs() > before);
    const TimeNs meaningful = session.playheadNs();
    session.step(-1, true);
    QVERIFY(session.playheadNs() < meaningful);
    QVERIFY(!session.caption().isEmpty());
    session.seek(model.startNs + 5 * kSecond);
    QCOMPARE(session.leaderName(), first);
    const auto json = QJsonDocument::fromJson(session.stateJson()).object();
    QCOMPARE(json["leader"].toString(), first);
    QCOMPARE(json["phase"].toString(), QStringLiteral("replay"));
}

// 50,000 events in a second, frame by frame: all of them are in the history when their second is shown.
void TestModels::takesInFullLoad() {
    testing::SyntheticOptions model;
    model.nodes = 9;
    model.putsPerSecond = 2000;
    model.durationNs = 4 * kSecond;
    model.killLeaderNs = model.restartNs = model.partitionNs = model.healNs = 0;
    const std::vector<observe::Event> events = testing::synthesize(model);
    const auto later = std::count_if(events.begin(), events.end(), [&](const observe::Event& event) {
        return event.atNs > model.startNs + 3 * kSecond;
    });
    QVERIFY2(later >= 50'000, qPrintable(QString::number(later)));
    TimeNs now = model.startNs;
    Session session([&now] { return now; });
    session.startLive(QStringLiteral("model"), nullptr);
    std::size_t given = 0;
    while (given < events.size()) {
        now += kSecond / 60;
        std::vector<observe::Event> part;
        while (given < events.size() && events[given].atNs <= now) part.push_back(events[given++]);
        session.post(std::move(part));
        session.advance(1.0 / 60);
        QCOMPARE(session.history().size(), given);  // nothing waits for a later frame, nothing is left out
        QVERIFY(session.live());
    }
    QVERIFY(!session.leaderName().isEmpty());
    QVERIFY(session.commitIndex() > 3000);
    for (const auto& [id, node] : session.view().nodes) QCOMPARE(node.lostEvents, std::uint64_t{0});
}

void TestModels::actionsReachTheCluster() {
    TimeNs now = 10 * kSecond;
    Session session([&now] { return now; });
    const auto cluster = std::make_shared<testing::FakeCluster>();
    session.startLive(QStringLiteral("fake"), cluster);
    session.advance(0.016);
    QSignalSpy said(&session, &Session::toast);
    session.node(QStringLiteral("kill"), QStringLiteral("n2"));
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, kWithinMs);
    QCOMPARE(said[0][1].toString(), QStringLiteral("raftariumctl cluster kill n2 --cluster fake"));
    QVERIFY(!said[0][2].toBool());
    session.partition({QVariant(QStringList{"n1", "n2"}), QVariant(QStringList{"n3"})});
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 2, kWithinMs);
    session.setPace(1);
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 3, kWithinMs);
    session.node(QStringLiteral("wipe"), QStringLiteral("n1"));
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 4, kWithinMs);
    QCOMPARE(said[3][0].toString(), QStringLiteral("a member of several cannot forget"));
    QVERIFY(said[3][2].toBool());
    session.node(QStringLiteral("explode"), QStringLiteral("n1"));
    QCOMPARE(said.count(), 5);
    const std::vector<std::string> expected{"kill n2", "partition | n1 n2 | n3", "pace 50"};
    QCOMPARE(cluster->done(), expected);
}

void TestModels::thePastAsksFirst() {
    TimeNs now = 10 * kSecond;
    Session session([&now] { return now; });
    const auto cluster = std::make_shared<testing::FakeCluster>();
    session.startLive(QStringLiteral("fake"), cluster);
    now += 5 * kSecond;
    session.advance(0.016);
    QVERIFY(!session.past());
    session.seek(11 * kSecond);
    QVERIFY(session.past());
    QSignalSpy asked(&session, &Session::pastActionAsked);
    QSignalSpy said(&session, &Session::toast);
    session.healAll();
    QCOMPARE(asked.count(), 1);
    session.confirmPast(false);
    QVERIFY(session.past());
    session.healAll();
    session.confirmPast(true);
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, kWithinMs);
    QVERIFY(session.live());
    QCOMPARE(cluster->done(), std::vector<std::string>{"healAll"});
}

void TestModels::recordingsCannotBeActedOn() {
    Session session([] { return TimeNs{0}; });
    session.startReplay(QStringLiteral("model"), testing::synthesize({}));
    QSignalSpy said(&session, &Session::toast);
    session.node(QStringLiteral("kill"), QStringLiteral("n1"));
    QCOMPARE(said.count(), 1);
    QVERIFY(said[0][2].toBool());
    QCOMPARE(said[0][1].toString(), QString());  // nor is there a command that would
    session.put(QStringLiteral("x"), QStringLiteral("1"));
    QCOMPARE(said.count(), 2);
}

RAFTARIUM_TEST_CLASS(TestModels)
#include "test_gui_models.moc"
