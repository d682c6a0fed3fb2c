// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Clusters that grow, shrink and get wiped members back while they are written to; and what PreVote and CheckQuorum
// change for a node that was cut off.
#include "cluster/client/admin_client.h"
#include "tests/e2e/cluster_fixture.h"
#include "tests/runner/test_class.h"

#include <QElapsedTimer>

#include <atomic>

using namespace raftarium;

namespace {

// Writes one key after the other to the given members, to the next one after a failure, until stopped.
class ContinuousWriter {
public:
    explicit ContinuousWriter(std::vector<std::unique_ptr<client::EtcdClient>> clients)
        : m_clients(std::move(clients)), m_thread([this] { run(); }) {}
    ~ContinuousWriter() { stop(); }
    void stop() {
        m_stopping = true;
        if (m_thread.joinable()) m_thread.join();
    }
    int written() const { return m_written; }
    int failed() const { return m_failed; }
    qint64 longestPauseMs() const { return m_longestPauseMs; }
    std::string lastFailure() const { return m_lastFailure; }  // once stopped

private:
    void run() {
        std::size_t member = 0;
        QElapsedTimer sinceLast;
        sinceLast.start();
        while (!m_stopping) {
            const std::string key = "key-w" + std::to_string(m_written);
            if (const auto done = m_clients[member]->put(key, "v"); !done) {
                ++m_failed;
                m_lastFailure = done.error().text;
                member = (member + 1) % m_clients.size();
                continue;
            }
            m_longestPauseMs = std::max<qint64>(m_longestPauseMs, sinceLast.restart());
            ++m_written;
        }
    }

    std::vector<std::unique_ptr<client::EtcdClient>> m_clients;
    std::atomic<bool> m_stopping{false};
    std::atomic<int> m_written{0}, m_failed{0};
    std::atomic<qint64> m_longestPauseMs{0};
    std::string m_lastFailure;
    std::thread m_thread;
};

// Counts the elections for which a node asks whether it would win.
class PreElections {
public:
    explicit PreElections(const std::string& adminSocket)
        : m_stream(client::TelemetryStream::open("unix:" + adminSocket, 0,
                                                 {[this](std::uint64_t, const std::vector<observe::Event>& events) {
                                                      for (const observe::Event& event : events) count(event);
                                                  },
                                                  {}})) {}
    int seen() const { return m_seen; }

private:
    void count(const observe::Event& event) {
        const auto* role = std::get_if<observe::RoleChanged>(&event.kind);
        if (role != nullptr && role->role == observe::Role::preCandidate) ++m_seen;
    }
    std::atomic<int> m_seen{0};
    std::unique_ptr<client::TelemetryStream> m_stream;
};

}  // namespace

class ClusterMembers : public QObject {
    Q_OBJECT
private slots:
    void init() { m_fixture = std::make_unique<e2e::ClusterFixture>(); }
    void cleanup() {
        if (QTest::currentTestFailed()) m_fixture->showLogs();
        m_fixture.reset();
    }

