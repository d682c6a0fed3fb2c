// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// When a compaction takes effect, and how it runs. (Which rows it keeps: test_mvcc_rules.)
#include "cluster/mvcc/index/row_key.h"
#include "tests/mvcc/store_fixture.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::mvcc;
using namespace raftarium::mvcc::test;

namespace {
constexpr const char* kCompacted = "error etcdserver: mvcc: required revision has been compacted";

std::size_t keyRows(const StoreFixture& f) {
    std::size_t rows = 0;
    const_cast<MemoryBackend&>(f.backend).scan(Bucket::key, {}, {}, [&rows](std::string_view, std::string_view) {
        ++rows;
        return true;
    });
    return rows;
}
std::string metaRow(StoreFixture& f, std::string_view name) {
    const auto row = f.backend.get(Bucket::meta, name);
    return row ? std::string(*row) : std::string();
}
}  // namespace

class TestCompaction : public QObject {
    Q_OBJECT
private slots:
    void readsBelowAreRefusedAtOnce() {
        StoreFixture f;
        for (int i = 1; i <= 4; ++i) f.put("a", std::to_string(i));  // revisions 2 to 5
        (void)f.get<CompactResult>(CompactOp{4});
        QVERIFY(f.store->compactionPending());
        QCOMPARE(keyRows(f), 4U);  // no row is removed yet
        QCOMPARE(f.text("a", {}, 3), kCompacted);
        QCOMPARE(f.text("a", {}, 4), "a=3");
        QCOMPARE(f.text("a"), "a=4");
        f.finishBackground();
        QCOMPARE(keyRows(f), 2U);
        QCOMPARE(f.text("a", {}, 4), "a=3");
    }
    void aCompactionGoesForwardOnly() {
        StoreFixture f;
        for (int i = 1; i <= 4; ++i) f.put("a", std::to_string(i));
        f.compact(4);
        QCOMPARE(f.errorOf(CompactOp{4}), ApiError::compacted);
        QCOMPARE(f.errorOf(CompactOp{3}), ApiError::compacted);
        QCOMPARE(f.errorOf(CompactOp{6}), ApiError::futureRevision);
        QCOMPARE(f.errorOf(CompactOp{5}), ApiError::none);
    }
    void compactionsRunOneAfterTheOther() {
        StoreOptions options;
        options.compactionRowsPerStep = 1;
        StoreFixture f(options);
        for (int i = 1; i <= 6; ++i) f.put("a", std::to_string(i));  // revisions 2 to 7
        (void)f.get<CompactResult>(CompactOp{3});
        (void)f.get<CompactResult>(CompactOp{6});
        QCOMPARE(metaRow(f, "scheduledCompactRev"), encodeRevision({6, 0}));
        std::vector<std::string> finished;
        while (f.store->compactionPending()) {
            (void)f.store->backgroundStep(1);
            const std::string row = metaRow(f, "finishedCompactRev");
            if (!row.empty() && (finished.empty() || finished.back() != row)) finished.push_back(row);
        }
        QCOMPARE(finished, (std::vector<std::string>{encodeRevision({3, 0}), encodeRevision({6, 0})}));
        QCOMPARE(keyRows(f), 2U);
    }
    void aStepRemovesABoundedNumberOfRows() {
        StoreOptions options;
        options.compactionRowsPerStep = 3;
        StoreFixture f(options);
        for (int i = 0; i < 10; ++i) f.put("a", "v");
        (void)f.get<CompactResult>(CompactOp{11});
        std::size_t before = keyRows(f);
        while (f.store->compactionPending()) {
            (void)f.store->backgroundStep(1);
            QVERIFY(before - keyRows(f) <= 3);
            before = keyRows(f);
        }
        QCOMPARE(keyRows(f), 1U);
    }
    void aRestartGoesOverTheRowsAgain() {
        StoreOptions options;
        options.compactionRowsPerStep = 3;
        StoreFixture f(options);
        for (int i = 0; i < 10; ++i) f.put("a", "v");
        (void)f.get<CompactResult>(CompactOp{11});
        (void)f.store->backgroundStep(1);
        QVERIFY(f.backend.commit().ok());
        f.restart(true);
        QVERIFY(f.store->compactionPending());
        QCOMPARE(f.text("a", {}, 10), kCompacted);
        f.finishBackground();
        QCOMPARE(keyRows(f), 1U);
        QCOMPARE(metaRow(f, "finishedCompactRev"), encodeRevision({11, 0}));
        f.restart();
        QVERIFY(!f.store->compactionPending());
    }
    void writesContinueDuringACompaction() {
        StoreOptions options;
        options.compactionRowsPerStep = 1;
        StoreFixture f(options);
        for (int i = 0; i < 5; ++i) f.put("a", "old");
        (void)f.get<CompactResult>(CompactOp{6});
        for (int i = 0; f.store->compactionPending(); ++i) {
            f.put("b", std::to_string(i));
            (void)f.store->backgroundStep(1);
        }
        QCOMPARE(f.text("a"), "a=old");
        QCOMPARE(f.store->history("a").size(), 1U);
        QVERIFY(f.store->history("b").size() >= 5);
    }
};

RAFTARIUM_TEST_CLASS(TestCompaction)
#include "test_compaction.moc"
