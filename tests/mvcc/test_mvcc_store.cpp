// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/mvcc/store_fixture.h"
#include "tests/runner/test_class.h"

#include <QtTest>

using namespace raftarium;
using namespace raftarium::mvcc;
using namespace raftarium::mvcc::test;

class TestMvccStore : public QObject {
    Q_OBJECT

private slots:
    void putsAndRevisions() {
        StoreFixture f;
        QCOMPARE(f.store->revision(), 1);
        QCOMPARE(f.put("a", "1"), 2);
        QCOMPARE(f.put("a", "2"), 3);
        QCOMPARE(f.put("b", "1"), 4);
        QCOMPARE(f.text("a", kFromKey), "a=2 b=1");
        QCOMPARE(f.text("a", kFromKey, 2), "a=1");
        QCOMPARE(f.text("a", "b"), "a=2");
        QCOMPARE(f.text("b", "a"), "");
        const auto result = f.store->range({.range = {"a", {}}});
        QCOMPARE(result->revision, 4);
        QCOMPARE(result->count, 1);
        QCOMPARE(result->kvs[0], (KeyValue{"a", "2", 2, 3, 2, 0}));
    }

    void deletes() {
        StoreFixture f;
        f.put("a", "1");
        f.put("b", "1");
        f.put("c", "1");
        auto none = f.del("x");
        QCOMPARE(none.deleted, 0);
        QCOMPARE(none.revision, 4);
        auto gone = f.del("a", "c");
        QCOMPARE(gone.deleted, 2);
        QCOMPARE(gone.revision, 5);
        QCOMPARE(f.text("a", kFromKey), "c=1");
        QCOMPARE(f.text("a", kFromKey, 4), "a=1 b=1 c=1");
        f.put("a", "again");
        QCOMPARE(f.store->range({.range = {"a", {}}})->kvs[0], (KeyValue{"a", "again", 6, 6, 1, 0}));
        DeleteOp withPrev{{"a", kFromKey}, true};
        const auto result = f.get<DeleteResult>(withPrev);
        QCOMPARE(result.prevKvs.size(), 2U);
        QCOMPARE(result.prevKvs[1].key, "c");
    }

    // The rows are read in batches of 4,096, and with help beyond some of them.
    void reopened_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<bool>("helped");
        for (const int rows : {4'095, 4'096, 4'097, 8'192, 60'000})
            QTest::addRow("%d rows", rows) << rows << (rows == 60'000);
    }
    void reopened() {
        QFETCH(int, rows);
        QFETCH(bool, helped);
        struct Helper final : SideWork {
            explicit Helper(int& begun) : m_begun(begun) {}
            void begin(std::function<void()> work) override {
                ++m_begun;
                work();
            }
            void wait() override {}
            int& m_begun;
        };
        int begun = 0;
        StoreFixture f({.sideWork = [&begun] { return std::make_unique<Helper>(begun); }});
        for (int i = 0; i < rows - 1; ++i) f.put("key-" + std::to_string(i * 7'919 % (rows / 2)), std::to_string(i));
        f.del("key-5");
        const std::string all = f.text("key-", "key.");
        const std::string past = f.text("key-", "key.", rows / 2);
        const auto revision = f.store->revision();
        f.restart();
        QCOMPARE(f.store->revision(), revision);
        QVERIFY(f.text("key-", "key.") == all);
        QVERIFY(f.text("key-", "key.", rows / 2) == past);
        QCOMPARE(begun > 0, helped);
        QCOMPARE(f.put("key-5", "again"), revision + 1);
    }

    void revisionsOutside() {
        StoreFixture f;
        for (int i = 0; i < 5; ++i) f.put("a", std::to_string(i));
        QCOMPARE(f.errorOf(RangeOp{.range = {"a", {}}, .revision = 7}), ApiError::futureRevision);
        QCOMPARE(f.errorOf(CompactOp{7}), ApiError::futureRevision);
        f.compact(4);
        QCOMPARE(f.errorOf(RangeOp{.range = {"a", {}}, .revision = 3}), ApiError::compacted);
        QCOMPARE(f.text("a", {}, 4), "a=2");
        QCOMPARE(f.errorOf(CompactOp{4}), ApiError::compacted);
        QCOMPARE(f.store->compactRevision(), 4);
        QVERIFY(!f.store->compactionPending());
    }

    void watchLiveAndPast() {
        StoreFixture f;
        f.put("a", "1");
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        const auto live = f.store->createWatch(stream, {.key = "a"});
        const auto past =
            f.store->createWatch(stream, {.key = "a", .rangeEnd = "c", .startRevision = 2, .prevKv = true});
        QCOMPARE(live->id, 0);
        QCOMPARE(past->id, 1);
        QVERIFY(!f.allSynced());
        f.put("b", "1");
        f.finishBackground();
        QVERIFY(f.allSynced());
        f.put("a", "2");
        f.del("a");
        QCOMPARE(sink.eventsOf(0).size(), 2U);
        const auto events = sink.eventsOf(1);
        QCOMPARE(events.size(), 4U);
        QCOMPARE(events[2]->prevKv->value, "1");
        QVERIFY(events[3]->deleted);
        QCOMPARE(events[3]->kv, (KeyValue{"a", "", 0, 5, 0, 0}));
        QCOMPARE(sink.eventsOf(0)[1].get(), events[3].get());
    }

    void restartKeepsAll() {
        StoreFixture f;
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{7, 60});
        f.put("a", "1", 7);
        f.put("b", "1");
        f.del("b");
        f.compact(3);
        const auto hash = f.store->hashKv(0)->hash;
        (void)f.backend.commit();
        f.put("lost", "1");
        f.restart(true);
        QCOMPARE(f.store->consistentIndex(), 5U);
        QCOMPARE(f.store->revision(), 4);
        QCOMPARE(f.store->hashKv(0)->hash, hash);
        QCOMPARE(f.store->lease(7, 0, true)->keys, std::vector<std::string>{"a"});
        QCOMPARE(f.text("a", kFromKey), "a=1");
    }
};

RAFTARIUM_TEST_CLASS(TestMvccStore)
#include "test_mvcc_store.moc"
