// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What can be done to a cluster as it is, and a cluster of real etcd processes.
#include "cluster/client/etcd_client.h"
#include "cluster/control/controller.h"
#include "cluster/control/engine.h"
#include "cluster/control/supervisor/node_access.h"
#include "cluster/control/supervisor/node_command.h"
#include "cluster/control/supervisor/open_cluster.h"
#include "tests/runner/test_class.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace raftarium;
using namespace raftarium::control;
using observe::ProcessState;

namespace {

constexpr int kWithinMs = 60'000;

// n1 runs, n2 is stopped, n3 is paused, n4 is starting.
ClusterStatus fourNodes() {
    ClusterStatus status;
    status.spec.name = "demo";
    for (const ProcessState state :
         {ProcessState::running, ProcessState::stopped, ProcessState::paused, ProcessState::starting}) {
        NodeStatus node;
        node.spec.name = "n" + std::to_string(status.nodes.size() + 1);
        node.process = state;
        status.nodes.push_back(node);
    }
    return status;
}

QString reason(const Action& action, const ClusterStatus& status) {
    const auto why = whyNot(action, status);
    return why ? QString::fromStdString(why->text) : QString();
}

}  // namespace

class TestControlEngine : public QObject {
    Q_OBJECT

private slots:
    void whyNotToNodes_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* line, const char* says) {
            QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(says);
        };
        row("start --node n1", "n1 is running already");
        row("start --node n2", "");
        row("start --node n3", "n3 is paused: resume it");
        row("start --node n4", "n4 is running already");
        row("stop n1", "");
        row("stop n2", "n2 is not running: start it first");
        row("stop n3", "");
        row("kill n2", "n2 is not running: start it first");
        row("kill n4", "");
        row("pause n1", "");
        row("pause n2", "n2 is not running: start it first");
        row("pause n3", "n3 is paused already");
        row("resume n1", "n1 is not paused");
        row("resume n3", "");
        row("restart n2", "");
        row("campaign n1", "");
        row("campaign n2", "n2 is not running: start it first");
        row("campaign n3", "n3 is paused: resume it first");
        row("campaign n4", "n4 is still starting: try again");
        row("kill n9", "there is no node \"n9\"; the nodes are n1, n2, n3, n4");
        row("kill *", "there is no node \"*\"; the nodes are n1, n2, n3, n4");
        row("deliver n9:1", "there is no node \"n9\"; the nodes are n1, n2, n3, n4");
        row("deliver all", "");
        row("wipe n2", "");
        row("wipe *",
            "the data of all nodes is deleted only when all are stopped, and n1 is not: stop the nodes first");
        row("cut n1 n2", "");
        row("add", "");
        row("remove n1", "");
        row("heal", "");
        row("stop", "");
    }
    void whyNotToNodes() {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const auto read = parseAction(line.toStdString());
        QVERIFY2(read.ok(), read ? "" : read.error().text.c_str());
        QCOMPARE(reason(read->action, fourNodes()), says);
        if (!says.isEmpty()) QVERIFY(whyNot(read->action, fourNodes())->said != nullptr);
    }

    void clustersHaveLimits() {
        ClusterStatus status = fourNodes();
        while (status.nodes.size() < kNodesMax) status.nodes.push_back(status.nodes.front());
        QCOMPARE(reason(AddNode{}, status),
                 QString("cluster demo has 9 nodes, as many as there may be: remove one first"));
        status.nodes.resize(1);
        QCOMPARE(reason(RemoveNode{"n1"}, status),
                 QString("n1 is the last node of its cluster: stop the cluster and destroy it instead"));
        // The data of all, when all are stopped.
        status.nodes.front().process = ProcessState::stopped;
        QCOMPARE(reason(WipeNode{"*"}, status), QString());
    }

    void etcdTakesNoFaults() {
        ClusterStatus status = fourNodes();
        for (NodeStatus& node : status.nodes) node.spec.engine = EngineKind::etcd;
        for (const Action& action : {Action(CutLink{"n1", "n2"}), Action(HoldLink{"n1", "n2"}), Action(Campaign{"n1"}),
                                     Action(SetPace{paceOf(PacePreset::paper)}), Action(SetProtocol{false, {}})}) {
            const auto why = whyNot(action, status);
            QVERIFY(why.has_value());
            QCOMPARE(why->code, base::Errc::unimplemented);
            QVERIFY2(why->text.starts_with("n1 runs etcd, which has no way to do that"), why->text.c_str());
        }
        for (const Action& action : {Action(KillNode{"n1"}), Action(PauseNode{"n1"}), Action(Put{"k", "v"}),
                                     Action(AddNode{}), Action(HealAll{}), Action(StopAll{})})
            QCOMPARE(reason(action, status), QString());
    }

    void names() {
        for (const EngineKind kind : {EngineKind::raftarium, EngineKind::etcd})
            QVERIFY(engineKind(engineOf(kind).name) == kind);
        QVERIFY(!engineKind("zookeeper"));
    }

    // Started with the engine's arguments; seen to serve by the engine; killed, paused and written to like ours.
    void realEtcdNodes() {
        if (!findProgram(engineOf(EngineKind::etcd).program)) QSKIP("etcd is not installed");
        QTemporaryDir directory;
        qputenv("XDG_DATA_HOME", directory.path().toUtf8());
        qputenv("XDG_RUNTIME_DIR", directory.path().toUtf8());
        const auto made =
            createCluster({.name = "real", .nodes = 3, .pace = PacePreset::etcd, .engine = EngineKind::etcd});
        QVERIFY2(made.ok(), made ? "" : made.error().text.c_str());
        const std::string ours = qEnvironmentVariable("RAFTARIUM_TESTS_DIR").toStdString() + "/fake_node";
        auto opened = openClusterWith("real", ours, realNodeAccess());
        QVERIFY2(opened.ok(), opened ? "" : opened.error().text.c_str());
        Cluster& cluster = **opened;
        QCOMPARE(cluster.status().nodes.front().spec.engine, EngineKind::etcd);  // read back from its file
        const auto applied = [&](const Action& action) {
            const auto outcome = cluster.apply(action);
            if (!outcome) qWarning("%s: %s", actionName(action), outcome.error().text.c_str());
            return outcome.ok();
        };
        const auto running = [&] {
            const auto nodes = cluster.status().nodes;
            return std::count_if(nodes.begin(), nodes.end(),
                                 [](const NodeStatus& node) { return node.process == ProcessState::running; });
        };
        QVERIFY(applied(StartAll{}));
        QTRY_COMPARE_WITH_TIMEOUT(running(), 3, kWithinMs);
        const NodeSpec first = cluster.status().nodes.front().spec;
        QVERIFY(engineOf(EngineKind::etcd).serves(first));

        const auto written = cluster.apply(Put{"k", "v"});
        QVERIFY2(written.ok(), written ? "" : written.error().text.c_str());
        QVERIFY(written->revision > 1);
        client::ClientOptions options;
        options.endpoints = {first.clientUrl()};
        const auto version = client::EtcdClient::create(options)->status();
        QVERIFY(version.ok());
        const auto deleted = cluster.apply(DeleteKey{"k", written->revision});
        QVERIFY(deleted.ok() && deleted->keyDeleted);

        QVERIFY(applied(KillNode{"n1"}));
        QCOMPARE(cluster.status().nodes.front().text, std::string("killed (SIGKILL)"));
        QVERIFY(!engineOf(EngineKind::etcd).serves(first));
        QVERIFY(applied(StartNode{"n1"}));
        QTRY_COMPARE_WITH_TIMEOUT(running(), 3, kWithinMs);
        QVERIFY(applied(PauseNode{"n2"}));
        QVERIFY(applied(ResumeNode{"n2"}));
        const auto cut = cluster.apply(CutLink{"n1", "n2"});
        QCOMPARE(cut.error().code, base::Errc::unimplemented);
        QVERIFY(cluster.held().ok());
        QVERIFY(applied(StopAll{}));
        QCOMPARE(running(), 0);
    }
};

RAFTARIUM_TEST_CLASS(TestControlEngine)
#include "test_control_engine.moc"
