// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Raft paper, section 6; thesis 4.1 to 4.4.
#include "tests/raft/group.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::raft;
using namespace raftarium::raft::testing;

namespace {

ConfChange single(ConfChangeType type, NodeId id) { return {0, type, id, {}}; }

}  // namespace

class PaperMembership : public QObject {
    Q_OBJECT
private slots:
    // Thesis 4.1: one change at a time; another one proposed before it is applied is refused, as an empty entry.
    void oneChangeAtATime() {
        Group group(3);
        group.elect(1);
        group.drop = [](const Message& message) { return message.type == MessageType::appResp; };
        QCOMPARE(group.node(1).proposeConfChange(single(ConfChangeType::removeNode, 3)), StepError::none);
        QCOMPARE(group.node(1).proposeConfChange(single(ConfChangeType::removeNode, 2)), StepError::none);
        group.settle();
        const auto entries = std::get<std::vector<Entry>>(group.core(1).log().slice(2, 4, kNoLimit));
        QCOMPARE(entries[0].type, EntryType::confChange);
        QCOMPARE(entries[1].type, EntryType::normal);
        QVERIFY(entries[1].data.isNull());
    }
    // Thesis 4.1: also by a new leader, until its whole inherited log is applied.
    void newLeaderWaitsWithChanges() {
        Group group(3);
        group.drop = [](const Message& message) { return message.type == MessageType::appResp; };
        group.setLog(1, {1, 1}, 1);
        group.setLog(2, {1, 1}, 1);
        group.elect(1);
        group.node(1).proposeConfChange(single(ConfChangeType::removeNode, 3));
        const Index last = group.core(1).log().lastIndex();
        const auto entries = std::get<std::vector<Entry>>(group.core(1).log().slice(last, last + 1, kNoLimit));
        QCOMPARE(entries[0].type, EntryType::normal);
    }
    // Section 6: in the joint configuration both majorities are needed, for elections and for commitment.
    void jointNeedsBothMajorities() {
        Group group(5);
        group.elect(1);
        ConfChangeV2 change;
        change.transition = ConfChangeTransition::jointExplicit;
        // From {1 2 3 4 5} to {1 2}.
        for (const NodeId id : {3, 4, 5}) change.changes.push_back({ConfChangeType::removeNode, id});
        QCOMPARE(group.node(1).proposeConfChange(change), StepError::none);
        group.settle();
        QCOMPARE(group.node(1).confState().votersOutgoing.size(), 5U);
        const Index before = group.core(1).log().committed();
        // A majority of the old ones alone.
        group.cut({2});
        group.propose(1, "a");
        group.settle();
        QCOMPARE(group.core(1).log().committed(), before);
        // With the last new one as well.
        group.heal();
        group.node(1).tick();
        group.settle();
        QCOMPARE(group.core(1).log().committed(), before + 1);
        // A majority of the new ones alone.
        group.cut({3, 4, 5});
        group.propose(1, "b");
        group.settle();
        QCOMPARE(group.core(2).log().lastIndex(), before + 2);
        QCOMPARE(group.core(1).log().committed(), before + 1);
        group.node(2).campaign();
        group.settle();
        QVERIFY(group.core(2).role() != Role::leader);
        // Both.
        group.heal();
        group.elect(1);
        QCOMPARE(group.core(1).role(), Role::leader);
        QVERIFY(group.core(1).log().committed() > before + 2);
        // Leaving it.
        QCOMPARE(group.node(1).proposeConfChange(ConfChangeV2{}), StepError::none);
        group.settle();
        QVERIFY(group.node(1).confState().votersOutgoing.empty());
        QCOMPARE(group.node(1).confState().voters, std::vector<NodeId>({1, 2}));
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    void jointLeavesByItself() {
        Group group(5);
        group.elect(1);
        ConfChangeV2 change;
        change.changes = {{ConfChangeType::removeNode, 4}, {ConfChangeType::addLearnerNode, 5}};
        group.node(1).proposeConfChange(change);
        group.settle();
        for (NodeId id = 1; id <= 3; ++id) {
            QCOMPARE(group.node(id).confState().voters, std::vector<NodeId>({1, 2, 3}));
            QCOMPARE(group.node(id).confState().learners, std::vector<NodeId>({5}));
            QVERIFY(group.node(id).confState().votersOutgoing.empty());
        }
    }
    // Thesis 4.2.1: a learner gets the log, but neither votes count nor acknowledgements, and it does not campaign.
    void learnersDoNotCount() {
        Group group(4);
        group.elect(1);
        group.node(1).proposeConfChange(single(ConfChangeType::addLearnerNode, 4));
        group.settle();
        group.cut({2, 3});
        group.propose(1, "x");
        group.settle();
        QCOMPARE(group.core(4).log().lastIndex(), group.core(1).log().lastIndex());
        QVERIFY(group.applied(1).empty());
        for (int i = 0; i < 100; ++i) group.node(4).tick();
        QCOMPARE(group.core(4).role(), Role::follower);
        group.heal();
        group.node(1).tick();
        group.settle();
        group.node(1).proposeConfChange(single(ConfChangeType::addNode, 4));
        group.settle();
        QCOMPARE(group.node(1).confState().voters.size(), 4U);
        QVERIFY(group.node(1).confState().learners.empty());
    }
    // Thesis 4.2.2: a leader that is removed manages the cluster without itself until the change is committed.
    void removedLeader_data() {
        QTest::addColumn<bool>("stepDown");
        QTest::newRow("goes on until replaced") << false;
        QTest::newRow("steps down") << true;
    }
    void removedLeader() {
        QFETCH(bool, stepDown);
        Group group(3, [stepDown](Config& config) { config.stepDownOnRemoval = stepDown; });
        group.elect(1);
        group.node(1).proposeConfChange(single(ConfChangeType::removeNode, 1));
        group.settle();
        QCOMPARE(group.core(1).role(), stepDown ? Role::follower : Role::leader);
        QCOMPARE(group.propose(1, "x"), StepError::proposalDropped);
        QCOMPARE(group.node(2).confState().voters, std::vector<NodeId>({2, 3}));
        group.elect(2);
        QCOMPARE(group.core(2).role(), Role::leader);
        group.propose(2, "y");
        group.settle();
        QCOMPARE(group.applied(3), std::vector<std::string>({"y"}));
        QVERIFY2(!group.fault, group.fault.value_or("").c_str());
    }
    // A member with a committed change it has not applied does not campaign by the old configuration.
    void noCampaignBeforeApplying() {
        Group group(3);
        group.elect(1);
        group.node(1).proposeConfChange(single(ConfChangeType::removeNode, 3));
        group.settle();
        // 2 restarts: the change is committed and has to be applied again.
        group.restart(2);
        group.node(2).campaign();
        QCOMPARE(group.core(2).role(), Role::follower);
        group.process(2);
        group.node(2).campaign();
        QCOMPARE(group.core(2).role(), Role::candidate);
    }
    // The first configuration of a new cluster comes from its own log.
    void bootstrap() {
        MemoryStorage storage;
        Config config;
        config.id = 2;
        config.storage = &storage;
        RawNode node(config);
        node.bootstrap({{1, {}}, {2, base::Bytes("two")}, {3, {}}});
        QCOMPARE(node.confState().voters, std::vector<NodeId>({1, 2, 3}));
        const Ready ready = node.ready();
        QCOMPARE(ready.hardState.term, Term{1});
        QCOMPARE(ready.hardState.commit, Index{3});
        QCOMPARE(ready.entries.size(), 3U);
        QCOMPARE(ready.committedEntries.size(), 3U);
        const auto change = decodeConfChange(ready.entries[1].data.view());
        QVERIFY(change.has_value());
        QCOMPARE(change->nodeId, NodeId{2});
        QCOMPARE(change->context.view(), std::string_view("two"));
    }
};

RAFTARIUM_TEST_CLASS(PaperMembership)
#include "paper_membership.moc"
