// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The app's link to a cluster of real processes: members that somebody else adds or removes come and go on stage, each
// with its own telemetry.
#include "cluster/base/clock.h"
#include "gui/app/cluster_link.h"
#include "tests/runner/test_class.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace raftarium;
using gui::Session;

namespace {
constexpr int kPatienceMs = 90'000;
}

class TestClusterLink : public QObject {
    Q_OBJECT

private slots:
    void membersComeAndGo();
};

void TestClusterLink::membersComeAndGo() {
    if (!QFileInfo::exists(qEnvironmentVariable("RAFTARIUM_BIN") + QStringLiteral("/raftarium-node")))
        QSKIP("raftarium-node is not built");
    const QTemporaryDir directory;
    QVERIFY(directory.isValid());
    qputenv("XDG_DATA_HOME", directory.filePath(QStringLiteral("data")).toUtf8());
    qputenv("XDG_RUNTIME_DIR", directory.path().toUtf8());

    Session session([] { return base::SystemClock().monotonicNow(); });
    gui::ClusterLink link(&session);
    QString failure;
    connect(&link, &gui::ClusterLink::failed, &session, [&](const QString& text) { failure = text; });
    QTimer frames;
    connect(&frames, &QTimer::timeout, &session, [&] { session.advance(0.016); });
    frames.start(16);
    gui::OpenRequest request;
    request.name = "members";
    request.create.nodes = 3;
    request.create.pace = control::PacePreset::etcd;
    link.open(request);
    QTRY_VERIFY2_WITH_TIMEOUT(!session.summary()->leaderName().isEmpty() || !failure.isEmpty(), qPrintable(failure),
                              kPatienceMs);
    QVERIFY2(failure.isEmpty(), qPrintable(failure));
    QCOMPARE(session.roster()->names(), QStringList({"n1", "n2", "n3"}));

    // Somebody else's hand on the same cluster, as raftariumctl has it.
    const auto other = control::joinCluster("members");
    QVERIFY2(other.ok(), other ? "" : other.error().text.c_str());
    const auto added = (*other)->apply(control::AddNode{true});
    QVERIFY2(added.ok(), added ? "" : added.error().text.c_str());
    QCOMPARE(added->node, std::string("n4"));
    const auto shown = [&]() -> const observe::NodeState* {
        return session.view().node(session.roster()->idOf(QStringLiteral("n4")));
    };
    QTRY_VERIFY_WITH_TIMEOUT(shown() && shown()->known, kPatienceMs);  // it speaks itself
    QTRY_COMPARE_WITH_TIMEOUT(shown()->role, observe::Role::learner, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(shown()->log.lastIndex > 0 && shown()->log.lastIndex == session.view().commitIndex,
                             kPatienceMs);
    QCOMPARE(session.roster()->names(), QStringList({"n1", "n2", "n3", "n4"}));
    QTRY_COMPARE_WITH_TIMEOUT(session.roster()->endpoints().size(), std::size_t{4}, kPatienceMs);

    const auto removed = (*other)->apply(control::RemoveNode{"n4"});
    QVERIFY2(removed.ok(), removed ? "" : removed.error().text.c_str());
    QTRY_COMPARE_WITH_TIMEOUT(session.roster()->names(), QStringList({"n1", "n2", "n3"}), kPatienceMs);
    QTRY_COMPARE_WITH_TIMEOUT(session.roster()->endpoints().size(), std::size_t{3}, kPatienceMs);
    // It keeps its lane in the timeline, and the past its place on the ring.
    QCOMPARE(session.roster()->laneNames(), QStringList({"n1", "n2", "n3", "n4"}));
    while (session.roster()->names().size() == 3 && session.player()->atNs() > session.player()->beginNs())
        session.player()->step(-1, false);
    QCOMPARE(session.roster()->names(), QStringList({"n1", "n2", "n3", "n4"}));
    session.player()->follow();

    // Wiped: the same name comes back as another member.
    const observe::NodeId before = session.roster()->idOf(QStringLiteral("n2"));
    const auto wiped = (*other)->apply(control::WipeNode{"n2"});
    QVERIFY2(wiped.ok(), wiped ? "" : wiped.error().text.c_str());
    QTRY_VERIFY_WITH_TIMEOUT(
        session.roster()->idOf(QStringLiteral("n2")) != before && session.roster()->names().size() == 3, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(session.view().node(session.roster()->idOf(QStringLiteral("n2"))) &&
                                 session.view().node(session.roster()->idOf(QStringLiteral("n2")))->known,
                             kPatienceMs);
    link.close();
}

RAFTARIUM_TEST_CLASS(TestClusterLink)
#include "test_cluster_link.moc"