    void growsAndShrinksUnderLoad() {
        auto& fixture = *m_fixture;
        VERIFY_EMPTY(fixture.start(5));
        std::uint64_t term = 0, termAfter = 0;
        QVERIFY(!fixture.awaitLeader(fixture.names(), &term).empty());
        std::vector<std::unique_ptr<client::EtcdClient>> clients;
        for (const char* name : {"n1", "n2", "n3"}) clients.push_back(fixture.clientOf(name, 10'000));
        // Every member has published itself: until a follower's stream to the leader stands, what it forwards is lost,
        // as in etcd, and such a write at start-up is not what this test is about.
        QVERIFY(e2e::eventually([&] {
            const auto list = clients.front()->members();
            return list.ok() && std::all_of(list->second.begin(), list->second.end(),
                                            [](const client::MemberInfo& member) { return !member.name.empty(); });
        }));
        ContinuousWriter writer(std::move(clients));

        for (const std::string expected : {"n6", "n7"}) {
            const auto added = fixture.cluster->apply(control::AddNode{true});
            QVERIFY2(added.ok(), added ? "" : added.error().text.c_str());
            QCOMPARE(added->node, expected);
            QVERIFY(e2e::eventually([&] { return fixture.clientOf(expected)->status().ok(); }));
            QVERIFY(fixture.clientOf(expected)->status()->learner);
            QVERIFY(e2e::eventually([&] { return fixture.cluster->apply(control::PromoteNode{expected}).ok(); }));
            QVERIFY(e2e::eventually([&] {
                const auto status = fixture.clientOf(expected)->status();
                return status && !status->learner;
            }));
        }
        QCOMPARE(fixture.names().size(), std::size_t{7});
        QVERIFY(!fixture.awaitLeader(fixture.names(), &termAfter).empty());
        const int growing = writer.written(), failedGrowing = writer.failed();
        if (termAfter == term) QCOMPARE(failedGrowing, 0);

        // The last one to go leads when it goes.
        for (const std::string name : {"n7", "n6", "n4"}) VERIFY_OK(fixture.cluster->apply(control::RemoveNode{name}));
        QVERIFY(e2e::eventually([&] { return fixture.cluster->apply(control::TransferLeadership{"n5"}).ok(); }));
        std::uint64_t termBefore = 0;
        QVERIFY(e2e::eventually([&] { return fixture.leaderAmong(fixture.names(), &termBefore) == "n5"; }));
        const int failedBefore = writer.failed();
        VERIFY_OK(fixture.cluster->apply(control::RemoveNode{"n5"}));
        QCOMPARE(fixture.names(), (std::vector<std::string>{"n1", "n2", "n3"}));
        QVERIFY(!fixture.awaitLeader(fixture.names(), &termAfter).empty());
        const int written = writer.written();
        QVERIFY(e2e::eventually([&] { return writer.written() > written; }));
        // It handed over before it went: one election, and no write lost to it.
        if (termAfter == termBefore + 1) QCOMPARE(writer.failed(), failedBefore);
        writer.stop();
        qInfo(
            "writes acknowledged %d (%d while growing), failed %d (growing %d, shrinking %d, leader removed %d), "
            "longest pause %lld ms; last failure: %s",
            writer.written(), growing, writer.failed(), failedGrowing, failedBefore - failedGrowing,
            writer.failed() - failedBefore, static_cast<long long>(writer.longestPauseMs()),
            writer.lastFailure().c_str());
        for (int i = 0; i < writer.written(); ++i) fixture.remember("key-w" + std::to_string(i), "v");
        VERIFY_EMPTY(fixture.verify());

        // Names are not used again, and a restart finds the cluster as it is now.
        const auto added = fixture.cluster->apply(control::AddNode{false});
        QVERIFY2(added.ok(), added ? "" : added.error().text.c_str());
        QCOMPARE(added->node, std::string("n8"));
        VERIFY_OK(fixture.cluster->apply(control::StopAll{}));
        VERIFY_OK(fixture.cluster->apply(control::StartAll{}));
        QVERIFY(!fixture.awaitLeader(fixture.names()).empty());
        VERIFY_EMPTY(fixture.verify());
    }

    void aWipedMemberComesBackAsANewOne() {
        auto& fixture = *m_fixture;
        VERIFY_EMPTY(fixture.start(3));
        const std::string leader = fixture.awaitLeader(fixture.names());
        QVERIFY(!leader.empty());
        QVERIFY(fixture.putSome(leader, 20));
        const auto before = fixture.cluster->status().spec.nodes[1];
        VERIFY_OK(fixture.cluster->apply(control::WipeNode{"n2"}));
        const auto after = fixture.cluster->status().spec.nodes[1];
        QCOMPARE(after.name, before.name);
        QCOMPARE(after.clientPort, before.clientPort);
        QVERIFY(after.id != before.id);
        QVERIFY(!fixture.awaitLeader(fixture.names()).empty());
        VERIFY_EMPTY(fixture.verify());
    }

    void aReturningNodeDisturbsOnlyWithoutPreVote() {
        auto& fixture = *m_fixture;
        VERIFY_EMPTY(fixture.start(3));
        for (const bool preVote : {false, true}) {
            VERIFY_OK(fixture.cluster->apply(control::SetProtocol{preVote, true}));
            std::uint64_t term = 0, termMeanwhile = 0, termAfter = 0;
            const std::string leader = fixture.awaitLeader(fixture.names(), &term);
            QVERIFY(!leader.empty());
            const std::string away = fixture.others({leader}).front();
            const PreElections preElections(fixture.nodeOf(away).adminSocket);
            VERIFY_OK(fixture.cluster->apply(control::Partition{{{away}}}));
            const auto termOf = [&] {
                const auto status = fixture.clientOf(away)->status();
                return status ? status->raftTerm : 0;
            };
            if (!preVote) {
                QVERIFY(e2e::eventually([&] { return termOf() >= term + 3; }));
            } else {
                QVERIFY(e2e::eventually([&] { return preElections.seen() >= 3; }));
                QCOMPARE(termOf(), term);
            }
            // The others may have had an election of their own, on a busy machine.
            QVERIFY(!fixture.awaitLeader(fixture.others({away}), &termMeanwhile).empty());
            VERIFY_OK(fixture.cluster->apply(control::HealAll{}));
            QVERIFY(!fixture.awaitLeader(fixture.names(), &termAfter).empty());
            qInfo("pre-vote %s: term %llu before, %llu after", preVote ? "on" : "off",
                  static_cast<unsigned long long>(term), static_cast<unsigned long long>(termAfter));
            if (preVote)
                QCOMPARE(termAfter, termMeanwhile);
            else
                QVERIFY(termAfter >= term + 3);
        }
    }

    void aLeaderCutOffStepsDownOnlyWithCheckQuorum() {
        auto& fixture = *m_fixture;
        VERIFY_EMPTY(fixture.start(3));
        for (const bool checkQuorum : {true, false}) {
            VERIFY_OK(fixture.cluster->apply(control::SetProtocol{true, checkQuorum}));
            std::uint64_t term = 0, termAfter = 0;
            const std::string leader = fixture.awaitLeader(fixture.names(), &term);
            QVERIFY(!leader.empty());
            VERIFY_OK(fixture.cluster->apply(control::Partition{{{leader}}}));
            const auto leadsItself = [&] {
                const auto status = fixture.clientOf(leader)->status();
                return status && status->leader == status->header.memberId;
            };
            const std::string next = fixture.awaitLeader(fixture.others({leader}), &termAfter);
            QVERIFY(!next.empty() && next != leader && termAfter > term);
            if (checkQuorum) {
                QVERIFY(e2e::eventually([&] { return !leadsItself(); }));
            } else {
                // It still does when the other side has a leader and has written; nobody is acknowledged here.
                QVERIFY(fixture.putSome(next, 20));
                QVERIFY(leadsItself());
                QVERIFY(!fixture.put(leader, 1500));
                QVERIFY(leadsItself());
            }
            VERIFY_OK(fixture.cluster->apply(control::HealAll{}));
            QVERIFY(!fixture.awaitLeader(fixture.names()).empty());
            VERIFY_EMPTY(fixture.verify());
        }
    }

    // Through each node's own control service.
    void campaignTransferAndOneNodesOwnTimeout() {
        auto& fixture = *m_fixture;
        VERIFY_EMPTY(fixture.start(3));
        VERIFY_OK(fixture.cluster->apply(control::SetProtocol{false, false}));
        const std::string leader = fixture.awaitLeader(fixture.names());
        QVERIFY(!leader.empty());
        const std::string first = fixture.others({leader}).front(), second = fixture.others({leader}).back();
        VERIFY_OK(fixture.cluster->apply(control::Campaign{first}));
        QVERIFY(e2e::eventually([&] { return fixture.leaderAmong(fixture.names()) == first; }));
        VERIFY_OK(fixture.cluster->apply(control::TransferLeadership{second}));
        QVERIFY(e2e::eventually([&] { return fixture.leaderAmong(fixture.names()) == second; }));

        const auto control = [&](const std::string& name) {
            return client::ControlClient::create("unix:" + fixture.nodeOf(name).adminSocket);
        };
        client::PaceSettings own;
        own.electionTicks = 777;
        QVERIFY(control(first)->setPace(own).ok());
        QCOMPARE(control(first)->state()->pace.electionTicks, 777U);
        QVERIFY(control(second)->state()->pace.electionTicks != 777U);
    }

private:
    std::unique_ptr<e2e::ClusterFixture> m_fixture;
};

RAFTARIUM_TEST_CLASS(ClusterMembers)
#include "cluster_members.moc"
