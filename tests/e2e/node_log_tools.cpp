// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The log of a real node under etcd's etcd-dump-logs, beside our own `wal dump`: many segments, some purged, snapshots,
// all kinds of requests, a second term.

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/inspect/etcd_process.h"
#include "tests/runner/test_class.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace raftarium::e2e;

namespace {

// The tool's spelling of one line and its way to print an empty entry; secrets we do not print.
QStringList linesOf(const QByteArray& dump) {
    QString text = QString::fromUtf8(dump);
    text.replace("dupmping", "dumping").replace("\tnorm\tnoop\n", "\tnorm\t\n");
    text.replace(QRegularExpression("password:\"[^\"]*\""), "password:\"***\"");
    return text.section("WAL metadata", 1).split('\n');
}

}  // namespace

class TestNodeLogTools : public QObject {
    Q_OBJECT
private slots:
    void etcdsToolReadsOurLog() {
        const QString tool = raftarium::fixture::etcdTool("etcd-dump-logs");
        if (tool.isEmpty()) QSKIP("etcd-dump-logs is not there (set RAFTARIUM_ETCD_TOOLS to its directory)");
        NodeCluster ours(
            Engine::raftarium, findPorts(1),
            {"--snapshot-count=400", "--snapshot-catchup-entries=50", "--wal-segment-bytes=40000", "--max-wals=3"});
        ours.startAll();
        QVERIFY(ours.waitHealthy());
        for (int round = 0; round < 2; ++round) {
            const auto channel = openChannel(ours.endpoint(0));
            QVERIFY(waitUntil([&] { return putKey(channel, "connected", "1"); }));
            for (int i = 0; i < 700; ++i)
                QVERIFY(putKey(channel, "k" + std::to_string(i), std::string(static_cast<std::size_t>(i % 90), 'v')));
            QCOMPARE(ours.ctl(0, {"lease", "grant", "600"}).exitCode, 0);
            QCOMPARE(ours.ctl(0, {"del", "k1", "k5"}).exitCode, 0);
            QCOMPARE(ours.ctl(0, {"txn"}, "value(\"k0\") = \"5\"\n\nput a 1\n\nput b 2\n\n").exitCode, 0);
            QCOMPARE(ours.ctl(0, {"compact", QString::number(100 + round)}).exitCode, 0);
            ours.kill(0);
            ours.start(0);
            QVERIFY(ours.waitHealthy());
        }
        QCOMPARE(ours.terminate(0), 0);
        QVERIFY(QDir(ours.dataDir(0) + "/member/wal").entryList({"*.wal"}).size() >= 3);

        // From the newest snapshot on, as it does by itself.
        const Output theirs = runProgram(tool, {ours.dataDir(0)});
        QVERIFY2(theirs.exitCode == 0, theirs.err);
        QVERIFY2(theirs.out.contains("Snapshot:\nterm="), theirs.out.left(300));
        const QRegularExpressionMatch index =
            QRegularExpression("term=\\d+ index=(\\d+) nodes").match(QString::fromUtf8(theirs.out));
        QVERIFY(index.hasMatch());
        const QString from = QString::number(index.captured(1).toInt() + 1);
        const Output own = runProgram("raftariumctl", {"wal", "dump", "--start-index", from, ours.dataDir(0)});
        QVERIFY2(own.exitCode == 0, own.err);
        const QStringList a = linesOf(own.out), b = linesOf(theirs.out);
        QVERIFY(b.size() > 20);
        for (qsizetype i = 0; i < std::max(a.size(), b.size()); ++i) QCOMPARE(a.value(i), b.value(i));
    }
};

RAFTARIUM_TEST_CLASS(TestNodeLogTools)
#include "node_log_tools.moc"
