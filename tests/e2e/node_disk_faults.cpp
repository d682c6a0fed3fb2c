// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A full disk and failed syncs under a real node, for its log and for its backend (LMDB's own calls): it stops and says
// why; with room again it starts, and nothing that was acknowledged is missing.

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QFile>
#include <QTest>

#include <algorithm>

using namespace raftarium::e2e;

class TestNodeDiskFaults : public QObject {
    Q_OBJECT
    QTemporaryDir m_directory;
    QString m_control = m_directory.filePath("control");

    void set(const QByteArray& faults) {
        QFile file(m_control);
        QVERIFY(file.open(QIODevice::ReadWrite));  // in place: the node has it mapped
        QCOMPARE(file.write(faults), 2);
    }
    void prepare(NodeCluster& cluster) {
        set("--");
        cluster.setEnvironment("LD_PRELOAD", qEnvironmentVariable("RAFTARIUM_DISK_FAULTS"));
        cluster.setEnvironment("DISK_FAULTS", m_control);
    }
    static void rows() {
        QTest::addColumn<QByteArray>("faults");
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("no space for the log")
            << QByteArray("fw") << QByteArray("/member/wal/") << QByteArray("No space left");
        QTest::newRow("log not synced") << QByteArray("sw") << QByteArray("/member/wal/")
                                        << QByteArray("Input/output error");
        QTest::newRow("no space for the backend")
            << QByteArray("fb") << QByteArray("backend.lmdb") << QByteArray("No space left");
        QTest::newRow("writes of the backend cut short")
            << QByteArray("hb") << QByteArray("backend.lmdb") << QByteArray("No space left");
        QTest::newRow("backend not synced")
            << QByteArray("sb") << QByteArray("backend.lmdb") << QByteArray("Input/output error");
    }
    static QByteArray missing(const NodeCluster& cluster, const std::set<std::string>& acknowledged) {
        const auto found = keysWithPrefix(openChannel(cluster.endpoint(0)), "k");
        if (!found) return "no answer";
        for (const std::string& key : acknowledged)
            if (!found->contains(key)) return QByteArray::fromStdString(key) + " is missing";
        return {};
    }

private slots:
    void initTestCase() {
        if (qEnvironmentVariable("RAFTARIUM_DISK_FAULTS").isEmpty()) QSKIP("RAFTARIUM_DISK_FAULTS is not set");
    }

    void stopsAndStartsAgain_data() { rows(); }
    void stopsAndStartsAgain() {
        QFETCH(QByteArray, faults);
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, reason);
        NodeCluster cluster(Engine::raftarium, findPorts(1));
        prepare(cluster);
        cluster.startAll();
        QVERIFY2(cluster.waitHealthy(), cluster.log(0));
        std::set<std::string> acknowledged;
        for (int round = 0; round < 3; ++round) {
            Writer writer(cluster.endpoint(0), "k" + std::to_string(round) + "-", 8);
            QVERIFY(waitUntil([&] { return writer.count() > 200; }));
            set(faults);
            QVERIFY2(cluster.waitEnded(0), cluster.log(0));
            writer.stop();
            acknowledged.merge(writer.acknowledged());
            QCOMPARE(cluster.exitCode(0), 1);
            const QByteArray last = cluster.log(0).trimmed().split('\n').last();
            QVERIFY2(last.contains("raftarium-node: ") && last.contains(file) && last.contains(reason), cluster.log(0));
            set("--");
            QFile::remove(cluster.dataDir(0) + ".log");
            cluster.start(0);
            QVERIFY2(cluster.waitHealthy(), cluster.log(0));
            const QByteArray lost = missing(cluster, acknowledged);
            QVERIFY2(lost.isEmpty(), lost);
        }
        QVERIFY(acknowledged.size() > 600);
    }

    // The disk is still full, or sick, when it is started.
    void startsOnlyWithRoom_data() { rows(); }
    void startsOnlyWithRoom() {
        QFETCH(QByteArray, faults);
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, reason);
        NodeCluster cluster(Engine::raftarium, findPorts(1));
        prepare(cluster);
        cluster.startAll();
        QVERIFY2(cluster.waitHealthy(), cluster.log(0));
        Writer writer(cluster.endpoint(0), "k", 4);
        QVERIFY(waitUntil([&] { return writer.count() > 100; }));
        cluster.kill(0);
        writer.stop();
        for (int attempt = 0; attempt < 2; ++attempt) {
            set(faults);
            QFile::remove(cluster.dataDir(0) + ".log");
            cluster.start(0);
            QVERIFY2(cluster.waitEnded(0), cluster.log(0));
            QCOMPARE(cluster.exitCode(0), 1);
            QVERIFY2(cluster.log(0).contains(file) && cluster.log(0).contains(reason), cluster.log(0));
        }
        set("--");
        cluster.start(0);
        QVERIFY2(cluster.waitHealthy(), cluster.log(0));
        const QByteArray lost = missing(cluster, writer.acknowledged());
        QVERIFY2(lost.isEmpty(), lost);
    }

    // One member's disk is full: the others go on, and it catches up.
    void oneOfThree() {
        NodeCluster cluster(Engine::raftarium, findPorts(3), {"--heartbeat-interval=50", "--election-timeout=600"});
        set("--");
        cluster.start(1);
        cluster.start(2);
        prepare(cluster);
        cluster.start(0);
        QVERIFY(cluster.waitHealthy());
        Writer writer(cluster.endpoint(1), "k", 4);
        QVERIFY(waitUntil([&] { return writer.count() > 200; }));
        set("fw");
        QVERIFY2(cluster.waitEnded(0), cluster.log(0));
        const std::size_t then = writer.count();
        QVERIFY(waitUntil([&] { return writer.count() > then + 200; }));
        set("--");
        cluster.start(0);
        QVERIFY2(cluster.waitHealthy(), cluster.log(0));
        writer.stop();
        const QByteArray lost = missing(cluster, writer.acknowledged());
        QVERIFY2(lost.isEmpty(), lost);
        const auto hash = hashKv(cluster.endpoint(0));
        QVERIFY(hash.has_value());
        QVERIFY(waitUntil([&] {
            const auto other = hashKv(cluster.endpoint(2));
            return other && other->hash() == hash->hash();
        }));
    }
};

RAFTARIUM_TEST_CLASS(TestNodeDiskFaults)
#include "node_disk_faults.moc"
