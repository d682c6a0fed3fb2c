// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The log, its unstable tail and the storage below it.
#include "cluster/raft/log/log.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::raft;

namespace {

std::vector<Entry> entriesOf(Index first, std::initializer_list<Term> terms) {
    std::vector<Entry> out;
    for (const Term term : terms) out.push_back({term, first + out.size(), EntryType::normal, base::Bytes("data")});
    return out;
}

std::vector<Term> termsOf(const std::vector<Entry>& entries) {
    std::vector<Term> out;
    for (const Entry& entry : entries) out.push_back(entry.term);
    return out;
}

const std::vector<Entry>& entriesIn(const LogResult<std::vector<Entry>>& result) {
    return std::get<std::vector<Entry>>(result);
}

struct Fixture {
    explicit Fixture(std::initializer_list<Term> stable, std::uint64_t maxApplying = ~std::uint64_t{0}) {
        storage.append(entriesOf(1, stable));
        log.emplace(&storage, maxApplying, &trace);
    }
    MemoryStorage storage;
    std::vector<TraceEvent> trace;
    std::optional<Log> log;
};

}  // namespace

class TestLog : public QObject {
    Q_OBJECT
private slots:
    void upToDate_data() {
        QTest::addColumn<quint64>("term");
        QTest::addColumn<quint64>("index");
        QTest::addColumn<bool>("upToDate");
        QTest::newRow("same") << quint64{3} << quint64{3} << true;
        QTest::newRow("later term") << quint64{4} << quint64{1} << true;
        QTest::newRow("earlier term") << quint64{2} << quint64{9} << false;
        QTest::newRow("shorter") << quint64{3} << quint64{2} << false;
        QTest::newRow("longer") << quint64{3} << quint64{4} << true;
    }
    void upToDate() {
        QFETCH(quint64, term);
        QFETCH(quint64, index);
        QFETCH(bool, upToDate);
        QCOMPARE(Fixture({1, 2, 3}).log->isUpToDate({term, index}), upToDate);
    }
    void conflictByTerm_data() {
        QTest::addColumn<quint64>("index");
        QTest::addColumn<quint64>("term");
        QTest::addColumn<quint64>("found");
        QTest::addColumn<quint64>("foundTerm");
        // Log: index 1..6 of terms 1 2 2 4 4 4
        QTest::newRow("same term") << quint64{6} << quint64{4} << quint64{6} << quint64{4};
        QTest::newRow("between") << quint64{6} << quint64{3} << quint64{3} << quint64{2};
        QTest::newRow("lower start") << quint64{2} << quint64{4} << quint64{2} << quint64{2};
        QTest::newRow("first") << quint64{5} << quint64{1} << quint64{1} << quint64{1};
        QTest::newRow("before all") << quint64{5} << quint64{0} << quint64{0} << quint64{0};
        QTest::newRow("beyond the end is unknown") << quint64{9} << quint64{4} << quint64{9} << quint64{0};
    }
    void conflictByTerm() {
        QFETCH(quint64, index);
        QFETCH(quint64, term);
        QFETCH(quint64, found);
        QFETCH(quint64, foundTerm);
        const EntryId id = Fixture({1, 2, 2, 4, 4, 4}).log->findConflictByTerm(index, term);
        QCOMPARE(id.index, found);
        QCOMPARE(id.term, foundTerm);
    }
    void appendReplacesOnlyOnConflict() {
        Fixture fixture({1, 1});
        Log& log = *fixture.log;
        QCOMPARE(log.maybeAppend({1, 2}, 0, entriesOf(3, {2, 2})).value(), Index{4});
        QCOMPARE(log.lastIndex(), Index{4});
        fixture.trace.clear();
        // A repeat, and a shorter one, change nothing.
        QCOMPARE(log.maybeAppend({1, 2}, 0, entriesOf(3, {2})).value(), Index{3});
        QCOMPARE(log.lastIndex(), Index{4});
        QVERIFY(fixture.trace.empty());
        QCOMPARE(log.maybeAppend({2, 3}, 3, entriesOf(4, {3})).value(), Index{4});
        QCOMPARE(log.termOrZero(4), Term{3});
        QCOMPARE(log.committed(), Index{3});
        QVERIFY(std::holds_alternative<trace::LogTruncated>(fixture.trace[0]));
        QCOMPARE(std::get<trace::LogTruncated>(fixture.trace[0]).first, Index{4});
        QVERIFY(std::holds_alternative<trace::LogAppended>(fixture.trace[1]));
        QVERIFY(std::holds_alternative<trace::CommitAdvanced>(fixture.trace[2]));
        QVERIFY(!log.maybeAppend({3, 9}, 9, {}));
    }
    void sizeLimitsKeepAtLeastOne_data() {
        QTest::addColumn<quint64>("entries");
        QTest::addColumn<int>("count");
        QTest::newRow("zero") << quint64{0} << 1;
        QTest::newRow("one") << quint64{1} << 1;
        QTest::newRow("two, across the stable part") << quint64{3} << 3;
        QTest::newRow("all") << quint64{100} << 6;
    }
    void sizeLimitsKeepAtLeastOne() {
        QFETCH(quint64, entries);
        QFETCH(int, count);
        Fixture fixture({1, 1});
        fixture.log->append(entriesOf(3, {1, 1, 1, 1}));
        const std::uint64_t one = encodedSize(entriesOf(1, {1}).front());
        const auto found = fixture.log->entriesFrom(1, entries * one);
        QCOMPARE(entriesIn(found).size(), static_cast<std::size_t>(count));
        const auto unstable = fixture.log->entriesFrom(3, 0);
        QCOMPARE(entriesIn(unstable).size(), 1U);
    }
    void compactedAndMissing() {
        Fixture fixture({1, 1, 2, 2});
        fixture.storage.createSnapshot(3, {}, {});
        fixture.storage.compact(3);
        Log log(&fixture.storage, 100, &fixture.trace);
        QCOMPARE(log.firstIndex(), Index{4});
        QCOMPARE(std::get<LogError>(log.term(2)), LogError::compacted);
        QCOMPARE(std::get<Term>(log.term(3)), Term{2});
        QCOMPARE(std::get<LogError>(log.term(5)), LogError::unavailable);
        QCOMPARE(std::get<LogError>(log.entriesFrom(3, 100)), LogError::compacted);
        QVERIFY(entriesIn(log.entriesFrom(5, 100)).empty());
    }
    void applyingIsPaced() {
        const std::uint64_t one = encodedSize(entriesOf(1, {1}).front());
        Fixture fixture({1, 1, 1, 1}, 2 * one);
        Log& log = *fixture.log;
        QVERIFY(!log.hasNextCommitted(true));
        log.commitTo(4);
        QCOMPARE(log.nextCommitted(true).size(), 2U);
        log.acceptApplying(2, 2 * one, true);
        QVERIFY(!log.hasNextCommitted(true));
        log.appliedTo(1, one);
        QCOMPARE(log.nextCommitted(true).size(), 1U);
        log.appliedTo(2, one);
        QCOMPARE(log.nextCommitted(true).size(), 2U);
    }
    void unstableEntriesAreNotAppliedWhenAsked() {
        Fixture fixture({1});
        fixture.log->append(entriesOf(2, {1}));
        fixture.log->commitTo(2);
        QCOMPARE(fixture.log->nextCommitted(false).size(), 1U);
        QCOMPARE(fixture.log->nextCommitted(true).size(), 2U);
    }

