// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What needs hours of a real clock: lease checkpoints by the node. Three members in simulated time.
#include "cluster/wire/requests.h"
#include "tests/runner/test_class.h"
#include "tests/sim/faults.h"
#include "tests/sim/network.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::sim;

namespace {

constexpr std::int64_t kLease = 77;

class CalmCluster {
public:
    explicit CalmCluster(bool checkpoints, bool persist = false) : m_world(Options()), m_network(m_world) {
        m_world.network = &m_network;
        m_network.setCalm(true);
        for (int i = 1; i <= 3; ++i) {
            node::Config config = configOf(m_world, "n" + std::to_string(i));
            config.leaseCheckpoint = checkpoints;
            config.leaseCheckpointPersist = persist;
            m_world.members.push_back(std::make_unique<Member>(m_world, config.name, config));
            m_world.members.back()->start();
        }
    }

    void runFor(base::Nanoseconds length) {
        const base::Nanoseconds end = m_world.events.now() + length;
        while (!m_world.checks.fault() && m_world.events.runNext(end)) continue;
    }
    template <typename Condition>
    bool runUntil(Condition condition, base::Nanoseconds within = 30 * base::kSecond) {
        const base::Nanoseconds end = m_world.events.now() + within;
        while (m_world.events.now() < end && !m_world.checks.fault()) {
            if (condition()) return true;
            runFor(50 * base::kMillisecond);
        }
        return condition();
    }

    Member* leader() {
        for (const auto& member : m_world.members)
            if (member->up() && member->status().role == raft::Role::leader) return member.get();
        return nullptr;
    }
    const std::vector<std::unique_ptr<Member>>& members() { return m_world.members; }
    base::Nanoseconds now() const { return m_world.events.now(); }
    std::string fault() const { return m_world.checks.fault() ? m_world.checks.fault()->text : std::string(); }

    bool grant(std::int64_t ttl) {
        if (!runUntil([this] { return leader() && leader()->status().ready; })) return false;
        etcdserverpb::LeaseGrantRequest request;
        request.set_id(kLease);
        request.set_ttl(ttl);
        bool done = false;
        Member& at = *leader();
        const std::uint64_t id = at.nextRequestId();
        at.propose(id, wire::wrapRequest(wire::RequestField::leaseGrant, request, id),
                   [&](const base::Result<node::Applied>& applied) { done = applied.ok(); });
        return runUntil([&] { return done; });
    }
    void cutOff(const Member& member) {
        for (const auto& other : m_world.members) {
            m_network.cut(member.id(), other->id());
            m_network.cut(other->id(), member.id());
        }
    }
    void heal() { m_network.heal(); }
    // Another member than `old` leads and counts the lease.
    Member* successorOf(const Member& old) {
        for (const auto& member : m_world.members)
            if (member.get() != &old && member->up() && member->status().role == raft::Role::leader &&
                remaining(*member) >= 0)
                return member.get();
        return nullptr;
    }
    bool moveLeader() {
        Member* from = leader();
        Member* to = m_world.members[0].get() == from ? m_world.members[1].get() : m_world.members[0].get();
        from->call([target = to->id()](node::Loop& loop) { loop.moveLeader(target, [](const base::Status&) {}); });
        // Leases are counted again when the new leader has applied its first entry.
        return runUntil([&] { return leader() == to && remaining(*to) >= 0; });
    }
    // As the member knows it: of the last checkpoint.
    std::int64_t checkpointed(const Member& member) {
        const auto lease = member.store().lease(kLease, now(), false);
        return lease ? lease->checkpointedTtlSeconds : -1;
    }
    bool allCheckpointed(std::int64_t low, std::int64_t high) {
        for (const auto& member : m_world.members)
            if (checkpointed(*member) < low || checkpointed(*member) > high) return false;
        return true;
    }
    // As counted; -1 where it is not.
    std::int64_t remaining(const Member& member) {
        const auto lease = member.store().lease(kLease, now(), false);
        return lease && lease->deadline != 0 ? lease->remainingTtlSeconds : -1;
    }
    struct Renewal {
        bool done = false;
        base::Result<std::int64_t> ttl = std::int64_t{-1};
    };
    std::shared_ptr<Renewal> beginRenewal(Member& at) {
        auto renewal = std::make_shared<Renewal>();
        at.call([renewal](node::Loop& loop) {
            loop.renewLease(kLease, [renewal](base::Result<std::int64_t> renewed) {
                renewal->done = true;
                renewal->ttl = std::move(renewed);
            });
        });
        return renewal;
    }
    std::int64_t renew(Member* at = nullptr) {
        const auto renewal = beginRenewal(at ? *at : *leader());
        runUntil([&] { return renewal->done; });
        return renewal->ttl ? *renewal->ttl : -1;
    }

private:
    World m_world;
    Network m_network;
};

}  // namespace

class TestSimLeases : public QObject {
    Q_OBJECT
private slots:
    void remainingTimeSurvivesLeaderChanges() {
        CalmCluster cluster(true);
        QVERIFY(cluster.grant(1000));
        cluster.runFor(290 * base::kSecond);
        QVERIFY(cluster.allCheckpointed(0, 0));
        cluster.runFor(20 * base::kSecond);
        QVERIFY2(cluster.allCheckpointed(695, 700), cluster.fault().c_str());
        cluster.runFor(100 * base::kSecond);
        // Not what has passed since the checkpoint, but what was logged, and one election timeout.
        QVERIFY(cluster.moveLeader());
        const std::int64_t left = cluster.remaining(*cluster.leader());
        QVERIFY2(left >= 690 && left <= 701, qPrintable(QString::number(left)));
        // The new leader goes on: logged at 400 and at 100 s, and then no more.
        cluster.runFor(310 * base::kSecond);
        QVERIFY(cluster.allCheckpointed(390, 402));
        QVERIFY(cluster.moveLeader());
        cluster.runFor(310 * base::kSecond);
        QVERIFY(cluster.allCheckpointed(90, 104));
        QCOMPARE(cluster.fault(), std::string());
        // It ends in time, for everybody.
        QVERIFY(cluster.runUntil([&] { return cluster.allCheckpointed(-1, -1); }, 120 * base::kSecond));
    }

