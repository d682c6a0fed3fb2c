// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Raft paper (Ongaro, Ousterhout, extended version), sections 5.1, 5.2 and 5.4.1; thesis 3.4, 4.2.3, 6.2 and 9.6.
#include "tests/raft/group.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::raft;
using namespace raftarium::raft::testing;

namespace {

// Of the last VoteCast in the trace.
VoteResult lastVote(const std::vector<TraceEvent>& trace) {
    for (auto it = trace.rbegin(); it != trace.rend(); ++it) {
        if (const auto* vote = std::get_if<trace::VoteCast>(&*it)) return vote->result;
    }
    return VoteResult::granted;
}

const Message* lastOf(const std::vector<Message>& sent, MessageType type, NodeId from) {
    for (auto it = sent.rbegin(); it != sent.rend(); ++it) {
        if (it->type == type && it->from == from) return &*it;
    }
    return nullptr;
}

}  // namespace

class PaperElection : public QObject {
    Q_OBJECT
private slots:
    // 5.1: "If one server's current term is smaller than the other's, then it updates its current term to the larger."
    void newerTermIsTaken_data() {
        QTest::addColumn<int>("role");
        QTest::newRow("follower") << static_cast<int>(Role::follower);
        QTest::newRow("candidate") << static_cast<int>(Role::candidate);
        QTest::newRow("leader") << static_cast<int>(Role::leader);
    }
    void newerTermIsTaken() {
        QFETCH(int, role);
        Group group(3);
        if (role != static_cast<int>(Role::follower)) group.node(1).campaign();
        if (role == static_cast<int>(Role::leader)) group.settle();
        QCOMPARE(static_cast<int>(group.core(1).role()), role);
        group.step(makeMessage(MessageType::app, 2, 1, 5));
        QCOMPARE(group.core(1).term(), Term{5});
        QCOMPARE(group.core(1).role(), Role::follower);
        QCOMPARE(group.core(1).lead(), NodeId{2});
    }
    // 5.1: "If a server receives a request with a stale term number, it rejects the request."
    void staleTermIsRejected() {
        Group group(3);
        group.setLog(1, {1}, 3);
        Message append = makeMessage(MessageType::app, 2, 1, 2);
        append.logTerm = 1;
        append.index = 1;
        append.entries.push_back({2, 2, EntryType::normal, {}});
        group.step(append);
        QCOMPARE(group.log(1), Terms({1}));
        QCOMPARE(group.core(1).lead(), kNone);
    }
    // 5.2: "When servers start up, they begin as followers."
    void startsAsFollower() {
        Group group(3);
        for (NodeId id = 1; id <= 3; ++id) QCOMPARE(group.core(id).role(), Role::follower);
    }
    // 5.2: heartbeats go to all followers periodically.
    void leaderSendsHeartbeats() {
        Group group(3, [](Config& config) { config.heartbeatTicks = 2; });
        group.elect(1);
        group.sent.clear();
        group.node(1).tick();
        group.settle();
        QVERIFY(!lastOf(group.sent, MessageType::heartbeat, 1));
        group.node(1).tick();
        group.settle();
        std::set<NodeId> to;
        for (const Message& message : group.sent) {
            if (message.type == MessageType::heartbeat) to.insert(message.to);
        }
        QCOMPARE(to, std::set<NodeId>({2, 3}));
    }
    // 5.2: no communication over the election timeout: increments its term, votes for itself, asks all the others.
    void followerCampaignsAfterTimeout() {
        Group group(5);
        group.cut({1});
        const int timeout = group.node(1).status().randomizedElectionTimeoutTicks;
        for (int i = 1; i < timeout; ++i) group.node(1).tick();
        QCOMPARE(group.core(1).role(), Role::follower);
        group.node(1).tick();
        QCOMPARE(group.core(1).role(), Role::candidate);
        QCOMPARE(group.core(1).term(), Term{1});
        QCOMPARE(group.core(1).hardState().vote, NodeId{1});
        group.settle();
        std::set<NodeId> asked;
        for (const Message& message : group.sent) {
            if (message.type == MessageType::vote) asked.insert(message.to);
        }
        QCOMPARE(asked, std::set<NodeId>({2, 3, 4, 5}));
    }
    // 5.2: wins with votes from a majority of the full cluster in the same term; else goes on, or loses.
    void majorityDecides_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("granted");  // by others
        QTest::addColumn<int>("refused");
        QTest::addColumn<int>("role");
        const int candidate = static_cast<int>(Role::candidate);
        const int leader = static_cast<int>(Role::leader);
        const int follower = static_cast<int>(Role::follower);
        QTest::newRow("1 alone") << 1 << 0 << 0 << leader;
        QTest::newRow("3, none") << 3 << 0 << 0 << candidate;
        QTest::newRow("3, one grants") << 3 << 1 << 0 << leader;
        QTest::newRow("3, one refuses") << 3 << 0 << 1 << candidate;
        QTest::newRow("3, both refuse") << 3 << 0 << 2 << follower;
        QTest::newRow("5, one") << 5 << 1 << 0 << candidate;
        QTest::newRow("5, two grant, two refuse") << 5 << 2 << 2 << leader;
        QTest::newRow("5, three refuse") << 5 << 1 << 3 << follower;
        QTest::newRow("7, three") << 7 << 3 << 0 << leader;
    }
    void majorityDecides() {
        QFETCH(int, size);
        QFETCH(int, granted);
        QFETCH(int, refused);
        QFETCH(int, role);
        Group group(size);
        group.drop = [](const Message&) { return true; };
        group.node(1).campaign();
        group.settle();
        for (int i = 0; i < granted + refused; ++i) {
            Message answer = makeMessage(MessageType::voteResp, static_cast<NodeId>(2 + i), 1, 1);
            answer.reject = i >= granted;
            group.step(answer);
        }
        QCOMPARE(static_cast<int>(group.core(1).role()), role);
    }
    // 5.2: at most one vote in a term, first come first served; the same candidate may ask again.
    void oneVotePerTerm() {
        Group group(3);
        group.step(makeMessage(MessageType::vote, 2, 1, 1));
        group.step(makeMessage(MessageType::vote, 3, 1, 1));
        group.settle();
        QVERIFY(lastOf(group.sent, MessageType::voteResp, 1)->reject);
        QCOMPARE(lastVote(group.trace(1)), VoteResult::alreadyVoted);
        group.step(makeMessage(MessageType::vote, 2, 1, 1));
        group.settle();
        QVERIFY(!lastOf(group.sent, MessageType::voteResp, 1)->reject);
        group.step(makeMessage(MessageType::vote, 3, 1, 2));
        group.settle();
        QVERIFY(!lastOf(group.sent, MessageType::voteResp, 1)->reject);
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    // 5.2, figure 2: votedFor is on stable storage; a restart does not free the vote.
    void voteSurvivesRestart() {
        Group group(3);
        group.step(makeMessage(MessageType::vote, 2, 1, 4));
        group.process(1);
        group.restart(1);
        group.step(makeMessage(MessageType::vote, 3, 1, 4));
        group.settle();
        QVERIFY(lastOf(group.sent, MessageType::voteResp, 1)->reject);
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    // 5.4.1: the voter refuses if its own log is more up-to-date: later last term, or same term and longer.
    void newerLogRefuses_data() {
        QTest::addColumn<quint64>("lastTerm");
        QTest::addColumn<quint64>("lastIndex");
        QTest::addColumn<bool>("granted");
        QTest::newRow("same") << quint64{2} << quint64{3} << true;
        QTest::newRow("longer") << quint64{2} << quint64{4} << true;
        QTest::newRow("shorter") << quint64{2} << quint64{2} << false;
        QTest::newRow("later term, shorter") << quint64{3} << quint64{1} << true;
        QTest::newRow("earlier term, longer") << quint64{1} << quint64{9} << false;
        QTest::newRow("empty") << quint64{0} << quint64{0} << false;
    }
    void newerLogRefuses() {
        QFETCH(quint64, lastTerm);
        QFETCH(quint64, lastIndex);
        QFETCH(bool, granted);
        Group group(3);
        group.setLog(1, {1, 2, 2}, 4);
        Message request = makeMessage(MessageType::vote, 2, 1, 5);
        request.logTerm = lastTerm;
        request.index = lastIndex;
        group.step(request);
        group.settle();
        QCOMPARE(lastOf(group.sent, MessageType::voteResp, 1)->reject, !granted);
        QCOMPARE(lastVote(group.trace(1)), granted ? VoteResult::granted : VoteResult::logBehind);
    }
    // 5.2: a candidate that hears from a leader of its term returns to follower; of an earlier term it does not.
    void candidateYields() {
        Group group(3);
        group.node(1).campaign();
        group.step(makeMessage(MessageType::heartbeat, 2, 1, 1));
        QCOMPARE(group.core(1).role(), Role::follower);
        QCOMPARE(group.core(1).lead(), NodeId{2});
        group.node(1).campaign();
        group.step(makeMessage(MessageType::heartbeat, 2, 1, 1));
        QCOMPARE(group.core(1).role(), Role::candidate);
    }
    // 5.2: timeouts are chosen randomly from a fixed interval, so split votes are rare and soon resolved.
    void timeoutsAreRandomAndSpread() {
        Group group(1, [](Config& config) { config.electionTicks = 10; });
        Group pair(2);
        std::map<int, int> seen;
        for (int i = 0; i < 2000; ++i) {
            pair.step(makeMessage(MessageType::heartbeat, 2, 1, static_cast<Term>(i + 1)));
            ++seen[pair.node(1).status().randomizedElectionTimeoutTicks];
        }
        QCOMPARE(seen.begin()->first, 10);
        QCOMPARE(seen.rbegin()->first, 19);
        for (const auto& [ticks, count] : seen) QVERIFY2(count > 100, std::to_string(ticks).c_str());
    }
    void splitVotesResolve() {
        int rounds = 0;
        for (std::uint64_t seed = 1; seed <= 50; ++seed) {
            Group group(3, [seed](Config& config) { config.seed = seed * 100 + config.id; });
            // All time out together at first.
            for (NodeId id = 1; id <= 3; ++id) group.node(id).campaign();
            group.settle();
            int ticks = 0;
            const auto led = [&group] {
                for (NodeId id = 1; id <= 3; ++id) {
                    if (group.core(id).role() == Role::leader) return true;
                }
                return false;
            };
            QVERIFY(!led());
            while (!led()) {
                for (NodeId id = 1; id <= 3; ++id) {
                    group.node(id).tick();
                    group.settle();
                }
                QVERIFY(++ticks < 1000);
            }
            rounds += ticks;
            QVERIFY2(!group.fault, group.fault.value_or("").c_str());
        }
        // Within two timeouts on average.
        QVERIFY(rounds / 50 < 40);
    }
    // Thesis 9.6: with pre-vote, a member cut off does not raise its term, and does not disturb on return.
    void preVoteKeepsTerms() {
        Group group(3, [](Config& config) { config.preVote = config.checkQuorum = true; });
        group.elect(1);
        group.cut({3});
        for (int i = 0; i < 200; ++i) {
            group.node(3).tick();
            group.settle();
        }
        QCOMPARE(group.core(3).role(), Role::preCandidate);
        QCOMPARE(group.core(3).term(), Term{1});
        group.heal();
        group.node(1).tick();
        group.settle();
        QCOMPARE(group.core(1).role(), Role::leader);
        QCOMPARE(group.core(3).role(), Role::follower);
        QCOMPARE(group.core(1).term(), Term{1});
    }
    // Thesis 4.2.3: a vote request within the minimum election timeout of hearing from a leader is ignored.
    void leaseProtectsTheLeader() {
        Group group(3, [](Config& config) { config.checkQuorum = true; });
        group.elect(1);
        group.node(3).campaign();
        group.settle();
        QCOMPARE(group.core(1).role(), Role::leader);
        QCOMPARE(group.core(2).term(), Term{1});
        group.node(2).propose(base::Bytes("x"));
        group.settle();
        QCOMPARE(lastVote(group.trace(2)), VoteResult::leaderLease);
    }
    // Thesis 6.2: a leader steps down if an election timeout passes without a round of heartbeats to a majority.
    void leaderWithoutQuorumStepsDown() {
        Group group(3, [](Config& config) { config.checkQuorum = true; });
        group.elect(1);
        group.cut({1});
        for (int i = 0; i < 10; ++i) group.node(1).tick();
        QCOMPARE(group.core(1).role(), Role::leader);  // they were heard from in this interval
        for (int i = 0; i < 10; ++i) group.node(1).tick();
        QCOMPARE(group.core(1).role(), Role::follower);
        QCOMPARE(group.core(1).term(), Term{1});
    }
    // Switches while running, for lessons.
    void switchesWhileRunning() {
        Group group(3);
        group.elect(1);
        group.node(3).setPreVote(true);
        group.cut({3});
        group.node(3).campaign();
        QCOMPARE(group.core(3).role(), Role::preCandidate);
        group.node(1).setCheckQuorum(true);
        group.cut({1});
        for (int i = 0; i < 20; ++i) group.node(1).tick();
        QCOMPARE(group.core(1).role(), Role::follower);
        for (int i = 0; i < 5; ++i) group.node(2).tick();
        group.node(2).setTicks(30, 3);
        QVERIFY(group.node(2).status().randomizedElectionTimeoutTicks >= 30);
        QVERIFY(group.node(2).status().randomizedElectionTimeoutTicks < 60);
        QCOMPARE(group.node(2).status().electionElapsedTicks, 15);
        QCOMPARE(group.core(2).role(), Role::follower);
        group.node(2).setRandomizedElectionTimeout(1);
        group.node(2).tick();
        QCOMPARE(group.core(2).role(), Role::candidate);
    }
};

RAFTARIUM_TEST_CLASS(PaperElection)
#include "paper_election.moc"