    void unstableHandsOutOnce() {
        Unstable unstable(5);
        unstable.truncateAndAppend(entriesOf(5, {1, 1}));
        QCOMPARE(unstable.nextEntries().size(), 2U);
        unstable.acceptInProgress();
        QVERIFY(!unstable.hasNextEntries());
        unstable.truncateAndAppend(entriesOf(7, {1}));
        QCOMPARE(unstable.nextEntries().front().index, Index{7});
        unstable.stableTo(5, 1);
        QCOMPARE(unstable.offset(), Index{6});
        QCOMPARE(unstable.nextEntries().front().index, Index{7});
        unstable.stableTo(7, 1);
        QVERIFY(!unstable.hasEntries());
        QVERIFY(!unstable.lastIndex());
        QCOMPARE(unstable.offset(), Index{8});
    }
    void staleAcknowledgementsAreIgnored() {
        Unstable unstable(5);
        unstable.truncateAndAppend(entriesOf(5, {1, 1, 1}));
        unstable.acceptInProgress();
        unstable.truncateAndAppend(entriesOf(6, {2}));
        QCOMPARE(unstable.offsetInProgress(), Index{6});
        unstable.stableTo(7, 1);  // gone
        unstable.stableTo(6, 1);  // replaced
        unstable.stableTo(4, 1);  // stable long since
        QCOMPARE(unstable.offset(), Index{5});
        unstable.stableTo(6, 2);
        QCOMPARE(unstable.offset(), Index{7});
    }
    void truncatingBelowTheOffset() {
        Unstable unstable(5);
        unstable.truncateAndAppend(entriesOf(5, {1, 1}));
        unstable.acceptInProgress();
        unstable.truncateAndAppend(entriesOf(3, {2}));
        QCOMPARE(unstable.offset(), Index{3});
        QCOMPARE(unstable.lastIndex().value(), Index{3});
        QVERIFY(unstable.hasNextEntries());
    }
    void unstableSnapshot() {
        Unstable unstable(5);
        unstable.truncateAndAppend(entriesOf(5, {1}));
        auto snapshot = std::make_shared<Snapshot>();
        snapshot->metadata.index = 9;
        snapshot->metadata.term = 3;
        unstable.restore(snapshot);
        QCOMPARE(unstable.firstIndex().value(), Index{10});
        QCOMPARE(unstable.lastIndex().value(), Index{9});
        QCOMPARE(unstable.term(9).value(), Term{3});
        QVERIFY(!unstable.term(8));
        QVERIFY(unstable.nextSnapshot() != nullptr);
        unstable.acceptInProgress();
        QVERIFY(unstable.nextSnapshot() == nullptr);
        unstable.stableSnapshotTo(8);
        QVERIFY(unstable.snapshot() != nullptr);
        unstable.stableSnapshotTo(9);
        QVERIFY(unstable.snapshot() == nullptr);
    }

