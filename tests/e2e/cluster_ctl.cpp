// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl as a person uses it: alone, and beside a program that has the cluster open.
#include "tests/e2e/cluster_fixture.h"
#include "tests/runner/test_class.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

#include <csignal>
#include <fstream>

using namespace raftarium;

namespace {

struct Outcome {
    int code = -1;
    QString out, error;
};

Outcome ctl(const QStringList& arguments) {
    QProcess process;
    process.start(QString::fromStdString(e2e::ClusterFixture::binary("raftariumctl")), arguments);
    Outcome outcome;
    if (!process.waitForFinished(e2e::kWithinMs)) return outcome;
    outcome.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    outcome.out = QString::fromUtf8(process.readAllStandardOutput());
    outcome.error = QString::fromUtf8(process.readAllStandardError());
    return outcome;
}

// Neither running nor a zombie.
bool gone(int pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    return !std::getline(in, line) || line.find(") Z ") != std::string::npos;
}

QList<int> pidsOf(const QString& statusJson) {
    QList<int> pids;
    for (const auto& node : QJsonDocument::fromJson(statusJson.toUtf8()).object()["nodes"].toArray()) {
        if (const int pid = node.toObject()["pid"].toInt(); pid != 0) pids << pid;
    }
    return pids;
}

}  // namespace

#define VERIFY_DONE(outcome) QVERIFY2((outcome).code == 0, qPrintable((outcome).out + (outcome).error))

class ClusterCtl : public QObject {
    Q_OBJECT
private slots:
    void init() { m_fixture = std::make_unique<e2e::ClusterFixture>(); }
    void cleanup() {
        ctl({"cluster", "stop"});
        m_fixture.reset();
    }

    void itActsOnAClusterThatAnotherHasOpen() {
        const std::string problem = m_fixture->start(3);
        QVERIFY2(problem.empty(), problem.c_str());
        VERIFY_DONE(ctl({"cluster", "kill", "n2"}));
        QCOMPARE(m_fixture->cluster->status().nodes[1].text, std::string("killed (SIGKILL)"));
        VERIFY_DONE(ctl({"cluster", "restart", "n2"}));
        VERIFY_DONE(ctl({"cluster", "pause", "n3"}));
        QCOMPARE(m_fixture->cluster->status().nodes[2].process, observe::ProcessState::paused);
        VERIFY_DONE(ctl({"cluster", "cut", "n1", "n3", "--one-way"}));
        QCOMPARE(m_fixture->cluster->status().faults.size(), std::size_t{1});
        VERIFY_DONE(ctl({"cluster", "resume", "n3"}));
        VERIFY_DONE(ctl({"cluster", "delay", "n1", "n2", "20ms", "--jitter", "5ms"}));
        VERIFY_DONE(ctl({"cluster", "drop", "*", "n2", "10%"}));
        VERIFY_DONE(ctl({"cluster", "partition", "n1,n2", "n3"}));
        VERIFY_DONE(ctl({"cluster", "heal"}));
        VERIFY_DONE(ctl({"cluster", "protocol", "--pre-vote=off"}));
        QVERIFY(!m_fixture->cluster->status().spec.preVote);
        const Outcome refused = ctl({"cluster", "kill", "n9"});
        QCOMPARE(refused.code, 1);
        QCOMPARE(refused.error, QString("Error: there is no node \"n9\"; the nodes are n1, n2, n3\n"));
        QVERIFY(e2e::eventually([&] { return m_fixture->running() == 3; }));
        const std::string left = m_fixture->verify();
        QVERIFY2(left.empty(), left.c_str());
    }

    void keysWithTheCommandsOfEtcdctl() {
        VERIFY_DONE(ctl({"cluster", "start", "demo", "--nodes", "3", "--pace", "etcd", "--detach"}));
        QVERIFY(e2e::eventually([] { return ctl({"put", "x", "0"}).code == 0; }));
        QCOMPARE(ctl({"put", "x", "1"}).out, QString("OK\n"));
        QCOMPARE(ctl({"get", "x"}).out, QString("x\n1\n"));
        QCOMPARE(ctl({"get", "x", "--rev=2"}).out.section('\n', 0, 0), QString("x"));
        const auto object = QJsonDocument::fromJson(ctl({"get", "x", "-w=json"}).out.toUtf8()).object();
        QCOMPARE(object["count"].toInt(), 1);
        QVERIFY(object["header"].toObject().contains("cluster_id"));
        QCOMPARE(ctl({"del", "x"}).out, QString("1\n"));
        // Values come back as they were given, whatever they look like.
        for (const char* value : {"[1,2]", "[]", "{}", "a,b", "", "%", "it's \"so\""}) {
            VERIFY_DONE(ctl({"put", "[odd]", value}));
            QCOMPARE(ctl({"get", "[odd]"}).out, QString("[odd]\n%1\n").arg(value));
        }
        QCOMPARE(ctl({"member", "list"}).out.count(", started, n"), 3);
        const QStringList hashes = ctl({"endpoint", "hashkv"}).out.split('\n', Qt::SkipEmptyParts);
        QCOMPARE(hashes.size(), 3);
        const Outcome usage = ctl({"get"});
        QCOMPARE(usage.code, 2);
        QCOMPARE(ctl({"get", "x", "-w", "bogus"}).code, 2);
        QCOMPARE(ctl({"frobnicate"}).code, 2);
        QVERIFY(ctl({"--frobnicate"}).error.startsWith("Error: unknown flag: --frobnicate\n"));
        QVERIFY(ctl({"cluster", "frobnicate"})
                    .error.startsWith("Error: unknown command \"frobnicate\" for \"raftariumctl cluster\"\n"));
        QVERIFY(ctl({"cluster"}).out.contains("Subcommands:"));
        QCOMPARE(ctl({"cluster", "log", "n9"}).code, 1);
        QVERIFY(ctl({"cluster", "log", "n1"}).out.contains(" I | "));
        const Outcome grown = ctl({"cluster", "start", "demo", "--nodes", "5"});
        QCOMPARE(grown.code, 2);
        QVERIFY2(grown.error.contains("--nodes=5: cluster demo exists, with 3 nodes"), qPrintable(grown.error));
    }

