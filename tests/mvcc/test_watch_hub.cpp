// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// How watchers move between their groups, and how unsynced ones catch up. (Which events they get: test_mvcc_watch.)
#include "tests/mvcc/store_fixture.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::mvcc;
using namespace raftarium::mvcc::test;

namespace {
WatcherGroup groupOf(const Store& store, StreamId stream, WatchId id) {
    for (const WatcherView& view : store.watchers()) {
        if (view.stream == stream && view.id == id) return view.group;
    }
    return WatcherGroup::none;
}
}  // namespace

class TestWatchHub : public QObject {
    Q_OBJECT
private slots:
    void aWatcherOfTheFutureIsSynced() {
        StoreFixture f;
        f.put("a", "1");
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 5}).ok());
        QCOMPARE(groupOf(*f.store, stream, 0), WatcherGroup::synced);
        for (int i = 0; i < 4; ++i) f.put("a", "v");  // revisions 3 to 6
        QCOMPARE(sink.eventsOf(0).size(), 2U);
        QCOMPARE(sink.eventsOf(0).front()->revision.main, 5);
    }
    // The sweep goes on upwards while new watchers join at the bottom.
    void aWatcherAheadIsServedWhileOthersJoinBehind() {
        StoreOptions options;
        options.watchRevisionsPerBatch = 5;
        options.watchersPerSyncStep = 2;
        StoreFixture f(options);
        for (int i = 0; i < 50; ++i) f.put("a", "v");
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 30}).ok());
        int steps = 0;
        while (groupOf(*f.store, stream, 0) == WatcherGroup::unsynced) {
            QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 2}).ok());
            (void)f.store->backgroundStep(1);
            QVERIFY2(++steps < 50, "the watcher that began further ahead is never served");
        }
        QCOMPARE(sink.eventsOf(0).size(), 22U);
        f.finishBackground();
        QVERIFY(f.allSynced());
        for (WatchId id = 1; id <= steps; ++id) QCOMPARE(sink.eventsOf(id).size(), 50U);
    }
    void aVictimKeepsOneBatchAndThenCatchesUp() {
        StoreFixture f;
        CollectingSink sink;
        sink.capacity = 0;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a"}).ok());
        f.put("a", "1");
        f.put("a", "2");
        f.put("a", "3");
        QVERIFY(!f.allSynced());
        QVERIFY(sink.batches.empty());
        sink.capacity = 1;
        f.store->retryWatchStream(stream);  // the kept batch
        QCOMPARE(sink.eventsOf(0).size(), 1U);
        QCOMPARE(groupOf(*f.store, stream, 0), WatcherGroup::unsynced);
        sink.capacity = 100;
        f.finishBackground();
        QCOMPARE(sink.eventsOf(0).size(), 3U);
        QVERIFY(f.allSynced());
    }
    void aVictimHoldsUpNobodyElse() {
        StoreFixture f;
        CollectingSink full, free;
        full.capacity = 0;
        const StreamId slow = f.store->openWatchStream(full);
        const StreamId fast = f.store->openWatchStream(free);
        QVERIFY(f.store->createWatch(slow, {.key = "a"}).ok());
        QVERIFY(f.store->createWatch(fast, {.key = "a"}).ok());
        for (int i = 0; i < 10; ++i) f.put("a", "v");
        QCOMPARE(free.eventsOf(0).size(), 10U);
        QCOMPARE(groupOf(*f.store, fast, 0), WatcherGroup::synced);
        QVERIFY(groupOf(*f.store, slow, 0) != WatcherGroup::synced);
    }
    void aClosedStreamTakesItsWatchersAlong() {
        StoreFixture f;
        f.put("a", "1");
        CollectingSink full, sink;
        full.capacity = 0;
        const StreamId closed = f.store->openWatchStream(full);
        const StreamId open = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(closed, {.key = "a"}).ok());
        QVERIFY(f.store->createWatch(closed, {.key = "a", .startRevision = 2, .progressNotify = true}).ok());
        QVERIFY(f.store->createWatch(open, {.key = "a"}).ok());
        f.put("a", "2");  // makes the first one a victim
        f.store->requestWatchProgress(closed);
        f.store->closeWatchStream(closed);
        QCOMPARE(f.store->watchers().size(), 1U);
        f.finishBackground(1000 * base::kSecond);
        f.put("a", "3");
        QCOMPARE(sink.eventsOf(0).size(), 2U);
        QVERIFY(full.batches.empty());
    }
    void aCanceledWatcherGetsNoMore() {
        StoreFixture f;
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a"}).ok());
        f.put("a", "1");
        QVERIFY(f.store->cancelWatch(stream, 0));
        f.put("a", "2");
        QCOMPARE(sink.eventsOf(0).size(), 1U);
        QVERIFY(!f.store->cancelWatch(stream, 0));
    }
    void streamsChooseTheirIdsIndependently() {
        StoreFixture f;
        CollectingSink one, two;
        const StreamId first = f.store->openWatchStream(one);
        const StreamId second = f.store->openWatchStream(two);
        QCOMPARE(f.store->createWatch(first, {.key = "a"})->id, 0);
        QCOMPARE(f.store->createWatch(second, {.key = "a"})->id, 0);
        QVERIFY(f.store->cancelWatch(first, 0));
        QCOMPARE(f.store->watchers().size(), 1U);
        QCOMPARE(f.store->watchers().front().stream, second);
    }
};

RAFTARIUM_TEST_CLASS(TestWatchHub)
#include "test_watch_hub.moc"
