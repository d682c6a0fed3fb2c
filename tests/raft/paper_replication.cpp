// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Raft paper, sections 5.3, 5.4.2, 7 and 8 with figures 7 and 8; thesis 3.10 (transfer) and 6.4 (reads).
#include "tests/raft/group.h"
#include "tests/raft/stale_read.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::raft;
using namespace raftarium::raft::testing;

Q_DECLARE_METATYPE(Terms)

class PaperReplication : public QObject {
    Q_OBJECT
private slots:
    // 5.3: the leader appends, replicates, and applies once a majority has the entry.
    void commitNeedsMajority_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("cut");
        QTest::addColumn<bool>("commits");
        QTest::newRow("1") << 1 << 0 << true;
        QTest::newRow("3, one down") << 3 << 1 << true;
        QTest::newRow("3, two down") << 3 << 2 << false;
        QTest::newRow("5, two down") << 5 << 2 << true;
        QTest::newRow("5, three down") << 5 << 3 << false;
        QTest::newRow("4, two down") << 4 << 2 << false;
    }
    void commitNeedsMajority() {
        QFETCH(int, size);
        QFETCH(int, cut);
        QFETCH(bool, commits);
        Group group(size);
        group.elect(1);
        std::set<NodeId> down;
        for (int i = 0; i < cut; ++i) down.insert(static_cast<NodeId>(size - i));
        group.cut(down);
        QCOMPARE(group.propose(1, "x"), StepError::none);
        group.settle();
        QCOMPARE(group.applied(1).size(), commits ? 1U : 0U);
        group.heal();
        group.node(1).tick();
        group.settle();
        for (NodeId id = 1; id <= static_cast<NodeId>(size); ++id) {
            QCOMPARE(group.applied(id), std::vector<std::string>({"x"}));
        }
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    // 5.3: followers learn the commit index from the leader's messages, and never beyond what they hold.
    void followerCommit_data() {
        QTest::addColumn<quint64>("leaderCommit");
        QTest::addColumn<quint64>("commit");
        QTest::newRow("part") << quint64{2} << quint64{2};
        QTest::newRow("all") << quint64{3} << quint64{3};
        QTest::newRow("beyond") << quint64{9} << quint64{3};
    }
    void followerCommit() {
        QFETCH(quint64, leaderCommit);
        QFETCH(quint64, commit);
        Group group(3);
        // Its fourth and fifth entry are of another history.
        group.setLog(1, {1, 1, 1, 2, 2}, 2);
        Message append = makeMessage(MessageType::app, 2, 1, 3);
        append.index = 2;
        append.logTerm = 1;
        append.entries.push_back({1, 3, EntryType::normal, base::Bytes("1/3")});
        append.commit = leaderCommit;
        group.step(append);
        QCOMPARE(group.core(1).log().committed(), commit);
        QCOMPARE(group.log(1), Terms({1, 1, 1, 2, 2}));  // nothing conflicted, so nothing is removed
    }
    // 5.3: the consistency check on the previous entry.
    void previousEntryMustMatch_data() {
        QTest::addColumn<quint64>("term");
        QTest::addColumn<quint64>("index");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("start") << quint64{0} << quint64{0} << true;
        QTest::newRow("first") << quint64{1} << quint64{1} << true;
        QTest::newRow("last") << quint64{2} << quint64{2} << true;
        QTest::newRow("other term") << quint64{1} << quint64{2} << false;
        QTest::newRow("missing") << quint64{2} << quint64{3} << false;
    }
    void previousEntryMustMatch() {
        QFETCH(quint64, term);
        QFETCH(quint64, index);
        QFETCH(bool, accepted);
        Group group(3);
        group.setLog(1, {1, 2}, 2);
        Message append = makeMessage(MessageType::app, 2, 1, 3);
        append.logTerm = term;
        append.index = index;
        group.step(append);
        group.settle();
        QCOMPARE(group.sent.back().type, MessageType::appResp);
        QCOMPARE(group.sent.back().reject, !accepted);
    }
    // Figure 7: whatever the followers' logs look like, the leader of term 8 makes them its own.
    void figure7_data() {
        QTest::addColumn<Terms>("log");
        QTest::addColumn<quint64>("term");
        QTest::newRow("a: one missing") << Terms({1, 1, 1, 4, 4, 5, 5, 6, 6}) << quint64{6};
        QTest::newRow("b: many missing") << Terms({1, 1, 1, 4}) << quint64{4};
        QTest::newRow("c: one more of the term") << Terms({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}) << quint64{6};
        QTest::newRow("d: two more of a later term") << Terms({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}) << quint64{7};
        QTest::newRow("e: wrong and short") << Terms({1, 1, 1, 4, 4, 4, 4}) << quint64{4};
        QTest::newRow("f: wrong and long") << Terms({1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}) << quint64{3};
    }
    void figure7() {
        QFETCH(Terms, log);
        QFETCH(quint64, term);
        const Terms leader = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
        Group group(3);
        group.setLog(1, leader, 7);
        group.setLog(2, log, std::max<Term>(term, 7));
        group.setLog(3, leader, 7);  // its vote elects the leader
        group.elect(1);
        QCOMPARE(group.core(1).role(), Role::leader);
        QCOMPARE(group.core(1).term(), Term{8});
        Terms expected = leader;
        expected.push_back(8);
        QCOMPARE(group.log(2), expected);
        QCOMPARE(group.core(2).log().committed(), Index{11});
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    // 5.3: with hints, one rejection per conflicting term at most instead of one per entry.
    void rejectionSkipsTerms() {
        Group group(3);
        Terms leader(3, 1);
        leader.insert(leader.end(), 30, 5);
        Terms follower(3, 1);
        follower.insert(follower.end(), 20, 2);
        follower.insert(follower.end(), 20, 3);
        group.setLog(1, leader, 6);
        group.setLog(2, follower, 6);
        group.setLog(3, leader, 6);
        group.elect(1);
        int rejections = 0;
        for (const Message& message : group.sent) {
            rejections += message.type == MessageType::appResp && message.reject && message.from == 2 ? 1 : 0;
        }
        QVERIFY(rejections >= 1 && rejections <= 3);
        QCOMPARE(group.log(2), group.log(1));
    }
    // 5.3: a leader never overwrites or removes its own entries; 5.4.2 and figure 8: it does not commit an entry of an
    // earlier term by counting, only together with one of its own.
    void figure8() {
        Group group(5);
        // (c): S1, leader of term 4 again, has its entry of term 2 on a majority; S5 has one of term 3.
        group.setLog(1, {1, 2}, 3);
        group.setLog(2, {1, 2}, 3);
        group.setLog(3, {1}, 3);
        group.setLog(4, {1}, 3);
        group.setLog(5, {1, 3}, 3, 5);
        // The new leader's own entry gets nowhere yet; what it holds from term 2 does.
        group.drop = [](const Message& message) {
            if (message.to == 5 || message.from == 5) return true;
            return message.type == MessageType::app && !message.entries.empty() && message.entries.back().term == 4;
        };
        group.elect(1);
        QCOMPARE(group.core(1).role(), Role::leader);
        QCOMPARE(group.core(1).term(), Term{4});
        Message acknowledged = makeMessage(MessageType::appResp, 2, 1, 4);
        acknowledged.index = 2;
        group.step(acknowledged);
        acknowledged.from = acknowledged.to = 1;
        acknowledged.from = 3;
        group.step(acknowledged);
        group.settle();
        QCOMPARE(group.core(1).log().committed(), Index{0});
        // (e): with an entry of term 4 on a majority, both are committed.
        acknowledged.index = 3;
        group.step(acknowledged);
        acknowledged.from = 2;
        group.step(acknowledged);
        QCOMPARE(group.core(1).log().committed(), Index{3});
    }
    // Figure 8 (d): until then, S5 may still win and overwrite.
    void figure8Overwrite() {
        Group group(5);
        for (const NodeId id : {1, 2, 3}) group.setLog(id, {1, 2}, 4);
        group.setLog(4, {1}, 4);
        group.setLog(5, {1, 3}, 4);
        group.cut({1});
        group.elect(5);
        QCOMPARE(group.core(5).role(), Role::leader);
        QCOMPARE(group.log(2), Terms({1, 3, 5}));
        group.heal();
        group.node(5).tick();
        group.settle();
        QCOMPARE(group.log(1), Terms({1, 3, 5}));
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    // 5.4.3: a committed entry is in the log of every later leader, whoever that is.
    void committedEntriesStay() {
        for (NodeId next = 2; next <= 5; ++next) {
            Group group(5);
            group.elect(1);
            group.cut({4, 5});
            group.propose(1, "kept");
            group.settle();
            group.cut({1});
            group.elect(next);
            const bool hasIt = next <= 3;
            QCOMPARE(group.core(next).role() == Role::leader, hasIt);
            QVERIFY2(!group.fault, group.fault.value_or("").c_str());
        }
    }
    // 8: a leader commits a no-op of its term at once, and with it what earlier leaders left.
    void newLeaderCommitsNoOp() {
        Group group(3);
        group.setLog(1, {1, 1}, 1);
        group.setLog(2, {1, 1}, 1);
        group.elect(1);
        QCOMPARE(group.log(1), Terms({1, 1, 2}));
        QCOMPARE(group.core(1).log().committed(), Index{3});
        QCOMPARE(group.applied(3), std::vector<std::string>({"1/1", "1/2"}));
    }
    // 7: a follower that needs entries already dropped gets the snapshot instead.
    void snapshotForTheFarBehind() {
        Group group(3);
        group.elect(1);
        group.cut({3});
        for (int i = 0; i < 5; ++i) group.propose(1, "e" + std::to_string(i));
        group.settle();
        const Index applied = group.core(1).log().applied();
        QVERIFY(group.storage(1).createSnapshot(applied, group.node(1).confState(), base::Bytes("state")));
        QVERIFY(group.storage(1).compact(applied));
        group.heal();
        group.node(1).tick();
        group.settle();
        QCOMPARE(group.core(3).log().firstIndex(), applied + 1);
        QCOMPARE(group.core(3).log().committed(), applied);
        group.propose(1, "after");
        group.settle();
        QCOMPARE(group.applied(3), std::vector<std::string>({"after"}));
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    // Thesis 6.4: a read is answered only once a majority has confirmed the leader, by any member.
    void readsNeedAQuorum_data() {
        QTest::addColumn<int>("at");
        QTest::newRow("leader") << 1;
        QTest::newRow("follower") << 2;
    }
    void readsNeedAQuorum() {
        QFETCH(int, at);
        Group group(3);
        group.elect(1);
        const auto id = static_cast<NodeId>(at);
        group.drop = [](const Message& message) { return message.type == MessageType::heartbeatResp; };
        group.node(id).readIndex(base::Bytes("r1"));
        group.settle();
        QVERIFY(group.reads(id).empty());
        group.drop = {};
        group.node(id).readIndex(base::Bytes("r2"));
        group.settle();
        // The later one confirmed releases the earlier one as well.
        QCOMPARE(group.reads(id).size(), 2U);
        QCOMPARE(group.reads(id)[0].index, group.core(1).log().committed());
    }
    // A repeated request has the context it had; a late answer for the first one confirms nothing of the second, nor
    // what came before it.
    void aRepeatedContextConfirmsNothingNew() {
        const Fault fault = readAfterRepeatedContext();
        QVERIFY2(!fault, fault.value_or("").c_str());
    }
    // Each of two requests with one context is answered.
    void repeatedReadsAreAnswered() {
        Group group(3);
        group.elect(1);
        group.drop = [](const Message& message) { return message.type == MessageType::heartbeatResp; };
        group.node(2).readIndex(base::Bytes("A"));
        group.settle();
        group.node(2).readIndex(base::Bytes("A"));
        group.settle();
        QVERIFY(group.reads(2).empty());
        group.drop = {};
        group.node(1).tick();
        group.settle();
        QCOMPARE(group.reads(2).size(), 2U);
        for (const ReadState& read : group.reads(2)) QCOMPARE(read.context.view(), std::string_view("A"));
    }
    void newLeaderHoldsReads() {
        Group group(3);
        group.drop = [](const Message& message) { return message.type == MessageType::appResp; };
        group.elect(1);
        group.node(1).readIndex(base::Bytes("r"));
        group.settle();
        QVERIFY(group.reads(1).empty());
        group.drop = {};
        group.node(1).tick();
        group.settle();
        QCOMPARE(group.reads(1).size(), 1U);
        QCOMPARE(group.reads(1)[0].index, Index{1});
    }
    // Thesis 3.10: transfer brings the target up to date, then tells it to campaign at once, lease or not.
    void transfer() {
        Group group(3, [](Config& config) { config.checkQuorum = config.preVote = true; });
        group.elect(1);
        group.cut({2});
        group.propose(1, "x");
        group.settle();
        group.heal();
        group.node(1).transferLeader(2);
        QCOMPARE(group.propose(1, "refused"), StepError::proposalDropped);
        group.node(1).tick();
        group.settle();
        QCOMPARE(group.core(2).role(), Role::leader);
        QCOMPARE(group.core(1).role(), Role::follower);
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    void transferGivesUp() {
        Group group(3);
        group.elect(1);
        group.cut({2});
        group.node(1).transferLeader(2);
        for (int i = 0; i < 10; ++i) group.node(1).tick();
        QCOMPARE(group.node(1).status().leadTransferee, kNone);
        QCOMPARE(group.propose(1, "again"), StepError::none);
    }
};

RAFTARIUM_TEST_CLASS(PaperReplication)
#include "paper_replication.moc"
