// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl beside the real etcdctl, on the same members: errors, endings and streams of output are the same, and
// what it does with dead and frozen members.
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <memory>

using namespace raftarium::e2e;

namespace {

QStringList words(const char* line) { return QString::fromLatin1(line).split(QLatin1Char(' ')); }

// Either program, on one endpoint or more.
Output toolOn(const char* tool, const QString& endpoints, const QStringList& arguments, const QByteArray& input = {}) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("ETCDCTL_API"), QStringLiteral("3"));
    process.setProcessEnvironment(environment);
    const QString name = QString::fromLatin1(tool);
    const QString path = name == QLatin1String("etcdctl")
                             ? QStandardPaths::findExecutable(name)
                             : qEnvironmentVariable("RAFTARIUM_BIN") + QLatin1Char('/') + name;
    process.start(path, QStringList{QStringLiteral("--endpoints"), endpoints} + arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(kWithinMs)) process.kill();
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

// The first line that is an error's. (etcdctl prints it twice for a wrong flag, and logs beside it.)
QByteArray errorLine(const QByteArray& err) {
    for (const QByteArray& line : err.split('\n'))
        if (line.startsWith("Error: ")) return line;
    return {};
}

}  // namespace

class TestNodeCtl : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        if (!etcdIsInstalled()) QSKIP("needs etcdctl and etcd (packages etcd-client and etcd-server)");
    }
    void cleanupTestCase() { m_shared.reset(); }

    // What people get wrong, with both tools on one member: the same outcome, the same standard output, and the error's
    // first line the same where `text`.
    void raftariumctlFailsLikeEtcdctl_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<bool>("text");
        const auto row = [](const char* line, bool text = true, const char* input = "") {
            QTest::newRow(qPrintable(QString::fromLatin1(line) + QString::fromLatin1(input)))
                << QString::fromLatin1(line).split(QLatin1Char(' '), Qt::SkipEmptyParts) << QByteArray(input) << text;
        };
        for (const char* line : {"put",
                                 "put k",
                                 "put num -100",
                                 "put -k v",
                                 "put -kv v",
                                 "put k --v",
                                 "put k --v=5",
                                 "put k v --ignore-value",
                                 "get",
                                 "get -k",
                                 "get a -k",
                                 "get a --nosuch",
                                 "get a --rev",
                                 "get --prefix --from-key a",
                                 "get --prefix a b",
                                 "get a --print-value-only -w json",
                                 "get a --order=x",
                                 "get a --sort-by=x",
                                 "del",
                                 "del -k",
                                 "del a b c",
                                 "del --prefix --from-key a",
                                 "watch",
                                 "watch a b --prefix",
                                 "watch --prefix --from-key a",
                                 "compaction",
                                 "compaction 1 2",
                                 "compaction -1",
                                 "compaction 99999",
                                 "lease grant",
                                 "lease grant 1 2",
                                 "lease grant -5",
                                 "lease revoke",
                                 "lease revoke 1 2",
                                 "lease revoke 1234",
                                 "lease timetolive",
                                 "lease keep-alive",
                                 "lease keep-alive 1 2",
                                 "lease keep-alive --once 1234",
                                 "snapshot save",
                                 "snapshot save a b",
                                 "snapshot status",
                                 "snapshot restore",
                                 "move-leader",
                                 "move-leader 1 2",
                                 "move-leader 1234"})
            row(line);
        for (const char* line : {"lease keep-alive 1234", "lease keep-alive 1234 -w json", "lease timetolive 1234",
                                 "put -- num -100", "get num", "get -- -k", "put num -- -7", "put k -", "get k",
                                 "get a --limit=-1", "lease list", "get --prefix k --keys-only"})
            row(line);
        row("put k", true, "from stdin");
        row("get k");
        for (const char* line : {"frobnicate",
                                 "get a --rev=x",
                                 "get a --limit=x",
                                 "get a --prefix=maybe",
                                 "get a --command-timeout=x",
                                 "get a --dial-timeout=5",
                                 "get a -w bogus",
                                 "get a --consistency=x",
                                 "watch a --rev=x",
                                 "compaction x",
                                 "compaction 1.5",
                                 "compaction 99999999999999999999",
                                 "lease grant x",
                                 "lease revoke zz",
                                 "lease timetolive zz",
                                 "lease keep-alive zz",
                                 "move-leader zz",
                                 "put a b --lease=zz",
                                 "put a b --lease=77",
                                 "snapshot status /nonexistent",
                                 "snapshot save /nonexistent/x",
                                 "endpoint hashkv --rev=x"})
            row(line, false);
    }
    void raftariumctlFailsLikeEtcdctl() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, input);
        QFETCH(bool, text);
        if (!m_shared) {
            m_shared = std::make_unique<NodeCluster>(Engine::raftarium, findPorts(1));
            m_shared->startAll();
        }
        QVERIFY(m_shared->waitHealthy());
        const Output etcd = toolOn("etcdctl", m_shared->endpoint(0), arguments, input);
        const Output ours = toolOn("raftariumctl", m_shared->endpoint(0), arguments, input);
        QVERIFY2(ours.exitCode >= 0, ours.err);
        QVERIFY2((ours.exitCode == 0) == (etcd.exitCode == 0), ours.out + ours.err);
        // etcdctl prints its whole help to standard output when a flag is wrong: ours two lines to standard error.
        const bool help = etcd.out.startsWith("NAME:");
        QCOMPARE(ours.out, help ? QByteArray() : etcd.out);
        if (etcd.exitCode == 0) return;
        QVERIFY2(ours.err.startsWith("Error: "), ours.err);
        QVERIFY2(ours.err.count('\n') <= 3, ours.err);
        if (text) QCOMPARE(errorLine(ours.err), errorLine(etcd.err));
    }
    void whatBeginsWithADashIsNamed() {
        const Output output = toolOn("raftariumctl", QStringLiteral("127.0.0.1:1"), words("put num -100"));
        QCOMPARE(output.exitCode, 2);
        QCOMPARE(output.err,
                 QByteArray("Error: unknown shorthand flag: '1' in -100\n"
                            "An argument that begins with \"-\" stands after \"--\": raftariumctl put ... -- "
                            "-100\nRun 'raftariumctl put --help' for usage.\n"));
    }

    // Groups without a command show their help, as etcdctl's do; what is no command of theirs is an error.
    void groupsShowTheirHelp() {
        for (const char* group : {"lease", "member", "endpoint", "snapshot", "cluster"}) {
            const Output output = toolOn("raftariumctl", QStringLiteral("127.0.0.1:1"), {QString::fromLatin1(group)});
            QCOMPARE(output.exitCode, 0);
            QVERIFY2(output.out.contains("Subcommands:"), output.out);
            QCOMPARE(output.err, QByteArray());
        }
        const Output wrong = toolOn("raftariumctl", QStringLiteral("127.0.0.1:1"), words("lease frob"));
        QCOMPARE(wrong.exitCode, 2);
        QCOMPARE(wrong.out, QByteArray());
        QCOMPARE(errorLine(wrong.err), QByteArray("Error: unknown command \"frob\" for \"raftariumctl lease\""));
    }

    // One of three is dead: as etcd 3.5 prints it, healthy ones on standard output, the others on standard error.
    void deadEndpoints() {
        NodeCluster cluster(Engine::raftarium, findPorts(3));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        cluster.kill(0);
        QVERIFY(cluster.waitHealthy());
        const QString all = cluster.allEndpoints(), dead = cluster.endpoint(0);
        for (const char* line : {"put k v", "get k", "del k", "member list", "lease grant 60", "lease list"}) {
            const Output etcd = toolOn("etcdctl", all, words(line)), ours = toolOn("raftariumctl", all, words(line));
            QCOMPARE(ours.exitCode, etcd.exitCode);
            QVERIFY2(!ours.out.isEmpty() && ours.err.isEmpty(), ours.err);
        }
        const Output health = toolOn("raftariumctl", all, words("endpoint health"));
        QCOMPARE(health.exitCode, 1);
        QCOMPARE(health.out.count(" is healthy: successfully committed proposal: took = "), 2);
        QCOMPARE(health.out.count('\n'), 2);
        QVERIFY2(health.err.contains(dead.toUtf8() + " is unhealthy: failed to commit proposal: ") &&
                     health.err.contains("onnection refused") && health.err.endsWith("Error: unhealthy cluster\n"),
                 health.err);
        const Output json = toolOn("raftariumctl", all, words("endpoint health -w json"));
        QCOMPARE(json.exitCode, 1);
        QVERIFY2(json.out.contains("\"endpoint\":\"" + dead.toUtf8() + "\",\"health\":false,\"took\":"), json.out);
        QCOMPARE(json.err, QByteArray("Error: unhealthy cluster\n"));
        const Output bench = toolOn("raftariumctl", all, words("bench put --total 20 --clients 4 --conns 4"));
        QVERIFY2(bench.exitCode == 0 && bench.out.contains("errors: 0") &&
                     bench.out.contains("left out: " + dead.toUtf8() + ": "),
                 bench.out + bench.err);
        for (const char* line : {"get k", "put k v", "member list", "endpoint health", "endpoint status", "defrag",
                                 "lease grant 5", "lease keep-alive --once 1", "watch k", "bench put --total 5"}) {
            const Output nobody = toolOn("raftariumctl", dead, words(line));
            QVERIFY2(nobody.exitCode == 1 && nobody.out.isEmpty() && nobody.err.contains(dead.toUtf8()), nobody.err);
            QVERIFY2(nobody.err.contains("onnection refused"), nobody.err);
        }
    }

    void compactedWatchIsPrintedAsByEtcdctl() {
        for (const Engine engine : {Engine::etcd, Engine::raftarium}) {
            NodeCluster cluster(engine, findPorts(1));
            cluster.startAll();
            QVERIFY(cluster.waitHealthy());
            for (int i = 0; i < 5; ++i) QCOMPARE(cluster.ctl(0, words("put w v")).exitCode, 0);
            QCOMPARE(cluster.ctl(0, words("compact 5")).exitCode, 0);
            for (const char* format : {"simple", "json", "fields"}) {
                const QStringList arguments = words("watch w --rev=2 -w") + QStringList{QString::fromLatin1(format)};
                const Output etcd = toolOn("etcdctl", cluster.endpoint(0), arguments);
                const Output ours = toolOn("raftariumctl", cluster.endpoint(0), arguments);
                QVERIFY(etcd.exitCode != 0 && ours.exitCode != 0);
                QCOMPARE(ours.out, etcd.out);
                QCOMPARE(ours.err, etcd.err);
                QVERIFY(ours.err.startsWith("watch was canceled (etcdserver: mvcc: required revision has been comp"));
            }
        }
    }

    void progressIsPrinted() {
        NodeCluster cluster(Engine::raftarium, findPorts(1),
                            {QStringLiteral("--experimental-watch-progress-notify-interval=200ms")});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        QProcess watch;
        watch.start(qEnvironmentVariable("RAFTARIUM_BIN") + QStringLiteral("/raftariumctl"),
                    words("watch quiet --progress-notify -w json --endpoints") + QStringList{cluster.endpoint(0)});
        QByteArray seen;
        QVERIFY2(waitUntil([&] {
                     watch.waitForReadyRead(10);
                     seen += watch.readAllStandardOutput();
                     return seen.count('\n') >= 2;
                 }),
                 seen);
        watch.kill();
        watch.waitForFinished();
        const QByteArrayList lines = seen.split('\n');
        QCOMPARE(lines[0], QByteArray("progress notify: 1"));
        QVERIFY2(lines[1].startsWith("{\"Header\":{\"cluster_id\":") &&
                     lines[1].endsWith("\"Events\":[],\"CompactRevision\":0,\"Canceled\":false,\"Created\":false}"),
                 lines[1]);
    }

    // A watch with three endpoints outlives the member that serves it, killed or frozen, and prints each event once.
    void watchLeavesDeadAndFrozenMembers() {
        NodeCluster cluster(Engine::raftarium, findPorts(3));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        QProcess watch;
        watch.start(qEnvironmentVariable("RAFTARIUM_BIN") + QStringLiteral("/raftariumctl"),
                    words("watch --prefix w --rev=1 --endpoints") + QStringList{cluster.allEndpoints()});
        QByteArray seen;
        int puts = 0;
        // Each write and the wait for its event; `by` is a member that runs.
        const auto event = [&](int by) {
            const QByteArray value = "value-" + QByteArray::number(++puts);
            if (!waitUntil([&] {
                    return cluster.ctl(by, {QStringLiteral("put"), QStringLiteral("w"), QString::fromLatin1(value)})
                               .exitCode == 0;
                }))
                return false;
            return waitUntil([&] {
                watch.waitForReadyRead(10);
                seen += watch.readAllStandardOutput();
                return seen.contains(value + '\n');
            });
        };
        QVERIFY2(event(1), seen);
        cluster.kill(0);  // the first of the list serves it
        QVERIFY2(event(1), seen);
        cluster.start(0);
        QVERIFY(cluster.waitHealthy());
        for (int frozen = 1; frozen < 3; ++frozen) {
            cluster.signal(frozen, SIGSTOP);
            const bool heard = event(0);
            cluster.signal(frozen, SIGCONT);
            QVERIFY2(heard, seen);
        }
        QVERIFY2(event(0), seen);
        QCOMPARE(watch.state(), QProcess::Running);
        watch.kill();
        watch.waitForFinished();
        seen += watch.readAllStandardOutput();
        for (int i = 1; i <= puts; ++i) QCOMPARE(seen.count("value-" + QByteArray::number(i) + '\n'), 1);
        QCOMPARE(seen.count("PUT\n"), puts);
    }

private:
    std::unique_ptr<NodeCluster> m_shared;  // of the functions with many rows
};

RAFTARIUM_TEST_CLASS(TestNodeCtl)
#include "node_ctl.moc"
