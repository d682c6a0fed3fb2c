// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// kill -9 at random moments under load, again and again: nothing acknowledged is lost, nothing is applied twice, and
// all members have the same hash. Small segments and frequent snapshots, so that cuts, releases and snapshots to
// members behind are among the moments.
//
// RAFTARIUM_CRASHES: how many (default 12 a row); RAFTARIUM_SEED: where the dice begin (default: another one each time,
// which is printed).

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QRandomGenerator>
#include <QTest>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <csignal>

using namespace raftarium::e2e;

namespace {

// Every key of the writers was put once: another version than 1, or more revisions than keys, was applied twice.
struct Content {
    std::set<std::string> keys;
    std::string problem;
};

Content storeOf(const QString& endpoint) {
    Content content;
    const auto stub = etcdserverpb::KV::NewStub(openChannel(endpoint));
    std::string from = "k";
    for (bool more = true; more;) {
        etcdserverpb::RangeRequest request;
        request.set_key(from);
        request.set_range_end("l");
        request.set_limit(10'000);
        request.set_keys_only(true);
        etcdserverpb::RangeResponse response;
        const bool done = waitUntil([&] {
            grpc::ClientContext context;
            context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
            response.Clear();
            return stub->Range(&context, request, &response).ok();
        });
        if (!done) {
            content.problem = "no answer from " + endpoint.toStdString();
            return content;
        }
        for (const auto& kv : response.kvs()) {
            if (kv.version() != 1) content.problem = kv.key() + " has version " + std::to_string(kv.version());
            content.keys.insert(kv.key());
        }
        more = response.more();
        if (more) from = response.kvs(response.kvs_size() - 1).key() + '\0';
        const std::int64_t changes = response.header().revision() - 1;
        if (!more && content.problem.empty() && changes != static_cast<std::int64_t>(content.keys.size()))
            content.problem =
                std::to_string(changes) + " changes made " + std::to_string(content.keys.size()) + " keys";
    }
    return content;
}

}  // namespace

class TestNodeCrashes : public QObject {
    Q_OBJECT

    std::set<std::string> m_acknowledged;

    // Everything acknowledged so far is there, once, on every member; their hashes agree.
    void check(const NodeCluster& cluster) {
        std::set<std::uint32_t> hashes;
        for (int i = 0; i < cluster.size(); ++i) {
            const Content content = storeOf(cluster.endpoint(i));
            QVERIFY2(content.problem.empty(), content.problem.c_str());
            std::vector<std::string> missing;
            std::set_difference(m_acknowledged.begin(), m_acknowledged.end(), content.keys.begin(), content.keys.end(),
                                std::back_inserter(missing));
            QVERIFY2(missing.empty(), missing.empty() ? "" : ("lost: " + missing.front()).c_str());
            const auto hash = hashKv(cluster.endpoint(i));
            QVERIFY(hash.has_value());
            hashes.insert(hash->hash());
        }
        QCOMPARE(hashes.size(), 1U);
    }

private slots:
    // Also before anything is in its log. One that joins, too.
    void killedAtItsFirstStart() {
        QRandomGenerator random(5);
        NodeCluster cluster(Engine::raftarium, findPorts(1), {"--heartbeat-interval=50", "--election-timeout=600"});
        const auto startAndKill = [&](int member) {
            for (int i = 0; i < 25; ++i) {
                cluster.start(member);
                QTest::qWait(random.bounded(40));  // a random moment is the point of it
                cluster.kill(member);
            }
            cluster.start(member);
            return cluster.waitHealthy();
        };
        QVERIFY2(startAndKill(0), cluster.log(0));
        QVERIFY(putKey(openChannel(cluster.endpoint(0)), "k", "1"));
        const int second = cluster.join(findPorts(1).front());
        QVERIFY(waitUntil([&] {
            return cluster.ctl(0, {"member", "add", cluster.name(second), "--peer-urls", cluster.peerUrl(second)})
                       .exitCode == 0;
        }));
        QVERIFY2(startAndKill(second), cluster.log(second));
        QCOMPARE(cluster.ctl(second, {"get", "k"}).out, QByteArray("k\n1\n"));
    }