    void statusSaysWhoLeadsAndWhyANodeEnded() {
        const std::string problem = m_fixture->start(3);
        QVERIFY2(problem.empty(), problem.c_str());
        const std::string leader = m_fixture->awaitLeader(m_fixture->names());
        QVERIFY(!leader.empty());
        const auto nodes = [] {
            return QJsonDocument::fromJson(ctl({"cluster", "status", "-w", "json"}).out.toUtf8())["nodes"].toArray();
        };
        for (const auto& value : nodes()) {
            const QJsonObject node = value.toObject();
            QCOMPARE(node["role"].toString(),
                     QString(node["name"].toString().toStdString() == leader ? "leader" : "follower"));
            QVERIFY(node["term"].toInt() > 0 && node["revision"].toInt() > 0);
        }
        // Removed by another hand than the supervisor's, such as etcdctl's.
        const std::string gone = m_fixture->others({leader}).front();
        QVERIFY(e2e::eventually(
            [&] { return m_fixture->clientOf(leader)->memberRemove(m_fixture->nodeOf(gone).id).ok(); }));
        QVERIFY(e2e::eventually([&] { return m_fixture->running() == 2; }));
        QVERIFY2(ctl({"cluster", "status"}).out.contains("stopped: this member ("),
                 qPrintable(ctl({"cluster", "status"}).out));
        for (const auto& value : nodes()) {
            if (value.toObject()["name"].toString().toStdString() != gone) continue;
            QVERIFY(value.toObject()["text"].toString().contains("has been removed from the cluster"));
            QVERIFY(value.toObject()["role"].isNull() && value.toObject()["term"].isNull());
        }
    }

    void benchCountsWhatTheServerDid() {
        VERIFY_DONE(ctl({"cluster", "start", "one", "--nodes", "1", "--pace", "etcd", "--detach"}));
        QVERIFY(e2e::eventually([] { return ctl({"put", "x", "0"}).code == 0; }));
        const auto revision = [] {
            const auto header = QJsonDocument::fromJson(ctl({"get", "x", "-w", "json"}).out.toUtf8())["header"];
            return header.toObject()["revision"].toInt();
        };
        const int before = revision();
        const Outcome json = ctl(
            {"bench", "put", "--total", "300", "--clients", "7", "--conns", "2", "--sequential-keys", "-w", "json"});
        VERIFY_DONE(json);
        const auto report = QJsonDocument::fromJson(json.out.toUtf8()).object();
        QCOMPARE(report["load"].toString(), QString("put"));
        QCOMPARE(report["operations"].toInt(), 300);
        QCOMPARE(report["errors"].toInt(), 0);
        const auto latency = report["latency_ns"].toObject();
        QVERIFY(latency["p50"].toDouble() > 0 && latency["p50"].toDouble() <= latency["max"].toDouble());
        QCOMPARE(revision(), before + 300);
        // 300 keys one after the other, and x.
        QCOMPARE(ctl({"get", "", "--prefix", "--keys-only"}).out.split('\n', Qt::SkipEmptyParts).size(), 301);

        const Outcome text = ctl({"bench", "txn", "--total", "20", "--key-space", "3"});
        VERIFY_DONE(text);
        QVERIFY2(text.out.startsWith("txn: 20 in ") && text.out.contains("errors: 0") && text.out.contains("p99 "),
                 qPrintable(text.out));
        for (const QStringList& wrong : {QStringList{"put", "-w", "table"},
                                         {"put", "--total", "0"},
                                         {"put", "--clients", "none"},
                                         {"put", "--key-space", "0"},
                                         {"range", "--sequential-keys"},
                                         {"everything"}})
            QCOMPARE(ctl(QStringList{"bench"} + wrong).code, 2);
        const Outcome paced = ctl({"bench", "put", "--total", "20", "--rate", "200", "-w", "json"});
        VERIFY_DONE(paced);
        const auto times = QJsonDocument::fromJson(paced.out.toUtf8()).object();
        for (const char* name : {"latency_ns", "lateness_ns", "from_schedule_ns"})
            QVERIFY2(times[QLatin1String(name)].toObject().contains("p99.9"), name);
        const Outcome lines = ctl({"bench", "put", "--total", "20", "--rate", "200"});
        QVERIFY2(lines.out.contains("\nlatency  ") && lines.out.contains("\nlateness  "), qPrintable(lines.out));
        QVERIFY(ctl({"bench", "put", "--help"}).out.contains("coordinated omission"));
        const Outcome nobody = ctl({"--endpoints", "127.0.0.1:1", "bench", "put", "--total", "5"});
        QCOMPARE(nobody.code, 1);
        QVERIFY2(nobody.error.contains("127.0.0.1:1"), qPrintable(nobody.error));
    }

