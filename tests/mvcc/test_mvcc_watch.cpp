// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/mvcc/store_fixture.h"
#include "tests/runner/test_class.h"

#include <QtTest>

#include <algorithm>

using namespace raftarium;
using namespace raftarium::mvcc;
using namespace raftarium::mvcc::test;

namespace {
std::string text(const std::vector<EventPtr>& events) {
    std::string out;
    for (const EventPtr& event : events) {
        if (!out.empty()) out += ' ';
        out += (event->deleted ? "-" : "+") + event->kv.key + std::to_string(event->revision.main);
    }
    return out;
}
WatcherGroup groupOf(const Store& store, WatchId id) {
    for (const WatcherView& view : store.watchers()) {
        if (view.id == id) return view.group;
    }
    return WatcherGroup::none;
}
}  // namespace

class TestMvccWatch : public QObject {
    Q_OBJECT

private slots:
    void ranges_data() {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("end");
        QTest::addColumn<QByteArray>("events");
        const QByteArray zero(1, '\0');
        QTest::newRow("one key") << QByteArray("b") << QByteArray() << QByteArray("+b3 -b6");
        QTest::newRow("range") << QByteArray("a") << QByteArray("c") << QByteArray("+a2 +b3 +a5 -b6");
        QTest::newRow("from a key on") << QByteArray("b") << zero << QByteArray("+b3 +c4 -b6");
        QTest::newRow("everything") << zero << zero << QByteArray("+a2 +b3 +c4 +a5 -b6");
        QTest::newRow("empty key is the smallest") << QByteArray() << zero << QByteArray("+a2 +b3 +c4 +a5 -b6");
        QTest::newRow("another key") << QByteArray("x") << QByteArray() << QByteArray();
    }
    void ranges() {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, end);
        QFETCH(QByteArray, events);
        StoreFixture f;
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        WatchRequest request{.key = key.toStdString(), .rangeEnd = end.toStdString()};
        QVERIFY(f.store->createWatch(stream, request).ok());
        f.put("a", "1");
        f.put("b", "1");
        f.put("c", "1");
        f.put("a", "2");
        f.del("b");
        request.startRevision = 1;
        QVERIFY(f.store->createWatch(stream, request).ok());
        f.finishBackground();
        QCOMPARE(QByteArray::fromStdString(text(sink.eventsOf(0))), events);
        QCOMPARE(QByteArray::fromStdString(text(sink.eventsOf(1))), events);
    }

    void refused() {
        StoreFixture f;
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QCOMPARE(f.store->createWatch(stream, {.key = "b", .rangeEnd = "a"}).error().text,
                 "mvcc: watcher range is empty");
        QCOMPARE(f.store->createWatch(stream, {.key = "b", .rangeEnd = "b"}).error().text,
                 "mvcc: watcher range is empty");
        QCOMPARE(f.store->createWatch(stream, {.key = "b", .id = 3})->id, 3);
        QCOMPARE(f.store->createWatch(stream, {.key = "b", .id = 3}).error().text,
                 "mvcc: duplicate watch ID provided on the WatchStream");
        for (const WatchId id : {0, 1, 2, 4}) QCOMPARE(f.store->createWatch(stream, {.key = "b"})->id, id);
        QVERIFY(!f.store->createWatch(stream + 1, {.key = "b"}).ok());
        QVERIFY(!f.store->cancelWatch(stream, 77));
    }

    void startRevision() {
        StoreFixture f;
        f.put("a", "1");
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QCOMPARE(f.store->createWatch(stream, {.key = "a", .startRevision = 2})->revision, 2);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 3}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 4}).ok());
        QCOMPARE(groupOf(*f.store, 0), WatcherGroup::unsynced);
        QCOMPARE(groupOf(*f.store, 1), WatcherGroup::synced);
        QCOMPARE(groupOf(*f.store, 2), WatcherGroup::synced);
        f.put("a", "2");
        f.put("a", "3");
        f.finishBackground();
        QCOMPARE(text(sink.eventsOf(0)), "+a2 +a3 +a4");
        QCOMPARE(text(sink.eventsOf(1)), "+a3 +a4");
        QCOMPARE(text(sink.eventsOf(2)), "+a4");
    }

    void filtersAndPreviousPairs() {
        StoreFixture f;
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .noPut = true}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "a", .prevKv = true, .noDelete = true}).ok());
        f.put("a", "1");
        f.put("a", "2");
        f.del("a");
        QCOMPARE(text(sink.eventsOf(0)), "-a4");
        QCOMPARE(text(sink.eventsOf(1)), "+a2 +a3");
        QVERIFY(sink.eventsOf(1)[0]->prevKv == nullptr);
        QCOMPARE(*sink.eventsOf(1)[1]->prevKv, (KeyValue{"a", "1", 2, 2, 1, 0}));
        QCOMPARE(sink.batches.size(), 3U);
    }

    void aTransactionIsOneBatch() {
        StoreFixture f;
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .rangeEnd = "z"}).ok());
        TxnOp txn;
        for (const char* key : {"c", "a", "b"}) txn.success.push_back({PutOp{.key = key, .value = "1"}});
        (void)f.get<TxnResult>(std::move(txn));
        QCOMPARE(sink.batches.size(), 1U);
        QCOMPARE(text(sink.batches[0].events), "+c2 +a2 +b2");
        QCOMPARE(sink.batches[0].revision, 2);
    }

    void slowSinkLosesNothing() {
        StoreFixture f;
        CollectingSink sink;
        sink.capacity = 1;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a"}).ok());
        for (int i = 0; i < 5; ++i) f.put("a", "v");
        QCOMPARE(groupOf(*f.store, 0), WatcherGroup::victim);
        // It waits for the sink, not for the store.
        QVERIFY(!f.store->backgroundStep(1));
        QCOMPARE(text(sink.eventsOf(0)), "+a2");
        sink.capacity = 100;
        f.finishBackground();
        QCOMPARE(text(sink.eventsOf(0)), "+a2 +a3 +a4 +a5 +a6");
        QCOMPARE(groupOf(*f.store, 0), WatcherGroup::synced);
        QVERIFY(f.store->streamSynced(stream));
    }

    void compactedStart() {
        StoreFixture f;
        for (int i = 0; i < 5; ++i) f.put("a", "v");
        f.compact(4);
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 3}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 4}).ok());
        f.finishBackground();
        QCOMPARE(sink.batches.size(), 2U);
        QVERIFY(sink.batches[0].canceled && sink.batches[0].compactRevision == 4 && sink.batches[0].events.empty());
        QCOMPARE(text(sink.eventsOf(1)), "+a4 +a5 +a6");
        QCOMPARE(f.store->watchers().size(), 1U);
    }

    void cancelledWhileItsSinkIsFull() {
        StoreFixture f;
        for (int i = 0; i < 5; ++i) f.put("a", "v");
        CollectingSink sink;
        sink.capacity = 0;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 2}).ok());
        f.compact(5);
        QVERIFY(!f.store->backgroundStep(1));
        sink.capacity = 1;
        f.finishBackground();
        QVERIFY(sink.batches[0].canceled);
        QVERIFY(f.store->watchers().empty());
    }

    void boundedSteps() {
        StoreOptions options;
        options.watchRevisionsPerBatch = 10;
        options.watchersPerSyncStep = 2;
        StoreFixture f(options);
        for (int i = 0; i < 35; ++i) f.put("a", "v");
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        for (int i = 0; i < 5; ++i) QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 2}).ok());
        int steps = 1;
        while (f.store->backgroundStep(1)) ++steps;
        QVERIFY2(steps >= 12, qPrintable(QString::number(steps)));
        for (WatchId id = 0; id < 5; ++id) QCOMPARE(sink.eventsOf(id).size(), 35U);
        for (const WatchBatch& batch : sink.batches) QVERIFY(batch.events.size() <= 10);
    }

    void eventsAreShared() {
        StoreFixture f;
        constexpr int kWatchers = 10'000;
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        for (int i = 0; i < kWatchers; ++i) QVERIFY(f.store->createWatch(stream, {.key = "a"}).ok());
        f.put("a", std::string(1000, 'v'));
        QCOMPARE(sink.batches.size(), std::size_t{kWatchers});
        QCOMPARE(sink.batches[0].events[0].use_count(), kWatchers);
        f.store->closeWatchStream(stream);
        QVERIFY(f.store->watchers().empty());
        f.put("a", "2");
        QCOMPARE(sink.batches.size(), std::size_t{kWatchers});
    }

    // Events of one batch of entries come together, in order, with a header that covers them.
    void heldEventsComeTogether() {
        StoreFixture f;
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .rangeEnd = "c", .fragment = true}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "b", .prevKv = true}).ok());
        f.store->holdWatchEvents();
        f.put("a", "1");
        f.put("b", "1");
        f.put("b", "2");
        f.put("x", "1");
        QVERIFY(sink.batches.empty());
        f.store->sendWatchEvents();
        QCOMPARE(sink.batches.size(), 2U);
        QCOMPARE(text(sink.eventsOf(0)), "+a2 +b3 +b4");
        QCOMPARE(text(sink.eventsOf(1)), "+b3 +b4");
        QCOMPARE(sink.eventsOf(1)[1]->prevKv->value, "1");
        QCOMPARE(sink.batches[0].revision, 5);
        QVERIFY(sink.batches[0].fragment && !sink.batches[0].prevKv);
        QVERIFY(sink.batches[1].prevKv && !sink.batches[1].fragment);
        f.put("b", "3");
        QCOMPARE(text(sink.eventsOf(1)), "+b3 +b4 +b6");
    }

    // What waits is offered until the first refusal, not all of it in vain.
    void aFullSinkIsAskedOnce() {
        class CountingSink final : public WatchSink {
        public:
            bool offer(WatchBatch& batch) override {
                ++offers;
                if (room == 0) return false;
                --room;
                taken.push_back(std::move(batch));
                return true;
            }
            int offers = 0;
            int room = 0;
            std::vector<WatchBatch> taken;
        };
        StoreFixture f;
        CountingSink full;
        CollectingSink other;
        const StreamId stream = f.store->openWatchStream(full);
        for (int i = 0; i < 100; ++i) QVERIFY(f.store->createWatch(stream, {.key = "a"}).ok());
        QVERIFY(f.store->createWatch(f.store->openWatchStream(other), {.key = "a"}).ok());
        f.put("a", "1");
        QCOMPARE(full.offers, 100);
        (void)f.store->backgroundStep(1);
        QCOMPARE(full.offers, 101);
        QCOMPARE(other.batches.size(), 1U);
        full.room = 30;
        f.store->retryWatchStream(stream);
        QCOMPARE(full.taken.size(), 30U);
        QCOMPARE(full.offers, 132);
        full.room = 1000;
        f.store->retryWatchStream(stream);
        f.finishBackground();
        QCOMPARE(full.taken.size(), 100U);
        QVERIFY(f.store->streamSynced(stream));
        f.store->retryWatchStream(77);  // one that has gone
    }

    void progress() {
        StoreOptions options;
        options.watchProgressInterval = 10;
        StoreFixture f(options);
        (void)f.store->backgroundStep(100);
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .progressNotify = true}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "a"}).ok());
        f.put("b", "1");
        (void)f.store->backgroundStep(109);
        QVERIFY(sink.batches.empty());
        (void)f.store->backgroundStep(110);
        QCOMPARE(sink.batches.size(), 1U);
        QVERIFY(sink.batches[0].progress && sink.batches[0].watch == 0 && sink.batches[0].revision == 2);
        // One that hears of events needs none.
        (void)f.store->backgroundStep(115);
        f.put("a", "1");
        sink.batches.clear();
        (void)f.store->backgroundStep(121);
        QVERIFY(sink.batches.empty());
        (void)f.store->backgroundStep(125);
        QCOMPARE(sink.batches.size(), 1U);
    }

    // One answer for each request, when the last watcher of the stream has caught up: behind its events, with a
    // revision that covers them (etcd#15220).
    void requestedProgressWaitsForTheHistory() {
        StoreOptions options;
        options.watchRevisionsPerBatch = 10;
        StoreFixture f(options);
        for (int i = 0; i < 35; ++i) f.put("a", "v");
        CollectingSink sink, other;
        const StreamId stream = f.store->openWatchStream(sink);
        const StreamId quiet = f.store->openWatchStream(other);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 2}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "x", .startRevision = 2}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "x"}).ok());
        QVERIFY(f.store->createWatch(quiet, {.key = "x"}).ok());
        f.store->requestWatchProgress(stream);
        f.store->requestWatchProgress(stream);
        f.store->requestWatchProgress(quiet);
        QVERIFY(sink.batches.empty());
        QCOMPARE(other.batches.size(), 1U);  // has nothing to wait for
        for (int steps = 0; f.store->backgroundStep(1); ++steps) QVERIFY(sink.eventsOf(kWholeStream).empty());
        QCOMPARE(sink.eventsOf(0).size(), 35U);
        std::vector<WatchBatch> answers(sink.batches.end() - 2, sink.batches.end());
        for (const WatchBatch& answer : answers) {
            QVERIFY(answer.watch == kWholeStream && answer.progress && answer.events.empty());
            QCOMPARE(answer.revision, 36);
        }
        const auto isAnswer = [](const WatchBatch& batch) { return batch.watch == kWholeStream; };
        QCOMPARE(std::count_if(sink.batches.begin(), sink.batches.end(), isAnswer), std::ptrdiff_t{2});
        f.put("a", "live");
        (void)f.store->backgroundStep(2);
        QCOMPARE(std::count_if(sink.batches.begin(), sink.batches.end(), isAnswer), std::ptrdiff_t{2});
    }

    void requestedProgressWaitsForAFullQueue() {
        StoreFixture f;
        CollectingSink sink;
        sink.capacity = 1;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a"}).ok());
        for (int i = 0; i < 3; ++i) f.put("a", "v");
        f.store->requestWatchProgress(stream);
        sink.capacity = 2;  // the kept event and the missed ones; the answer has to wait once more
        f.finishBackground();
        QCOMPARE(text(sink.eventsOf(0)), "+a2 +a3 +a4");
        QVERIFY(!sink.batches.back().progress);
        sink.capacity = 10;
        f.store->retryWatchStream(stream);
        QVERIFY(sink.batches.back().progress && sink.batches.back().watch == kWholeStream);
        QCOMPARE(sink.batches.back().revision, 4);
        // Events that are held back come first.
        f.store->holdWatchEvents();
        f.put("a", "v");
        f.store->requestWatchProgress(stream);
        f.store->sendWatchEvents();
        QCOMPARE(sink.batches[sink.batches.size() - 2].events.back()->revision.main, 5);
        QCOMPARE(sink.batches.back().revision, 5);
        QVERIFY(sink.batches.back().progress);
    }

    // A watcher that gives up the wait, by cancellation or because its revision was compacted, no longer delays it; the
    // requests of a closed stream are forgotten.
    void requestedProgressAfterTheLastOneBehindHasGone() {
        StoreFixture f;
        for (int i = 0; i < 5; ++i) f.put("a", "v");
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        f.store->requestWatchProgress(stream);  // nobody is behind
        QCOMPARE(sink.batches.size(), 1U);
        const auto first = f.store->createWatch(stream, {.key = "a", .startRevision = 2});
        f.store->requestWatchProgress(stream);
        QVERIFY(f.store->cancelWatch(stream, first->id));
        f.finishBackground();
        QCOMPARE(sink.batches.size(), 2U);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 2}).ok());
        f.store->requestWatchProgress(stream);
        f.compact(4);
        QCOMPARE(sink.batches.size(), 4U);
        QVERIFY(sink.batches[2].canceled && sink.batches[3].progress);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 4}).ok());
        f.store->requestWatchProgress(stream);
        f.store->closeWatchStream(stream);
        f.finishBackground();
        QCOMPARE(sink.batches.size(), 4U);
    }

    // Neither kind of progress names a revision before the one that a watcher asked to begin with (etcd#17557).
    void noProgressBeforeAFutureRevision() {
        StoreOptions options;
        options.watchProgressInterval = 10;
        StoreFixture f(options);
        (void)f.store->backgroundStep(100);
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 5, .progressNotify = true}).ok());
        f.store->requestWatchProgress(stream);
        for (base::Nanoseconds now = 110; now < 200; now += 10) (void)f.store->backgroundStep(now);
        QVERIFY(sink.batches.empty());
        for (int i = 0; i < 3; ++i) f.put("a", "v");  // up to 4
        (void)f.store->backgroundStep(300);
        QCOMPARE(sink.batches.size(), 2U);
        for (const WatchBatch& batch : sink.batches) QVERIFY(batch.progress && batch.revision == 4);
        f.put("a", "v");
        QCOMPARE(text(sink.eventsOf(0)), "+a5");
    }

    void replacedBackend() {
        StoreFixture ahead;
        StoreFixture f;
        for (StoreFixture* each : {&ahead, &f}) each->put("a", "1");
        for (int i = 0; i < 3; ++i) ahead.put("a", "later");
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a"}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 5}).ok());
        f.backend.replaceWith(ahead.backend);
        QVERIFY(f.store->open().ok());
        QCOMPARE(groupOf(*f.store, 0), WatcherGroup::unsynced);
        f.finishBackground();
        f.put("a", "live");
        QCOMPARE(text(sink.eventsOf(0)), "+a3 +a4 +a5 +a6");
        QCOMPARE(text(sink.eventsOf(1)), "+a5 +a6");
    }

    void moves() {
        StoreFixture f;
        f.put("a", "1");
        f.store->setTracing(true);
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 2}).ok());
        f.finishBackground();
        QVERIFY(f.store->cancelWatch(stream, 0));
        std::vector<StoreTrace> traces;
        f.store->takeTrace(traces);
        std::vector<std::pair<WatcherGroup, WatcherGroup>> seen;
        for (const StoreTrace& trace : traces) {
            if (const auto* moved = std::get_if<trace::WatcherMoved>(&trace)) seen.emplace_back(moved->from, moved->to);
        }
        using G = WatcherGroup;
        const decltype(seen) expected{{G::none, G::unsynced}, {G::unsynced, G::synced}, {G::synced, G::none}};
        QCOMPARE(seen, expected);
        f.store->takeTrace(traces);
        QVERIFY(traces.empty());
    }
};

RAFTARIUM_TEST_CLASS(TestMvccWatch)
#include "test_mvcc_watch.moc"
