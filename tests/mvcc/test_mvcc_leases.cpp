// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/mvcc/store_fixture.h"
#include "tests/runner/test_class.h"

#include <QtTest>

using namespace raftarium;
using namespace raftarium::mvcc;
using namespace raftarium::mvcc::test;
using base::kMillisecond;
using base::kSecond;

class TestMvccLeases : public QObject {
    Q_OBJECT

private slots:
    void grantRules_data() {
        QTest::addColumn<qint64>("id");
        QTest::addColumn<qint64>("ttl");
        QTest::addColumn<int>("error");
        QTest::addColumn<qint64>("granted");
        const auto row = [](const char* name, qint64 id, qint64 ttl, ApiError error, qint64 granted) {
            QTest::newRow(name) << id << ttl << static_cast<int>(error) << granted;
        };
        row("plain", 1, 60, ApiError::none, 60);
        row("raised to the minimum", 1, 1, ApiError::none, 2);
        row("zero", 1, 0, ApiError::none, 2);
        row("negative", 1, -5, ApiError::none, 2);
        row("largest", 1, 9'000'000'000, ApiError::none, 9'000'000'000);
        row("too large", 1, 9'000'000'001, ApiError::leaseTtlTooLarge, 0);
        row("id 0", 0, 60, ApiError::leaseNotFound, 0);
        row("taken", 5, 60, ApiError::leaseExists, 0);
    }
    void grantRules() {
        QFETCH(qint64, id);
        QFETCH(qint64, ttl);
        QFETCH(int, error);
        QFETCH(qint64, granted);
        StoreFixture f;
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{5, 60});
        const auto response = f.apply(LeaseGrantOp{id, ttl});
        QCOMPARE(response ? 0 : response.error().api, error);
        if (response) QCOMPARE(std::get<LeaseGrantResult>(*response).ttlSeconds, granted);
    }