    void renewalClearsTheCheckpoint() {
        CalmCluster cluster(true);
        QVERIFY(cluster.grant(1000));
        cluster.runFor(310 * base::kSecond);
        QVERIFY(cluster.allCheckpointed(695, 700));
        const auto commit = cluster.leader()->status().commit;
        QCOMPARE(cluster.renew(), 1000);
        QCOMPARE(cluster.leader()->status().commit, commit + 1);
        QVERIFY(cluster.runUntil([&] { return cluster.allCheckpointed(0, 0); }));
        // Nothing to clear, nothing to log.
        QCOMPARE(cluster.renew(), 1000);
        QCOMPARE(cluster.leader()->status().commit, commit + 1);
        QVERIFY(cluster.moveLeader());
        QVERIFY(cluster.remaining(*cluster.leader()) > 990);
    }

    // The process stands still; its clock does not. Others lead and keep the lease alive meanwhile (etcd#12528).
    void aFrozenLeaderSaysNothingOfLeases() {
        CalmCluster cluster(false);
        QVERIFY(cluster.grant(10));
        Member& old = *cluster.leader();
        old.pause(cluster.now() + 30 * base::kSecond);
        const base::Nanoseconds wakes = cluster.now() + 30 * base::kSecond;
        QVERIFY(cluster.runUntil([&] { return cluster.successorOf(old) != nullptr; }));
        Member* next = cluster.successorOf(old);
        while (cluster.now() < wakes - 4 * base::kSecond) {
            QCOMPARE(cluster.renew(next), 10);
            cluster.runFor(3 * base::kSecond);
        }
        // By its own clock the lease ended long ago. What waits in its inbox it must not answer by that.
        const auto asked = cluster.beginRenewal(old);
        QVERIFY(cluster.runUntil([&] { return asked->done; }));
        QVERIFY(!asked->ttl.ok());
        QCOMPARE(asked->ttl.error().code, base::Errc::unavailable);
        for (int i = 0; i < 5; ++i) {
            QCOMPARE(cluster.renew(next), 10);
            cluster.runFor(3 * base::kSecond);
        }
        QVERIFY(cluster.allCheckpointed(0, 0));  // everybody still has it
        QCOMPARE(cluster.fault(), std::string());
    }
    // It wakes before it hears of anybody: it cannot know whether the lease has ended.
    void aLeaderAloneRevokesNothing() {
        CalmCluster cluster(false);
        QVERIFY(cluster.grant(10));
        Member& old = *cluster.leader();
        cluster.cutOff(old);
        old.pause(cluster.now() + 12 * base::kSecond);
        const auto last = old.status().lastIndex;
        QVERIFY(cluster.runUntil([&] { return cluster.successorOf(old) != nullptr; }));
        Member* next = cluster.successorOf(old);
        for (int i = 0; i < 7; ++i) {
            QCOMPARE(cluster.renew(next), 10);
            cluster.runFor(3 * base::kSecond);
        }
        QCOMPARE(old.status().lastIndex, last);  // no proposal
        cluster.heal();
        QVERIFY(cluster.runUntil([&] { return old.status().leader == next->id(); }));
        QCOMPARE(cluster.renew(next), 10);
        QVERIFY(cluster.allCheckpointed(0, 0));
        // With nobody to keep it alive it ends, for all.
        QVERIFY(cluster.runUntil([&] { return cluster.allCheckpointed(-1, -1); }, 120 * base::kSecond));
        QCOMPARE(cluster.fault(), std::string());
    }

    void withoutTheFlag() {
        CalmCluster cluster(false);
        QVERIFY(cluster.grant(1000));
        cluster.runFor(700 * base::kSecond);
        QVERIFY(cluster.allCheckpointed(0, 0));
        QVERIFY(cluster.moveLeader());
        QVERIFY(cluster.remaining(*cluster.leader()) > 990);
    }

    void restart_data() {
        QTest::addColumn<bool>("persist");
        QTest::newRow("persisted") << true;
        QTest::newRow("in memory") << false;
    }
    void restart() {
        QFETCH(bool, persist);
        CalmCluster cluster(true, persist);
        QVERIFY(cluster.grant(1000));
        cluster.runFor(310 * base::kSecond);
        QVERIFY(cluster.allCheckpointed(695, 700));
        for (const auto& member : cluster.members()) {
            member->crash(storage::CrashMode::dropUnsynced);
            member->start();
        }
        QVERIFY(cluster.runUntil([&] { return cluster.leader() && cluster.remaining(*cluster.leader()) >= 0; }));
        const std::int64_t left = cluster.remaining(*cluster.leader());
        // Without it the rows know nothing; the entry is not applied again.
        QVERIFY2(persist ? left <= 701 : left > 990, qPrintable(QString::number(left)));
        QCOMPARE(cluster.fault(), std::string());
    }
};

RAFTARIUM_TEST_CLASS(TestSimLeases)
#include "test_sim_leases.moc"
