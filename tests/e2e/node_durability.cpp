// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Members that are killed, stopped and started again: what was acknowledged is there, and ends come when asked for.

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <algorithm>
#include <csignal>

using namespace raftarium::e2e;

namespace {

QByteArray missingKeys(const std::set<std::string>& wanted, const std::set<std::string>& found) {
    std::vector<std::string> missing;
    std::set_difference(wanted.begin(), wanted.end(), found.begin(), found.end(), std::back_inserter(missing));
    return missing.empty() ? QByteArray()
                           : QByteArray::fromStdString(missing.front()) + " and " +
                                 QByteArray::number(static_cast<qulonglong>(missing.size() - 1)) + " more";
}

}  // namespace

class TestNodeDurability : public QObject {
    Q_OBJECT
private slots:
    void killedUnderLoad_data() {
        QTest::addColumn<int>("members");
        QTest::newRow("one member") << 1;
        QTest::newRow("three members") << 3;
    }
    // kill -9 of the member that is written to, several times; after each restart every acknowledged key is there.
    void killedUnderLoad() {
        QFETCH(int, members);
        NodeCluster cluster(Engine::raftarium, findPorts(members),
                            {"--heartbeat-interval=50", "--election-timeout=600"});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        std::set<std::string> acknowledged;
        for (int round = 0; round < 3; ++round) {
            const int victim = round % members;
            Writer writer(cluster.endpoint(victim), "r" + std::to_string(round) + "-", 8);
            QVERIFY(waitUntil([&] { return writer.count() > 300; }));
            cluster.kill(victim);
            writer.stop();
            acknowledged.merge(writer.acknowledged());
            cluster.start(victim);
            QVERIFY2(cluster.waitHealthy(), "after restart");
            for (int i = 0; i < members; ++i) {
                const auto found = keysWithPrefix(openChannel(cluster.endpoint(i)), "r");
                QVERIFY(found.has_value());
                const QByteArray missing = missingKeys(acknowledged, *found);
                QVERIFY2(missing.isEmpty(), "missing after kill -9: " + missing);
            }
        }
        QVERIFY(waitUntil([&] { return sameStore(cluster.endpoints()); }));
    }

    void allKilledAtOnce() {
        NodeCluster cluster(Engine::raftarium, findPorts(3), {"--heartbeat-interval=50", "--election-timeout=600"});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        Writer writer(cluster.endpoint(1), "k", 8);
        QVERIFY(waitUntil([&] { return writer.count() > 500; }));
        for (int i = 0; i < 3; ++i) cluster.kill(i);
        writer.stop();
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        const auto found = keysWithPrefix(openChannel(cluster.endpoint(0)), "k");
        QVERIFY(found.has_value());
        const QByteArray missing = missingKeys(writer.acknowledged(), *found);
        QVERIFY2(missing.isEmpty(), "missing: " + missing);
    }

    void terminatesLosingNothing_data() {
        QTest::addColumn<int>("members");
        QTest::newRow("one member") << 1;
        QTest::newRow("three members") << 3;
    }
    void terminatesLosingNothing() {
        QFETCH(int, members);
        NodeCluster cluster(Engine::raftarium, findPorts(members),
                            {"--heartbeat-interval=50", "--election-timeout=600"});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        int leader = -1;
        QVERIFY(waitUntil([&] { return (leader = leaderOf(cluster.endpoints())) >= 0; }));
        Writer writer(cluster.endpoint(leader), "t", 4);
        // A watcher that stays open, and a telemetry subscriber, must not hold it up.
        const auto watcher = cluster.startCtl(leader, {"watch", "--prefix", "t"});
        Subscriber subscriber(cluster.adminSocket(leader));
        QVERIFY(waitUntil([&] { return writer.count() > 100 && subscriber.state().has_value(); }));
        qint64 took = 0;
        const int code = cluster.terminate(leader, &took);
        writer.stop();
        subscriber.stop();
        watcher->kill();
        watcher->waitForFinished();
        QVERIFY2(code == 0, cluster.log(leader));
        qInfo() << "SIGTERM took" << took << "ms";  // a second at most on a machine that is not busy
        cluster.start(leader);
        QVERIFY(cluster.waitHealthy());
        const auto found = keysWithPrefix(openChannel(cluster.endpoint(leader)), "t");
        QVERIFY(found.has_value());
        const QByteArray missing = missingKeys(writer.acknowledged(), *found);
        QVERIFY2(missing.isEmpty(), "missing after SIGTERM: " + missing);
    }