    void attachDetachRevoke() {
        StoreFixture f;
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{1, 60});
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{2, 60});
        QCOMPARE(f.errorOf(PutOp{.key = "a", .value = "1", .lease = 9}), ApiError::leaseNotFound);
        f.put("c", "1", 1);
        f.put("a", "1", 1);
        f.put("b", "1", 1);
        f.put("b", "2", 2);  // moves
        f.put("d", "1", 1);
        f.put("d", "2");  // detaches
        f.put("e", "1", 1);
        f.del("e");
        QCOMPARE(f.store->lease(1, 0, true)->keys, (std::vector<std::string>{"a", "c"}));
        QCOMPARE(f.store->lease(2, 0, true)->keys, std::vector<std::string>{"b"});
        CollectingSink sink;
        QVERIFY(f.store->createWatch(f.store->openWatchStream(sink), {.key = "a", .rangeEnd = "z"}).ok());
        const std::int64_t before = f.store->revision();
        QCOMPARE(f.get<LeaseRevokeResult>(LeaseRevokeOp{1}).revision, before + 1);
        const auto events = sink.eventsOf(0);
        QCOMPARE(events.size(), 2U);
        QCOMPARE(sink.batches.size(), 1U);
        QCOMPARE(events[0]->kv.key, "a");
        QCOMPARE(events[1]->revision, (Revision{before + 1, 1}));
        QCOMPARE(f.errorOf(LeaseRevokeOp{1}), ApiError::leaseNotFound);
        QCOMPARE(f.text("a", "z"), "b=2 d=2");
        // Without keys there is no new revision.
        f.del("b");
        QCOMPARE(f.get<LeaseRevokeResult>(LeaseRevokeOp{2}).revision, f.store->revision());
        QCOMPARE(f.store->revision(), before + 2);
        QVERIFY(f.store->leases(0).empty());
        f.restart();
        QVERIFY(f.store->leases(0).empty());
    }

    void ignoreLeaseKeepsIt() {
        StoreFixture f;
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{1, 60});
        f.put("a", "1", 1);
        (void)f.get<PutResult>(PutOp{.key = "a", .value = "2", .ignoreLease = true});
        QCOMPARE(f.store->lease(1, 0, true)->keys, std::vector<std::string>{"a"});
        QCOMPARE(f.store->range({.range = {"a", {}}})->kvs[0].lease, 1);
    }

    void onlyTheLeaderCounts() {
        StoreFixture f;
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{1, 10});
        QVERIFY(f.store->expiredLeases(1000 * kSecond, 10).empty());
        QCOMPARE(f.store->lease(1, 1000 * kSecond, false)->remainingTtlSeconds, 10);
        QCOMPARE(f.store->renewLease(1, 1000 * kSecond).error().code, base::Errc::unavailable);

        f.store->promoteLeases(1000 * kSecond, kSecond);
        QCOMPARE(f.store->lease(1, 1000 * kSecond, false)->deadline, 1011 * kSecond);
        QCOMPARE(f.store->lease(1, 1003 * kSecond + 1, false)->remainingTtlSeconds, 7);
        QVERIFY(f.store->expiredLeases(1011 * kSecond - 1, 10).empty());
        QCOMPARE(*f.store->renewLease(1, 1005 * kSecond), 10);
        QVERIFY(f.store->expiredLeases(1015 * kSecond - 1, 10).empty());
        QCOMPARE(f.store->expiredLeases(1015 * kSecond, 10), std::vector<std::int64_t>{1});
        // Given out again only if the revoke does not come.
        QVERIFY(f.store->expiredLeases(1016 * kSecond, 10).empty());
        QCOMPARE(apiErrorOf(f.store->renewLease(1, 1016 * kSecond).error()), ApiError::leaseNotFound);
        QCOMPARE(f.store->expiredLeases(1018 * kSecond, 10), std::vector<std::int64_t>{1});

        f.store->demoteLeases();
        QVERIFY(f.store->expiredLeases(9000 * kSecond, 10).empty());
    }

    void aNewLeaderReportsWhatItCounts() {
        StoreFixture f;
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{1, 10});
        f.store->setTracing(true);
        f.store->promoteLeases(1000 * kSecond, kSecond);
        std::vector<StoreTrace> traces;
        f.store->takeTrace(traces);
        QCOMPARE(traces.size(), 1U);
        const auto& recounted = std::get<trace::LeaseRecounted>(traces[0]);
        QCOMPARE(recounted.lease, 1);
        QCOMPARE(recounted.ttlSeconds, 10);
        QCOMPARE(recounted.deadlineNs, 1011 * kSecond);
    }

    void grantedWhileLeading() {
        StoreFixture f;
        f.store->promoteLeases(100 * kSecond, 0);
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{3, 10});
        (void)f.store->backgroundStep(101 * kSecond);
        QCOMPARE(f.store->lease(3, 0, false)->deadline, 111 * kSecond);
        QCOMPARE(f.store->expiredLeases(111 * kSecond, 10), std::vector<std::int64_t>{3});
        (void)f.get<LeaseRevokeResult>(LeaseRevokeOp{3});
        QVERIFY(f.store->expiredLeases(200 * kSecond, 10).empty());
    }

    void checkpoints() {
        StoreFixture f;
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{1, 1000});
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{2, 200});
        f.store->promoteLeases(0, 0);
        QVERIFY(f.store->dueLeaseCheckpoints(299 * kSecond, 10).empty());
        const auto due = f.store->dueLeaseCheckpoints(300 * kSecond + 500 * kMillisecond, 10);
        QCOMPARE(due.size(), 1U);
        QCOMPARE(due[0].id, 1);
        QCOMPARE(due[0].remainingTtlSeconds, 700);
        (void)f.get<LeaseCheckpointResult>(LeaseCheckpointOp{due});
        QCOMPARE(f.store->lease(1, 0, false)->checkpointedTtlSeconds, 700);
        // The next leader goes on from there.
        f.store->demoteLeases();
        f.store->promoteLeases(1000 * kSecond, 0);
        QCOMPARE(f.store->lease(1, 1000 * kSecond, false)->remainingTtlSeconds, 700);
        // An unknown lease is passed over.
        (void)f.get<LeaseCheckpointResult>(LeaseCheckpointOp{{{77, 5}}});
        f.restart();
        QCOMPARE(f.store->lease(1, 0, false)->checkpointedTtlSeconds, 0);
    }

    void checkpointsPersistedIfAsked() {
        StoreOptions options;
        options.persistLeaseCheckpoints = true;
        StoreFixture f(options);
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{1, 1000});
        (void)f.get<LeaseCheckpointResult>(LeaseCheckpointOp{{{1, 700}}});
        f.restart();
        QCOMPARE(f.store->lease(1, 0, false)->checkpointedTtlSeconds, 700);
    }

    void expiriesAreSpread() {
        StoreFixture f;
        constexpr int kLeases = 3000;
        for (int i = 1; i <= kLeases; ++i) (void)f.get<LeaseGrantResult>(LeaseGrantOp{i, 10});
        f.store->promoteLeases(0, 0);
        std::size_t most = 0;
        std::size_t all = 0;
        for (int second = 10; second < 20 && all < kLeases; ++second) {
            const auto expired = f.store->expiredLeases(second * kSecond, kLeases);
            all += expired.size();
            if (second > 10) most = std::max(most, expired.size());
            for (const std::int64_t id : expired) (void)f.get<LeaseRevokeResult>(LeaseRevokeOp{id});
        }
        QCOMPARE(all, std::size_t{kLeases});
        QVERIFY2(most <= 751, qPrintable(QString::number(most)));
    }

    void listedByExpiry() {
        StoreFixture f;
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{1, 30});
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{2, 10});
        (void)f.get<LeaseGrantResult>(LeaseGrantOp{3, 20});
        f.store->promoteLeases(0, 0);
        std::vector<std::int64_t> ids;
        for (const LeaseView& lease : f.store->leases(0)) ids.push_back(lease.id);
        QCOMPARE(ids, (std::vector<std::int64_t>{2, 3, 1}));
        QCOMPARE(apiErrorOf(f.store->lease(9, 0, false).error()), ApiError::leaseNotFound);
    }

    void damagedRow() {
        StoreFixture f;
        f.backend.put(Bucket::lease, "12345678", "\x08");
        Store store(f.backend, {});
        const auto status = store.open();
        QCOMPARE(status.error().code, base::Errc::corruption);
        QVERIFY(status.error().text.find("lease") != std::string::npos);
    }
};

RAFTARIUM_TEST_CLASS(TestMvccLeases)
#include "test_mvcc_leases.moc"
