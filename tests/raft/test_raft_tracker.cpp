// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Quorums, windows, progress, configuration changes, waiting reads, and the codec of changes.
#include "cluster/base/rng.h"
#include "cluster/raft/conf/conf_change_codec.h"
#include "cluster/raft/conf/conf_changer.h"
#include "cluster/raft/read_index.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <algorithm>

using namespace raftarium;
using namespace raftarium::raft;

namespace {

// By the definition: the largest index that a majority has reached.
Index naiveCommitted(const VoterSet& voters, const std::map<NodeId, Index>& acknowledged) {
    if (voters.empty()) return kEveryIndex;
    Index best = 0;
    for (Index candidate = 0; candidate <= 20; ++candidate) {
        std::size_t have = 0;
        for (const NodeId id : voters) have += acknowledged.at(id) >= candidate ? 1U : 0U;
        if (2 * have > voters.size()) best = candidate;
    }
    return best;
}

VoterSet randomVoters(base::Rng& rng, std::size_t most) {
    VoterSet out;
    const std::size_t count = rng.below(most + 1);
    while (out.size() < count) insertId(out, 1 + rng.below(24));
    return out;
}

}  // namespace

class TestTracker : public QObject {
    Q_OBJECT
private slots:
    void quorumAgainstNaive() {
        base::Rng rng(3);
        for (int round = 0; round < 20000; ++round) {
            const JointVoters voters{randomVoters(rng, 20), rng.chance(0.5) ? randomVoters(rng, 7) : VoterSet{}};
            std::map<NodeId, Index> acknowledged;
            for (const NodeId id : voters.all()) acknowledged[id] = rng.below(20);
            const Index found = voters.committed([&](NodeId id) { return acknowledged.at(id); });
            const Index expected =
                std::min(naiveCommitted(voters.incoming, acknowledged), naiveCommitted(voters.outgoing, acknowledged));
            QCOMPARE(found, expected);
        }
    }
    // Won means that no answer to come can change it; lost means that it can no longer be won.
    void votesAgainstNaive() {
        base::Rng rng(4);
        for (int round = 0; round < 20000; ++round) {
            const VoterSet voters = randomVoters(rng, 9);
            std::map<NodeId, int> answers;
            std::size_t yes = 0;
            std::size_t open = 0;
            for (const NodeId id : voters) {
                answers[id] = static_cast<int>(rng.below(3)) - 1;
                yes += answers[id] > 0 ? 1U : 0U;
                open += answers[id] == 0 ? 1U : 0U;
            }
            VoteOutcome expected = VoteOutcome::pending;
            if (voters.empty() || 2 * yes > voters.size()) {
                expected = VoteOutcome::won;
            } else if (2 * (yes + open) <= voters.size()) {
                expected = VoteOutcome::lost;
            }
            const JointVoters joint{voters, {}};
            QCOMPARE(joint.vote([&](NodeId id) { return answers.at(id); }), expected);
        }
    }
    void windowFreesUpToAnIndex() {
        Inflights window(5, 0);
        Index next = 1;
        // Round and round, so that the ring wraps at every place.
        for (int round = 0; round < 50; ++round) {
            while (!window.full()) window.add(next++, 10);
            QCOMPARE(window.count(), 5U);
            QCOMPARE(window.bytes(), std::uint64_t{50});
            window.freeUpTo(next - 6);  // nothing
            QCOMPARE(window.count(), 5U);
            window.freeUpTo(next - 1 - static_cast<Index>(round % 5));
            QCOMPARE(window.count(), static_cast<std::size_t>(round % 5));
        }
        window.reset();
        QCOMPARE(window.count(), 0U);
        QCOMPARE(window.bytes(), std::uint64_t{0});
    }
    void windowByBytesIsSoft() {
        Inflights window(100, 25);
        window.add(1, 20);
        QVERIFY(!window.full());
        window.add(2, 20);
        QVERIFY(window.full());
        window.freeUpTo(1);
        QVERIFY(!window.full());
    }
    void progressStates() {
        Progress progress(0, 5, Inflights(2, 0), false);
        progress.sentEntries(1, 10);
        QVERIFY(progress.paused());  // a probe waits
        QVERIFY(progress.maybeUpdate(5));
        progress.becomeReplicate();
        QCOMPARE(progress.next, Index{6});
        progress.sentEntries(2, 10);
        QCOMPARE(progress.next, Index{8});
        QVERIFY(!progress.paused());
        progress.sentEntries(1, 10);
        QVERIFY(progress.paused());  // the window is full
        QVERIFY(!progress.maybeUpdate(5));
        QVERIFY(!progress.maybeDecreaseTo(5, 5));  // already matched
        QVERIFY(progress.maybeDecreaseTo(7, 5));
        QCOMPARE(progress.next, Index{6});
        progress.becomeSnapshot(20);
        QVERIFY(progress.paused());
        QCOMPARE(progress.describe(), std::string("StateSnapshot match=5 next=21 paused pendingSnap=20 inactive"));
        progress.becomeProbe();
        QCOMPARE(progress.next, Index{21});
        QVERIFY(!progress.maybeDecreaseTo(19, 7));  // not what was asked last
        QVERIFY(progress.maybeDecreaseTo(20, 7));
        QCOMPARE(progress.next, Index{8});
    }
    void commitIsToldOnce() {
        Progress progress(3, 6, Inflights(2, 0), false);
        QVERIFY(progress.canBumpCommit(2));
        progress.sentCommit = 2;
        QVERIFY(!progress.canBumpCommit(2));
        QVERIFY(progress.canBumpCommit(9));
        progress.sentCommit = 5;
        QVERIFY(!progress.canBumpCommit(9));  // the follower cannot have more than 5 yet
    }

