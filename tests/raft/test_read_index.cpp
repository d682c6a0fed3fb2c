// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Reads that wait for a quorum: what confirms them, and what releases them. (Order and repeated requests:
// test_raft_tracker.)
#include "cluster/raft/read_index.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <set>

using namespace raftarium;
using namespace raftarium::raft;

namespace {
Message readOf(const char* context) {
    Message request;
    request.entries.push_back({0, 0, EntryType::normal, base::Bytes(context)});
    return request;
}
}  // namespace

class TestReadIndex : public QObject {
    Q_OBJECT
private slots:
    void aReadKeepsTheCommitIndexOfItsRequest() {
        ReadIndexQueue queue;
        const base::Bytes first = queue.add(readOf("a"), 7);
        const base::Bytes second = queue.add(readOf("b"), 9);
        const auto released = queue.release(second.view());
        QCOMPARE(released.size(), 2U);
        QCOMPARE(released[0].index, Index{7});
        QCOMPARE(released[1].index, Index{9});
        QCOMPARE(released[1].request.entries.front().data.view(), std::string_view("b"));
    }
    void aConfirmedReadReleasesOnlyThoseBeforeIt() {
        ReadIndexQueue queue;
        const base::Bytes first = queue.add(readOf("a"), 7);
        const base::Bytes second = queue.add(readOf("b"), 7);
        QCOMPARE(queue.release(first.view()).size(), 1U);
        QCOMPARE(queue.size(), 1U);
        QCOMPARE(queue.lastContext().view(), second.view());
    }
    void aMemberCountsOnceForARead() {
        ReadIndexQueue queue;
        const base::Bytes context = queue.add(readOf("a"), 7);
        QCOMPARE(*queue.confirm(2, context.view()), VoterSet{2});
        QCOMPARE(*queue.confirm(2, context.view()), VoterSet{2});
        QCOMPARE(*queue.confirm(1, context.view()), (VoterSet{1, 2}));
    }
    void anAnswerConfirmsOnlyTheReadItNames() {
        ReadIndexQueue queue;
        const base::Bytes first = queue.add(readOf("a"), 7);
        const base::Bytes second = queue.add(readOf("b"), 7);
        QVERIFY(queue.confirm(2, second.view()));
        QCOMPARE(*queue.confirm(3, first.view()), VoterSet{3});
        QVERIFY(!queue.confirm(2, "unknown"));
        QVERIFY(!queue.confirm(2, ""));
    }
    void heartbeatsRepeatTheNewestRead() {
        ReadIndexQueue queue;
        QVERIFY(queue.lastContext().isNull());
        (void)queue.add(readOf("a"), 7);
        const base::Bytes second = queue.add(readOf("b"), 7);
        QCOMPARE(queue.lastContext().view(), second.view());
        (void)queue.release(second.view());
        QVERIFY(queue.lastContext().isNull());
    }
    void noContextIsUsedTwice() {
        ReadIndexQueue queue;
        std::set<std::string> seen;
        for (int i = 0; i < 300; ++i) {
            if (i % 7 == 0) queue.clear();
            QVERIFY(seen.insert(std::string(queue.add(readOf("same"), 7).view())).second);
        }
    }
};

RAFTARIUM_TEST_CLASS(TestReadIndex)
#include "test_read_index.moc"