    void startStopDestroy() {
        QCOMPARE(ctl({"cluster", "stop"}).code, 1);  // none runs
        VERIFY_DONE(ctl({"cluster", "create", "one", "--nodes", "1", "--pace", "etcd"}));
        QCOMPARE(ctl({"cluster", "create", "one"}).code, 1);
        const Outcome started = ctl({"cluster", "start", "one", "--detach"});
        VERIFY_DONE(started);
        QVERIFY(started.out.contains("export ETCDCTL_ENDPOINTS=127.0.0.1:"));
        const QList<int> pids = pidsOf(ctl({"cluster", "status", "-w", "json"}).out);
        QCOMPARE(pids.size(), 1);
        QVERIFY(e2e::eventually([] { return ctl({"put", "kept", "yes"}).code == 0; }));
        QCOMPARE(ctl({"cluster", "destroy", "one", "--yes"}).code, 1);  // it runs
        VERIFY_DONE(ctl({"cluster", "stop"}));
        for (const int pid : pids) QVERIFY(gone(pid));
        QVERIFY(e2e::eventually([] { return ctl({"cluster", "start", "one", "--detach"}).code == 0; }));
        QVERIFY(e2e::eventually([] { return ctl({"get", "kept"}).out == "kept\nyes\n"; }));
        VERIFY_DONE(ctl({"cluster", "stop"}));
        QCOMPARE(ctl({"cluster", "destroy", "one"}).code, 2);  // not without --yes
        QVERIFY(e2e::eventually([] { return ctl({"cluster", "destroy", "one", "--yes"}).code == 0; }));
        QVERIFY(ctl({"cluster", "list"}).out.startsWith("no clusters yet"));
    }

    void aKilledSupervisorLeavesNoProcess() {
        QProcess supervisor;
        supervisor.start(QString::fromStdString(e2e::ClusterFixture::binary("raftariumctl")),
                         {"cluster", "start", "demo", "--nodes", "3", "--pace", "etcd"});
        QString out;
        while (!out.contains("supervising") && supervisor.waitForReadyRead(e2e::kWithinMs)) {
            out += supervisor.readAllStandardOutput();
        }
        VERIFY_DONE(ctl({"cluster", "pause", "n2"}));
        const QList<int> pids = pidsOf(ctl({"cluster", "status", "-w", "json"}).out);
        QCOMPARE(pids.size(), 3);
        supervisor.kill();
        QVERIFY(supervisor.waitForFinished(e2e::kWithinMs));
        for (const int pid : pids) QVERIFY(e2e::eventually([pid] { return gone(pid); }));
        QCOMPARE(ctl({"cluster", "status"}).code, 1);
    }

    void ctrlCStopsInGoodOrder() {
        QProcess supervisor;
        supervisor.start(QString::fromStdString(e2e::ClusterFixture::binary("raftariumctl")),
                         {"cluster", "start", "demo", "--nodes", "3", "--pace", "etcd"});
        QString out;
        while (!out.contains("supervising") && supervisor.waitForReadyRead(e2e::kWithinMs)) {
            out += supervisor.readAllStandardOutput();
        }
        const QList<int> pids = pidsOf(ctl({"cluster", "status", "-w", "json"}).out);
        QCOMPARE(pids.size(), 3);
        QCOMPARE(::kill(static_cast<pid_t>(supervisor.processId()), SIGINT), 0);
        QVERIFY(supervisor.waitForFinished(e2e::kWithinMs));
        QCOMPARE(supervisor.exitCode(), 0);
        for (const int pid : pids) QVERIFY(gone(pid));
    }

private:
    std::unique_ptr<e2e::ClusterFixture> m_fixture;
};

RAFTARIUM_TEST_CLASS(ClusterCtl)
#include "cluster_ctl.moc"