    void killedAtRandomMoments_data() {
        QTest::addColumn<int>("members");
        QTest::newRow("one member") << 1;
        QTest::newRow("three members") << 3;
    }
    void killedAtRandomMoments() {
        QFETCH(int, members);
        const int crashes =
            qEnvironmentVariableIsSet("RAFTARIUM_CRASHES") ? qEnvironmentVariableIntValue("RAFTARIUM_CRASHES") : 12;
        const quint32 seed = qEnvironmentVariableIsSet("RAFTARIUM_SEED")
                                 ? static_cast<quint32>(qEnvironmentVariableIntValue("RAFTARIUM_SEED"))
                                 : QRandomGenerator::global()->generate();
        qInfo() << crashes << "crashes of" << members << "members, seed" << seed;
        QRandomGenerator random(seed);
        m_acknowledged.clear();
        NodeCluster cluster(Engine::raftarium, findPorts(members),
                            {"--heartbeat-interval=50", "--election-timeout=600", "--snapshot-count=300",
                             "--snapshot-catchup-entries=50", "--wal-segment-bytes=65536", "--max-wals=2"});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        for (int crash = 0; crash < crashes;) {
            // Over a client port of any member: a write on its way to another one may be lost, or be there.
            Writer writer(cluster.endpoint(random.bounded(members)), "k" + std::to_string(crash) + "-", 8);
            QVERIFY(waitUntil([&] { return writer.count() > 20; }));
            QTest::qWait(random.bounded(150));  // a random moment is the point of it
            // One member, or now and then all of them; some once more while they start.
            const bool all = random.bounded(5) == 0;
            const int victim = random.bounded(members);
            for (int i = 0; i < members; ++i) {
                if (!all && i != victim) continue;
                cluster.kill(i);
                ++crash;
            }
            writer.stop();
            m_acknowledged.merge(writer.acknowledged());
            for (int i = 0; i < members; ++i) {
                if (!all && i != victim) continue;
                cluster.start(i);
                if (random.bounded(3) != 0) continue;
                QTest::qWait(random.bounded(60));
                cluster.kill(i);
                ++crash;
                cluster.start(i);
            }
            QVERIFY2(cluster.waitHealthy(), qPrintable(QString("after crash %1").arg(crash)));
            if (random.bounded(8) != 0 && crash < crashes) continue;
            check(cluster);
            if (QTest::currentTestFailed()) return;
        }
        qInfo() << m_acknowledged.size() << "acknowledged keys are all there";
    }

    // A client keeps a lease alive through a follower, whose leader stands still for longer than the lease. The
    // follower goes to the next leader; the old one, awake again, takes nothing away (etcd#12528, etcd#15247).
    void aFrozenLeaderLosesNoLease() {
        NodeCluster cluster(Engine::raftarium, findPorts(3), {"--heartbeat-interval=50", "--election-timeout=500"});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        int leader = -1;
        QVERIFY(waitUntil([&] { return (leader = leaderOf(cluster.endpoints())) >= 0; }));
        const int follower = (leader + 1) % 3;
        const int other = (leader + 2) % 3;
        const Output granted = cluster.ctl(follower, {"lease", "grant", "2"});
        const QString lease = QString::fromUtf8(granted.out).section(' ', 1, 1);
        QCOMPARE(cluster.ctl(follower, {"put", "k", "v", "--lease=" + lease}).exitCode, 0);

        const auto stub = etcdserverpb::Lease::NewStub(openChannel(cluster.endpoint(follower)));
        grpc::ClientContext context;
        const auto stream = stub->LeaseKeepAlive(&context);
        // So often that one is always on its way to the leader when it stops.
        const auto renew = [&](int times) {
            etcdserverpb::LeaseKeepAliveRequest request;
            request.set_id(lease.toLongLong(nullptr, 16));
            for (int i = 0; i < times; ++i) {
                etcdserverpb::LeaseKeepAliveResponse response;
                if (!stream->Write(request) || !stream->Read(&response) || response.ttl() != 2) return false;
                QTest::qWait(20);
            }
            return true;
        };
        QVERIFY(renew(50));
        cluster.signal(leader, SIGSTOP);
        const bool goesOn = renew(300);  // three times the lease, at least
        const Output left = cluster.ctl(follower, {"lease", "timetolive", lease});
        cluster.signal(leader, SIGCONT);
        QVERIFY(goesOn);
        QVERIFY2(left.out.contains("granted with TTL(2s), remaining"), left.out + left.err);
        QVERIFY(renew(1));
        QVERIFY(waitUntil([&] { return leaderOf(cluster.endpoints()) >= 0 && renew(1); }));
        QVERIFY(renew(100));
        for (const int member : {leader, follower, other})
            QCOMPARE(cluster.ctl(member, {"get", "k", "--print-value-only"}).out, QByteArray("v\n"));
        context.TryCancel();
        // Nobody keeps it alive any more: it ends.
        QVERIFY(waitUntil([&] { return cluster.ctl(follower, {"get", "k"}).out.isEmpty(); }));
    }
};

RAFTARIUM_TEST_CLASS(TestNodeCrashes)
#include "node_crashes.moc"