    void storageAppend_data() {
        QTest::addColumn<quint64>("first");
        QTest::addColumn<QList<int>>("terms");
        QTest::addColumn<QList<int>>("result");  // of 4..
        // Held: compacted up to 3, then 4..6 of terms 4 4 4.
        QTest::newRow("after the end") << quint64{7} << QList<int>{5} << QList<int>{4, 4, 4, 5};
        QTest::newRow("replaces") << quint64{5} << QList<int>{5} << QList<int>{4, 5};
        QTest::newRow("replaces all") << quint64{4} << QList<int>{5, 5} << QList<int>{5, 5};
        QTest::newRow("partly compacted") << quint64{2} << QList<int>{3, 3, 5, 5} << QList<int>{5, 5};
        QTest::newRow("wholly compacted") << quint64{2} << QList<int>{3, 3} << QList<int>{4, 4, 4};
        QTest::newRow("nothing") << quint64{7} << QList<int>{} << QList<int>{4, 4, 4};
    }
    void storageAppend() {
        QFETCH(quint64, first);
        QFETCH(QList<int>, terms);
        QFETCH(QList<int>, result);
        MemoryStorage storage;
        storage.append(entriesOf(1, {3, 3, 3, 4, 4, 4}));
        QVERIFY(storage.compact(3));
        std::vector<Entry> entries;
        for (const int term : terms) {
            entries.push_back({static_cast<Term>(term), first + entries.size(), EntryType::normal, {}});
        }
        storage.append(entries);
        const auto held = storage.entries(4, storage.lastIndex() + 1, ~std::uint64_t{0});
        QList<int> found;
        for (const Term term : termsOf(entriesIn(held))) found.push_back(static_cast<int>(term));
        QCOMPARE(found, result);
    }
    void storageSnapshots() {
        MemoryStorage storage;
        storage.append(entriesOf(1, {1, 1, 2}));
        QVERIFY(storage.createSnapshot(2, {{1}, {}, {}, {}, false}, base::Bytes("s")));
        QVERIFY(!storage.createSnapshot(1, {}, {}));
        QVERIFY(!storage.createSnapshot(2, {}, {}));
        QVERIFY(storage.compact(2));
        QVERIFY(!storage.compact(2));
        QCOMPARE(storage.firstIndex(), Index{3});
        auto newer = std::make_shared<Snapshot>();
        newer->metadata.index = 8;
        newer->metadata.term = 4;
        QVERIFY(storage.applySnapshot(newer));
        QVERIFY(!storage.applySnapshot(newer));
        QCOMPARE(storage.firstIndex(), Index{9});
        QCOMPARE(storage.lastIndex(), Index{8});
        QCOMPARE(std::get<Term>(storage.term(8)), Term{4});
        QCOMPARE(std::get<LogError>(storage.term(7)), LogError::compacted);
    }
};

RAFTARIUM_TEST_CLASS(TestLog)
#include "test_raft_log.moc"