    void stoppedFollowerCatchesUp() {
        NodeCluster cluster(Engine::raftarium, findPorts(3), {"--heartbeat-interval=50", "--election-timeout=600"});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        int leader = -1;
        QVERIFY(waitUntil([&] { return (leader = leaderOf(cluster.endpoints())) >= 0; }));
        const int follower = (leader + 1) % 3;
        QCOMPARE(cluster.terminate(follower), 0);
        Writer writer(cluster.endpoint(leader), "c", 4);
        QVERIFY(waitUntil([&] { return writer.count() > 500; }));
        writer.stop();
        cluster.start(follower);
        QVERIFY(cluster.waitHealthy());
        const auto found = keysWithPrefix(openChannel(cluster.endpoint(follower)), "c");
        QVERIFY(found.has_value());
        const QByteArray missing = missingKeys(writer.acknowledged(), *found);
        QVERIFY2(missing.isEmpty(), "missing: " + missing);
    }

    void pausedMemberComesBack() {
        NodeCluster cluster(Engine::raftarium, findPorts(3), {"--heartbeat-interval=50", "--election-timeout=600"});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        int leader = -1;
        QVERIFY(waitUntil([&] { return (leader = leaderOf(cluster.endpoints())) >= 0; }));
        cluster.signal(leader, SIGSTOP);
        const int other = (leader + 1) % 3;
        QVERIFY(waitUntil([&] { return putKey(openChannel(cluster.endpoint(other)), "while-paused", "1", 2'000); }));
        cluster.signal(leader, SIGCONT);
        QVERIFY(waitUntil([&] {
            return putKey(openChannel(cluster.endpoint(leader)), "after", "1") &&
                   keysWithPrefix(openChannel(cluster.endpoint(leader)), "while")
                           .value_or(std::set<std::string>())
                           .size() == 1;
        }));
    }

    void badStarts_data() {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("unknown flag") << QStringList{"--no-such-flag"} << QByteArray("no-such-flag");
        QTest::newRow("bad number") << QStringList{"--heartbeat-interval=x"} << QByteArray("heartbeat-interval");
        QTest::newRow("tls") << QStringList{"--listen-client-urls=https://127.0.0.1:2379",
                                            "--advertise-client-urls=https://127.0.0.1:2379"}
                             << QByteArray("not supported yet");
        QTest::newRow("long socket") << QStringList{"--admin-socket=/tmp/" + QString(108, QLatin1Char('x'))}
                                     << QByteArray("107");
        QTest::newRow("no directory") << QStringList{"--data-dir=/proc/none"} << QByteArray("--data-dir");
        QTest::newRow("relative socket") << QStringList{"--admin-socket=x/y"} << QByteArray("--admin-socket");
    }
    void badStarts() {
        QFETCH(QStringList, flags);
        QFETCH(QByteArray, says);
        NodeCluster cluster(Engine::raftarium, findPorts(1), flags);
        cluster.start(0);
        QVERIFY(waitUntil([&] { return !cluster.running(0); }));
        QVERIFY(cluster.exitCode(0) != 0);
        QVERIFY2(cluster.log(0).contains(says), cluster.log(0));
    }

    void portInUse() {
        const std::vector<Ports> ports = findPorts(1);
        NodeCluster first(Engine::raftarium, ports);
        first.start(0);
        QVERIFY(first.waitHealthy());
        NodeCluster second(Engine::raftarium, ports);
        second.start(0);
        QVERIFY(waitUntil([&] { return !second.running(0); }));
        QVERIFY(second.exitCode(0) != 0);
        QVERIFY2(second.log(0).contains("--listen-peer-urls") && second.log(0).contains("cannot listen"),
                 second.log(0));
        QVERIFY(first.waitHealthy());
    }
};

RAFTARIUM_TEST_CLASS(TestNodeDurability)
#include "node_durability.moc"
