// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/node/loopback.h"
#include "tests/runner/test_class.h"

using namespace raftarium;
using namespace raftarium::node;
using testing::Cluster;

class TestSingleNode : public QObject {
    Q_OBJECT
private slots:
    void electsAppliesAndReads() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        for (int i = 0; i < 100; ++i) {
            auto applied = cluster.put(0, "k" + std::to_string(i), "v");
            QVERIFY2(applied.ok(), applied.ok() ? "" : applied.error().text.c_str());
            QCOMPARE(std::get<mvcc::PutResult>(applied->response).revision, 2 + i);
        }
        QVERIFY(cluster.linearizable(0).ok());
        QCOMPARE(cluster.get(0, "k99"), std::string("v"));
        const NodeStatus status = cluster.node(0).status();
        QCOMPARE(status.role, raft::Role::leader);
        QCOMPARE(status.revision, 101);
        QCOMPARE(status.applied, status.commit);
        const Membership membership = cluster.node(0).membership();
        QCOMPARE(membership.clusterVersion, std::string("3.4.0"));
        QCOMPARE(membership.members.at(status.nodeId).clientUrls.size(), 1U);
    }
    void restartsWithEverything_data() {
        QTest::addColumn<bool>("crash");
        QTest::addColumn<qulonglong>("snapshotCount");
        QTest::addColumn<int>("firstBytes");  // of each value of the first round; many make a store that is opened
                                              // beside its log
        QTest::newRow("stop") << false << 100'000ULL << 1;
        QTest::newRow("crash") << true << 100'000ULL << 1;
        QTest::newRow("stop, log snapshots") << false << 10ULL << 1;
        QTest::newRow("crash, log snapshots") << true << 10ULL << 1;
        QTest::newRow("stop, large") << false << 100'000ULL << 1'000'000;
        QTest::newRow("crash, large, log snapshots") << true << 10ULL << 1'000'000;
    }
    void restartsWithEverything() {
        QFETCH(bool, crash);
        QFETCH(qulonglong, snapshotCount);
        QFETCH(int, firstBytes);
        Cluster cluster(1, [&](Config& config) {
            config.snapshotCount = snapshotCount;
            config.snapshotCatchupEntries = 5;
        });
        std::int64_t revision = 1;
        std::uint64_t term = 0;
        for (int round = 0; round < 4; ++round) {
            const auto started = cluster.start(0);
            QVERIFY2(started.ok(), started.ok() ? "" : started.error().text.c_str());
            QCOMPARE(cluster.waitForLeader(), 0);
            QVERIFY(cluster.node(0).status().term > term);
            term = cluster.node(0).status().term;
            // Nothing lost, nothing applied twice.
            QCOMPARE(cluster.node(0).status().revision, revision);
            const std::string padding(round == 0 ? static_cast<std::size_t>(firstBytes) - 1 : 0, '.');
            for (int i = 0; i < 30; ++i) {
                auto applied = cluster.put(0, "k" + std::to_string(i), std::to_string(round) + padding);
                QVERIFY2(applied.ok(), applied.ok() ? "" : applied.error().text.c_str());
                QCOMPARE(std::get<mvcc::PutResult>(applied->response).revision, ++revision);
            }
            QVERIFY(cluster.get(0, "k7") == std::to_string(round) + padding);
            QCOMPARE(cluster.node(0).membership().members.size(), 1U);
            if (crash)
                cluster.crash(0);
            else
                cluster.stop(0);
        }
    }
    void refusesASecondProcess() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        testing::Network network;
        testing::LoopbackTransport transport(network);
        auto second = Node::create(cluster.config(0), transport);
        QVERIFY(!second.ok());
        QVERIFY(!second.error().text.empty());
    }
    void leaseExpires() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        etcdserverpb::LeaseGrantRequest grant;
        grant.set_id(77);
        grant.set_ttl(1);
        QVERIFY(cluster.propose(0, wire::RequestField::leaseGrant, grant).ok());
        QVERIFY(cluster.put(0, "leased", "x", 77).ok());
        QCOMPARE(cluster.get(0, "leased"), std::string("x"));
        QVERIFY(Cluster::waitFor([&] { return cluster.get(0, "leased") == "(none)"; }));
        QVERIFY(!cluster.put(0, "leased", "x", 77).ok());
    }
    void requestLimits() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        auto applied = cluster.put(0, "big", std::string(2'000'000, 'x'));
        QVERIFY(!applied.ok());
        QCOMPARE(mvcc::apiErrorOf(applied.error()), mvcc::ApiError::requestTooLarge);
    }
    // The answer says that the rows are gone, not only that they will be.
    void physicalCompactionWaits() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        std::int64_t revision = 0;
        for (int round = 0; round < 100; ++round) {
            etcdserverpb::TxnRequest txn;
            for (int i = 0; i < 128; ++i) {
                auto& put = *txn.add_success()->mutable_request_put();
                put.set_key("k" + std::to_string(i));
                put.set_value(std::to_string(round));
            }
            QVERIFY(cluster.propose(0, wire::RequestField::txn, txn).ok());
        }
        revision = cluster.node(0).status().revision;
        const auto pending = [&] {
            bool now = false;
            cluster.node(0).read([&](const mvcc::Store& store) { now = store.compactionPending(); });
            return now;
        };
        etcdserverpb::CompactionRequest compact;
        compact.set_revision(revision / 2);
        QVERIFY(cluster.propose(0, wire::RequestField::compaction, compact).ok());
        QVERIFY(pending());
        compact.set_revision(revision);
        compact.set_physical(true);
        QVERIFY(cluster.propose(0, wire::RequestField::compaction, compact).ok());
        QVERIFY(!pending());
        // A refused one waits for nothing.
        QVERIFY(!cluster.propose(0, wire::RequestField::compaction, compact).ok());
    }
    void telemetryTellsTheStory() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        auto cursor = cluster.node(0).telemetry().subscribe(0, {});
        QVERIFY(Cluster::waitFor([&] {
            // The loop notices the subscriber with its next step.
            static_cast<void>(cluster.put(0, "probe", "1"));
            std::vector<TelemetryEvent> events;
            while (cursor->read(events, 1000) > 0) {
            }
            return std::any_of(events.begin(), events.end(), [](const TelemetryEvent& event) {
                return std::holds_alternative<WalSynced>(event.payload);
            });
        }));
        QVERIFY(cluster.put(0, "x", "5").ok());
        // The put is answered before all that is told of it stands in the hub.
        std::set<std::size_t> kinds;
        std::uint64_t last = 0;
        bool commit = false, inOrder = true;
        const auto take = [&](const TelemetryEvent& event) {
            inOrder = inOrder && (last == 0 || event.sequence == last + 1);
            last = event.sequence;
            kinds.insert(event.payload.index());
            if (const auto* trace = std::get_if<raft::TraceEvent>(&event.payload))
                commit = commit || trace->kind == raft::TraceKind::commitAdvanced;
        };
        const std::size_t wanted[] = {TelemetryPayload(EntriesAppended{}).index(),
                                      TelemetryPayload(AppliedUpTo{}).index(), TelemetryPayload(RequestStep{}).index(),
                                      TelemetryPayload(mvcc::StoreTrace{}).index()};
        QVERIFY(Cluster::waitFor([&] {
            std::vector<TelemetryEvent> events;
            while (cursor->read(events, 1000) > 0) {
            }
            std::for_each(events.begin(), events.end(), take);
            return commit && std::all_of(std::begin(wanted), std::end(wanted),
                                         [&](std::size_t kind) { return kinds.contains(kind); });
        }));
        QVERIFY(inOrder);
    }
};

RAFTARIUM_TEST_CLASS(TestSingleNode)
#include "test_single_node.moc"