    // Any sequence of accepted changes keeps the configuration consistent, and is the same as restoring its state.
    void randomChangesStayConsistent() {
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            base::Rng rng(seed);
            Tracker tracker(10, 0);
            for (int step = 0; step < 60; ++step) {
                std::vector<ConfChangeSingle> changes;
                for (std::uint64_t left = rng.below(4); left > 0; --left) {
                    changes.push_back({static_cast<ConfChangeType>(rng.below(4)), rng.below(7)});
                }
                const ConfChanger changer(tracker, static_cast<Index>(step));
                ChangeResult result = std::string();
                switch (rng.below(3)) {
                    case 0:
                        result = changer.simple(changes);
                        break;
                    case 1:
                        result = changer.enterJoint(rng.chance(0.5), changes);
                        break;
                    default:
                        result = changer.leaveJoint();
                        break;
                }
                if (auto* fault = std::get_if<std::string>(&result)) {
                    QVERIFY(!fault->empty());
                    continue;
                }
                const VoterSet before = tracker.configuration.voters.incoming;
                auto& next = std::get<NextConfiguration>(result);
                QCOMPARE(configurationFault(next.configuration, next.peers), std::string());
                if (!next.configuration.voters.isJoint() && !tracker.configuration.voters.isJoint()) {
                    VoterSet gone;
                    std::set_symmetric_difference(before.begin(), before.end(),
                                                  next.configuration.voters.incoming.begin(),
                                                  next.configuration.voters.incoming.end(), std::back_inserter(gone));
                    QVERIFY(gone.size() <= 1);
                }
                tracker.configuration = std::move(next.configuration);
                tracker.peers = std::move(next.peers);
                const ConfState state = tracker.configuration.state();
                const Tracker empty(10, 0);
                const ChangeResult restored = ConfChanger(empty, 9).restore(state);
                QVERIFY(std::holds_alternative<NextConfiguration>(restored));
                QCOMPARE(std::get<NextConfiguration>(restored).configuration.state(), state);
            }
        }
    }
    void contradictoryStatesAreRefused() {
        const Tracker empty(10, 0);
        const ConfChanger changer(empty, 1);
        QVERIFY(std::holds_alternative<std::string>(changer.restore({{1, 2}, {2}, {}, {}, false})));
        QVERIFY(std::holds_alternative<std::string>(changer.restore({{1, 2}, {}, {}, {3}, false})));
        QVERIFY(std::holds_alternative<std::string>(changer.restore({{1, 2}, {}, {}, {}, true})));
        QVERIFY(std::holds_alternative<NextConfiguration>(changer.restore({{1, 2}, {4}, {1, 3}, {3}, true})));
    }

    void readsAreReleasedInOrder() {
        ReadIndexQueue queue;
        std::vector<base::Bytes> contexts;
        for (const char* caller : {"a", "b", "c"}) {
            Message request;
            request.entries.push_back({0, 0, EntryType::normal, base::Bytes(caller)});
            contexts.push_back(queue.add(request, 7));
        }
        QCOMPARE(queue.size(), 3U);
        QCOMPARE(queue.lastContext().view(), contexts[2].view());
        QVERIFY(!queue.confirm(1, "b"));
        QCOMPARE(queue.confirm(1, contexts[1].view())->size(), 1U);
        QCOMPARE(queue.confirm(1, contexts[1].view())->size(), 1U);
        QCOMPARE(queue.confirm(2, contexts[1].view())->size(), 2U);
        const auto released = queue.release(contexts[1].view());
        QCOMPARE(released.size(), 2U);
        QCOMPARE(released[0].index, Index{7});
        QVERIFY(queue.release(contexts[1].view()).empty());
        QCOMPARE(queue.size(), 1U);
    }
    // etcd-io/raft's TestReadOnlyDuplicateRequest: a request with the context of an earlier one is another read, which
    // no answer to the earlier one's heartbeats confirms, also after a change of leadership.
    void aRepeatedReadIsAnotherOne() {
        ReadIndexQueue queue;
        Message request;
        request.entries.push_back({0, 0, EntryType::normal, base::Bytes("a")});
        const base::Bytes first = queue.add(request, 7);
        QCOMPARE(queue.release(first.view()).size(), 1U);
        const base::Bytes second = queue.add(request, 7);
        QVERIFY(first.view() != second.view());
        QVERIFY(!queue.confirm(3, first.view()));
        queue.clear();
        QVERIFY(queue.add(request, 9).view() != first.view());
        QCOMPARE(queue.size(), 1U);
    }

    void changesRoundTrip_data() {
        QTest::addColumn<QByteArray>("hex");
        // raftpb's bytes; the first is the layout of facts known from a real log, shortened.
        QTest::newRow("context") << QByteArray("0800100018a1d1cbb4ada9b6c76222027b7d");
        QTest::newRow("plain") << QByteArray("080710011803");
    }
    void changesRoundTrip() {
        QFETCH(QByteArray, hex);
        const std::string bytes = QByteArray::fromHex(hex).toStdString();
        const auto change = decodeConfChange(bytes);
        QVERIFY(change.has_value());
        QCOMPARE(std::string(encodeConfChange(*change).view()), bytes);
        // Cut anywhere within a field it is refused.
        for (std::size_t length = 1; length < bytes.size(); length += 2) {
            if (length == 1 || length == 3) QVERIFY(!decodeConfChange(bytes.substr(0, length)));
        }
    }
    void changesV2RoundTrip() {
        const ConfChangeV2 change{ConfChangeTransition::jointExplicit,
                                  {{ConfChangeType::addNode, 3}, {ConfChangeType::addLearnerNode, 1ULL << 60}},
                                  base::Bytes("why")};
        const auto read = decodeConfChangeV2(encodeConfChangeV2(change).view());
        QVERIFY(read.has_value());
        QCOMPARE(read->transition, change.transition);
        QCOMPARE(read->changes, change.changes);
        QCOMPARE(read->context, change.context);
        QVERIFY(decodeConfChangeV2("")->changes.empty());
        QCOMPARE(encodeConfChangeV2({}).size(), 2U);
    }
    void malformedChanges_data() {
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("cut varint") << QByteArray("08ff");
        QTest::newRow("cut bytes") << QByteArray("120a0800");
        QTest::newRow("unknown transition") << QByteArray("0807");
        QTest::newRow("unknown type in a change") << QByteArray("120408091001");
        QTest::newRow("wrong wire type") << QByteArray("0d00000000");
        QTest::newRow("group") << QByteArray("0b");
        QTest::newRow("field zero") << QByteArray("0000");
    }
    void malformedChanges() {
        QFETCH(QByteArray, hex);
        QVERIFY(!decodeConfChangeV2(QByteArray::fromHex(hex).toStdString()));
    }
    void randomBytesDoNotHurt() {
        base::Rng rng(9);
        for (int round = 0; round < 20000; ++round) {
            std::string bytes(rng.below(24), '\0');
            for (char& c : bytes) c = static_cast<char>(rng.next());
            if (const auto change = decodeConfChangeV2(bytes)) {
                QVERIFY(decodeConfChangeV2(encodeConfChangeV2(*change).view()).has_value());
            }
            if (const auto change = decodeConfChange(bytes)) {
                QVERIFY(decodeConfChange(encodeConfChange(*change).view()).has_value());
            }
        }
    }
};

RAFTARIUM_TEST_CLASS(TestTracker)
#include "test_raft_tracker.moc"
