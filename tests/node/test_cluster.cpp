// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/node/loopback.h"
#include "tests/runner/test_class.h"

#include <set>

using namespace raftarium;
using namespace raftarium::node;
using testing::Cluster;

class TestCluster : public QObject {
    Q_OBJECT
private slots:
    void electsAndReplicates_data() {
        QTest::addColumn<int>("size");
        QTest::newRow("three") << 3;
        QTest::newRow("five") << 5;
    }
    void electsAndReplicates() {
        QFETCH(int, size);
        Cluster cluster(size);
        QVERIFY(cluster.startAll());
        QVERIFY(cluster.waitForLeader() >= 0);
        // Through every member: followers forward.
        for (int i = 0; i < 30; ++i) {
            auto applied = cluster.put(static_cast<std::size_t>(i % size), "k" + std::to_string(i), "v");
            QVERIFY2(applied.ok(), applied.ok() ? "" : applied.error().text.c_str());
        }
        for (std::size_t i = 0; i < cluster.size(); ++i) {
            QVERIFY(cluster.linearizable(i).ok());
            QCOMPARE(cluster.get(i, "k29"), std::string("v"));
        }
        QVERIFY(Cluster::waitFor([&] { return cluster.sameState(); }));
        for (std::size_t i = 0; i < cluster.size(); ++i) {
            const Membership membership = cluster.node(i).membership();
            QCOMPARE(membership.members.size(), static_cast<std::size_t>(size));
            QCOMPARE(membership.clusterVersion, std::string("3.4.0"));
            for (const auto& [id, member] : membership.members) QVERIFY(!member.name.empty());
        }
    }
    void leaderDiesAndComesBack() {
        Cluster cluster(3);
        QVERIFY(cluster.startAll());
        const int first = cluster.waitForLeader();
        QVERIFY(first >= 0);
        for (int i = 0; i < 20; ++i)
            QVERIFY(cluster.put(static_cast<std::size_t>(first), "a" + std::to_string(i), "1").ok());
        cluster.crash(static_cast<std::size_t>(first));
        const int second = cluster.waitForLeader();
        QVERIFY(second >= 0 && second != first);
        for (int i = 0; i < 20; ++i)
            QVERIFY(cluster.put(static_cast<std::size_t>(second), "b" + std::to_string(i), "2").ok());
        const auto started = cluster.start(static_cast<std::size_t>(first));
        QVERIFY2(started.ok(), started.ok() ? "" : started.error().text.c_str());
        QVERIFY(Cluster::waitFor([&] { return cluster.sameState(); }));
        QCOMPARE(cluster.get(static_cast<std::size_t>(first), "b19"), std::string("2"));
    }
    void wholeClusterCrashes() {
        Cluster cluster(3);
        std::int64_t revision = 1;
        for (int round = 0; round < 3; ++round) {
            QVERIFY(cluster.startAll());
            const int leader = cluster.waitForLeader();
            QVERIFY(leader >= 0);
            for (int i = 0; i < 10; ++i) {
                auto applied =
                    cluster.put(static_cast<std::size_t>(i % 3), "k" + std::to_string(i), std::to_string(round));
                QVERIFY(applied.ok());
                QCOMPARE(std::get<mvcc::PutResult>(applied->response).revision, ++revision);
            }
            for (std::size_t i = 0; i < 3; ++i) cluster.crash(i);
        }
        QVERIFY(cluster.startAll());
        QVERIFY(cluster.waitForLeader() >= 0);
        QVERIFY(Cluster::waitFor([&] { return cluster.sameState(); }));
        QCOMPARE(cluster.node(0).status().revision, revision);
    }
    void partitionAndHeal() {
        Cluster cluster(5);
        QVERIFY(cluster.startAll());
        const int old = cluster.waitForLeader();
        QVERIFY(old >= 0);
        const auto a = static_cast<std::size_t>(old);
        const std::size_t b = (a + 1) % 5;
        std::set<std::size_t> rest;
        for (std::size_t i = 0; i < 5; ++i)
            if (i != a && i != b) rest.insert(i);
        cluster.partition({{a, b}, rest});
        const auto majorityLeader = [&]() -> int {
            for (const std::size_t i : rest)
                if (cluster.node(i).status().role == raft::Role::leader) return static_cast<int>(i);
            return -1;
        };
        QVERIFY(Cluster::waitFor([&] { return majorityLeader() >= 0; }));
        // CheckQuorum: the cut-off leader steps down.
        QVERIFY(Cluster::waitFor([&] { return cluster.node(a).status().role != raft::Role::leader; }));
        QVERIFY(cluster.put(static_cast<std::size_t>(majorityLeader()), "k", "majority").ok());
        QCOMPARE(cluster.get(a, "k"), std::string("(none)"));
        cluster.onLoop(a, [](RaftLoop& loop) { QVERIFY(!loop.linkFaults().empty()); });
        cluster.heal();
        QVERIFY(Cluster::waitFor([&] { return cluster.leader() >= 0 && cluster.sameState(); }));
        QCOMPARE(cluster.get(a, "k"), std::string("majority"));
    }
    void heldMessagesAreDeliveredByHand() {
        Cluster cluster(3);
        QVERIFY(cluster.startAll());
        const int leader = cluster.waitForLeader();
        QVERIFY(leader >= 0);
        const auto from = static_cast<std::size_t>(leader);
        const std::size_t to = (from + 1) % 3;
        LinkFaults hold;
        hold.from = cluster.id(from);
        hold.to = cluster.id(to);
        hold.hold = true;
        cluster.onLoop(from, [&](RaftLoop& loop) { QVERIFY(loop.setLinkFaults({hold}).ok()); });
        QVERIFY(cluster.put(from, "held", "1").ok());  // the third member makes the majority
        const auto held = [&] {
            std::size_t count = 0;
            cluster.onLoop(from, [&](RaftLoop& loop) { count = loop.heldMessages().size(); });
            return count;
        };
        QVERIFY(Cluster::waitFor([&] { return held() > 0; }));
        QCOMPARE(cluster.get(to, "held"), std::string("(none)"));
        MessageId unknown{1, 2, 3};
        cluster.onLoop(from, [&](RaftLoop& loop) {
            QVERIFY(!loop.resolveHeld(unknown, HeldAction::deliver).ok());
            loop.clearLinkFaults();
        });
        QVERIFY(Cluster::waitFor([&] { return cluster.sameState(); }));
        QCOMPARE(held(), std::size_t{0});
    }
    void aFollowersCommitNamesItsMessage() {
        Cluster cluster(3);
        QVERIFY(cluster.startAll());
        const int leader = cluster.waitForLeader();
        QVERIFY(leader >= 0);
        const auto follower = static_cast<std::size_t>((leader + 1) % 3);
        auto cursor = cluster.node(follower).telemetry().subscribe(0, {});
        telemetry::Cause cause;
        std::set<std::uint64_t> received;  // counters of the leader's messages
        QVERIFY(Cluster::waitFor([&] {
            static_cast<void>(cluster.put(static_cast<std::size_t>(leader), "k", "v"));
            std::vector<TelemetryEvent> events;
            while (cursor->read(events, 1000) > 0) {
            }
            for (const TelemetryEvent& event : events) {
                if (const auto* message = std::get_if<telemetry::MessageReceived>(&event.kind))
                    received.insert(message->message.key.counter);
                if (std::holds_alternative<telemetry::CommitAdvanced>(event.kind) && event.cause.known())
                    cause = event.cause;
            }
            return cause.known();
        }));
        QVERIFY(cause.isMessage());
        QCOMPARE(cause.message().sender, cluster.id(static_cast<std::size_t>(leader)));
        QVERIFY(received.contains(cause.message().counter));
    }
    void paceChanges() {
        Cluster cluster(3);
        QVERIFY(cluster.startAll());
        QVERIFY(cluster.waitForLeader() >= 0);
        Pace pace = cluster.node(0).status().pace;
        pace.tickNs = 5 * base::kMillisecond;
        pace.electionTicks = 20;
        for (std::size_t i = 0; i < 3; ++i)
            cluster.onLoop(i, [&](RaftLoop& loop) { QVERIFY(loop.setPace(pace).ok()); });
        QVERIFY(Cluster::waitFor([&] { return cluster.node(0).status().pace.electionTicks == 20; }));
        QVERIFY(cluster.put(0, "k", "v").ok() || cluster.waitForLeader() >= 0);
        cluster.onLoop(0, [&](RaftLoop& loop) {
            pace.tickNs = 0;
            QVERIFY(!loop.setPace(pace).ok());
            pace.tickNs = base::kMillisecond;
            pace.electionTicks = 1;
            QVERIFY(!loop.setPace(pace).ok());
            QCOMPARE(loop.pace().electionTicks, 20);
        });
    }
    void leadershipMoves() {
        Cluster cluster(3);
        QVERIFY(cluster.startAll());
        const int leader = cluster.waitForLeader();
        QVERIFY(leader >= 0);
        const auto from = static_cast<std::size_t>(leader);
        const std::size_t to = (from + 1) % 3;
        std::promise<base::Status> moved;
        cluster.node(from).ask(&RaftLoop::moveLeader, cluster.id(to),
                               [&](base::Status status) { moved.set_value(std::move(status)); });
        const base::Status status = moved.get_future().get();
        QVERIFY2(status.ok(), status.ok() ? "" : status.error().text.c_str());
        QVERIFY(Cluster::waitFor([&] { return cluster.leader() == static_cast<int>(to); }));
        std::promise<base::Status> refused;
        cluster.node(from).ask(&RaftLoop::moveLeader, cluster.id(to),
                               [&](base::Status s) { refused.set_value(std::move(s)); });
        QCOMPARE(mvcc::apiErrorOf(refused.get_future().get().error()), mvcc::ApiError::notLeader);
        // A clean stop hands leadership over.
        const std::uint64_t term = cluster.node(to).status().term;
        cluster.stop(to);
        QVERIFY(Cluster::waitFor([&] { return cluster.leader() >= 0; }));
        QVERIFY(cluster.node(from).status().term > term);
    }
    void farBehindMemberGetsTheStore() {
        Cluster cluster(3, [](Config& config) {
            config.snapshotCount = 20;
            config.snapshotCatchupEntries = 5;
        });
        QVERIFY(cluster.startAll());
        const int leader = cluster.waitForLeader();
        QVERIFY(leader >= 0);
        const std::size_t behind = (static_cast<std::size_t>(leader) + 1) % 3;
        cluster.crash(behind);
        for (int i = 0; i < 200; ++i) {
            auto applied = cluster.put(static_cast<std::size_t>(leader), "k" + std::to_string(i), "v");
            QVERIFY2(applied.ok(), applied.ok() ? "" : applied.error().text.c_str());
        }
        QVERIFY(Cluster::waitFor([&] {
            return cluster.node(static_cast<std::size_t>(leader)).status().firstIndex >
                   cluster.node(static_cast<std::size_t>(leader)).status().applied - 60;
        }));
        const auto started = cluster.start(behind);
        QVERIFY2(started.ok(), started.ok() ? "" : started.error().text.c_str());
        QVERIFY(Cluster::waitFor([&] { return cluster.sameState(); }));
        QCOMPARE(cluster.get(behind, "k199"), std::string("v"));
        // And it starts from what it was given.
        cluster.crash(behind);
        QVERIFY(cluster.put(static_cast<std::size_t>(leader), "after", "1").ok());
        const auto again = cluster.start(behind);
        QVERIFY2(again.ok(), again.ok() ? "" : again.error().text.c_str());
        QVERIFY(Cluster::waitFor([&] { return cluster.sameState(); }));
    }
    // etcd's rule: a member whose own store is over its quota raises the alarm at its apply, whichever member was
    // asked.
    void quotaOfOneMember() {
        Cluster cluster(3, [](Config& config) {
            if (config.name == "n0") config.quotaBackendBytes = 1 << 20;
        });
        QVERIFY(cluster.startAll());
        QVERIFY(cluster.waitForLeader() >= 0);
        base::Result<Applied> put = Applied{};
        for (int i = 0; i < 500 && put; ++i) put = cluster.put(1, "k" + std::to_string(i), std::string(20'000, 'v'));
        QVERIFY(!put.ok());
        QCOMPARE(mvcc::apiErrorOf(put.error()), mvcc::ApiError::noSpace);
        const std::vector<mvcc::Alarm> wanted{{cluster.id(0), mvcc::AlarmType::noSpace}};
        for (std::size_t i = 0; i < 3; ++i) {
            QVERIFY(Cluster::waitFor([&] {
                bool same = false;
                cluster.node(i).read([&](const mvcc::Store& store) { same = store.alarms() == wanted; });
                return same;
            }));
        }
        // What the small member refused to its own client is answered when all know of the alarm.
        QCOMPARE(mvcc::apiErrorOf(cluster.put(0, "k", "v").error()), mvcc::ApiError::noSpace);
        QVERIFY(Cluster::waitFor([&] { return cluster.sameState(); }));
    }
    void removedMemberStops() {
        Cluster cluster(3, [](Config& config) { config.strictReconfigCheck = false; });
        QVERIFY(cluster.startAll());
        const int leader = cluster.waitForLeader();
        QVERIFY(leader >= 0);
        const std::size_t gone = (static_cast<std::size_t>(leader) + 1) % 3;
        std::promise<base::Result<std::vector<Member>>> removed;
        cluster.node(static_cast<std::size_t>(leader)).ask(&RaftLoop::removeMember, cluster.id(gone), [&](auto result) {
            removed.set_value(std::move(result));
        });
        auto members = removed.get_future().get();
        QVERIFY2(members.ok(), members.ok() ? "" : members.error().text.c_str());
        QCOMPARE(members->size(), 2U);
        QVERIFY(Cluster::waitFor([&] { return cluster.fatal(gone).has_value(); }));
        QCOMPARE(cluster.fatal(gone)->code, base::Errc::aborted);
        QVERIFY(cluster.node(static_cast<std::size_t>(leader)).wasRemoved(cluster.id(gone)));
        QVERIFY(cluster.put(static_cast<std::size_t>(leader), "still", "works").ok());
    }
};

RAFTARIUM_TEST_CLASS(TestCluster)
#include "test_cluster.moc"
