// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Five real processes: leaders are killed, paused and cut off; nothing acknowledged is lost and all end up equal.
#include "tests/e2e/cluster_fixture.h"
#include "tests/runner/test_class.h"

using namespace raftarium;

class ClusterFaults : public QObject {
    Q_OBJECT
private slots:
    void init() {
        m_fixture = std::make_unique<e2e::ClusterFixture>();
        VERIFY_EMPTY(m_fixture->start(5));
        m_leader = m_fixture->awaitLeader(m_fixture->names(), &m_term);
        QVERIFY(!m_leader.empty());
        QVERIFY(m_fixture->putSome(m_leader, 5));
    }
    void cleanup() {
        if (QTest::currentTestFailed()) m_fixture->showLogs();
        m_fixture.reset();
    }

    void theLeaderIsKilled() {
        VERIFY_OK(m_fixture->cluster->apply(control::KillNode{m_leader}));
        const auto rest = m_fixture->others({m_leader});
        std::uint64_t term = 0;
        const std::string next = m_fixture->awaitLeader(rest, &term);
        QVERIFY(!next.empty() && next != m_leader);
        QVERIFY(term > m_term);
        QVERIFY(m_fixture->putSome(next, 20));
        VERIFY_OK(m_fixture->cluster->apply(control::StartNode{m_leader}));  // it catches up from the new leader's log
        VERIFY_EMPTY(m_fixture->verify());
    }

    void theLeaderIsPausedAndResumed() {
        VERIFY_OK(m_fixture->cluster->apply(control::PauseNode{m_leader}));
        const auto rest = m_fixture->others({m_leader});
        const std::string next = m_fixture->awaitLeader(rest);
        QVERIFY(!next.empty() && next != m_leader);
        QVERIFY(m_fixture->putSome(next, 10));
        VERIFY_OK(m_fixture->cluster->apply(control::ResumeNode{m_leader}));
        QVERIFY(!m_fixture->awaitLeader(m_fixture->names()).empty());  // the old one knows the new one, too
        VERIFY_EMPTY(m_fixture->verify());
    }

    void aMinorityWithTheLeaderIsCutOff() {
        const std::string companion = m_fixture->others({m_leader}).front();
        const auto majority = m_fixture->others({m_leader, companion});
        VERIFY_OK(m_fixture->cluster->apply(control::Partition{{{m_leader, companion}, majority}}));
        const std::string next = m_fixture->awaitLeader(majority);
        QVERIFY(!next.empty());
        QVERIFY(m_fixture->putSome(next, 10));
        QVERIFY(!m_fixture->put(m_leader, 1500));  // no majority there: not acknowledged
        VERIFY_OK(m_fixture->cluster->apply(control::HealAll{}));
        QVERIFY(!m_fixture->awaitLeader(m_fixture->names()).empty());
        VERIFY_EMPTY(m_fixture->verify());
    }

    void aFollowerMissesManyWrites() {
        const std::string follower = m_fixture->others({m_leader}).front();
        VERIFY_OK(m_fixture->cluster->apply(control::StopNode{follower}));
        QCOMPARE(m_fixture->cluster->status().nodes.size(), std::size_t{5});
        QVERIFY(m_fixture->putSome(m_leader, 100));
        VERIFY_OK(m_fixture->cluster->apply(control::RestartNode{follower}));
        VERIFY_EMPTY(m_fixture->verify());
    }

    void leadershipIsHandedOver() {
        const std::string target = m_fixture->others({m_leader}).back();
        VERIFY_OK(m_fixture->cluster->apply(control::TransferLeadership{target}));
        QVERIFY(e2e::eventually([&] { return m_fixture->leaderAmong(m_fixture->names()) == target; }));
        QVERIFY(m_fixture->putSome(target, 3));
        VERIFY_EMPTY(m_fixture->verify());
    }

    void allAreKilledAtOnce() {
        for (const std::string& name : m_fixture->names())
            VERIFY_OK(m_fixture->cluster->apply(control::KillNode{name}));
        VERIFY_OK(m_fixture->cluster->apply(control::StartAll{}));
        QVERIFY(!m_fixture->awaitLeader(m_fixture->names()).empty());
        VERIFY_EMPTY(m_fixture->verify());
    }

    void slowAndLossyLinks() {
        VERIFY_OK(m_fixture->cluster->apply(control::DropOnLink{"*", "*", 0.1}));
        VERIFY_OK(m_fixture->cluster->apply(control::DelayLink{"*", "*", 20, 20}));
        QVERIFY(e2e::eventually([&] { return m_fixture->put(m_leader); }));
        QVERIFY(m_fixture->putSome(m_leader, 10));
        VERIFY_OK(m_fixture->cluster->apply(control::HealAll{}));
        VERIFY_EMPTY(m_fixture->verify());
    }

private:
    std::unique_ptr<e2e::ClusterFixture> m_fixture;
    std::string m_leader;
    std::uint64_t m_term = 0;
};

RAFTARIUM_TEST_CLASS(ClusterFaults)
#include "cluster_faults.moc"
