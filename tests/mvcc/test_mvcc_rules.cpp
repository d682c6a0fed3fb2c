// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Request checks, quota, alarms, version bounds, compaction: the rules one by one.
#include "cluster/base/coding.h"
#include "cluster/mvcc/index/row_key.h"
#include "tests/mvcc/store_fixture.h"
#include "tests/runner/test_class.h"

#include <QtTest>

using namespace raftarium;
using namespace raftarium::mvcc;
using namespace raftarium::mvcc::test;

namespace {
Operation put(std::string_view key) { return {PutOp{.key = key, .value = "v"}}; }
Operation del(std::string_view key, std::string_view end = {}) { return {DeleteOp{{key, end}}}; }
Operation get(std::string_view key) { return {RangeOp{.range = {key, {}}}}; }

template <typename... Ops>
std::vector<Operation> list(Ops&&... ops) {
    std::vector<Operation> out;
    (out.push_back(std::forward<Ops>(ops)), ...);
    return out;
}
Operation nested(std::vector<Operation> success, std::vector<Operation> failure = {}) {
    auto txn = std::make_unique<TxnOp>();
    txn->success = std::move(success);
    txn->failure = std::move(failure);
    return {std::move(txn)};
}
std::vector<Operation> many(int count) {
    std::vector<Operation> out;
    for (int i = 0; i < count; ++i) out.push_back(get("a"));
    return out;
}
PutOp bounded(std::string_view key, std::string_view value, std::int64_t versions) {
    return {.key = key, .value = value, .keepVersions = versions};
}
}  // namespace

class TestMvccRules : public QObject {
    Q_OBJECT

private slots:
    void requestChecks() {
        StoreFixture f;
        const auto error = [&f](Request request) {
            const auto status = f.store->validate(request);
            return status ? ApiError::none : apiErrorOf(status.error());
        };
        QCOMPARE(error(RangeOp{}), ApiError::emptyKey);
        QCOMPARE(error(DeleteOp{}), ApiError::emptyKey);
        QCOMPARE(error(PutOp{}), ApiError::emptyKey);
        QCOMPARE(error(PutOp{.key = "a", .value = "v", .ignoreValue = true}), ApiError::valueProvided);
        QCOMPARE(error(PutOp{.key = "a", .value = {}, .lease = 1, .ignoreLease = true}), ApiError::leaseProvided);
        QCOMPARE(error(PutOp{.key = "a", .value = {}, .ignoreValue = true, .ignoreLease = true}), ApiError::none);
        QCOMPARE(f.store->validate(bounded("a", "v", -2)).error().code, base::Errc::invalidArgument);
        QCOMPARE(error(Request()), ApiError::none);
    }

    void txnChecks() {
        StoreFixture f;
        const auto error = [&f](std::vector<Operation> success, std::vector<Operation> failure = {}, int compares = 0) {
            TxnOp txn;
            txn.success = std::move(success);
            txn.failure = std::move(failure);
            for (int i = 0; i < compares; ++i) txn.compares.emplace_back().range.key = "a";
            const auto status = f.store->validate(std::move(txn));
            return status ? ApiError::none : apiErrorOf(status.error());
        };
        using E = ApiError;
        QCOMPARE(error(list(put("a"), put("b"), get("a"))), E::none);
        QCOMPARE(error(list(put("a"), put("a"))), E::duplicateKey);
        QCOMPARE(error({}, list(put("a"), put("a"))), E::duplicateKey);
        QCOMPARE(error(list(put("a")), list(put("a"))), E::none);
        QCOMPARE(error(list(put("a"), del("a"))), E::duplicateKey);
        QCOMPARE(error(list(put("b"), del("a", "c"))), E::duplicateKey);
        QCOMPARE(error(list(put("c"), del("a", "c"))), E::none);
        QCOMPARE(error(list(del("a", "c"), del("b"))), E::none);
        // As etcd 3.4.23, which does not see a delete to the end of the key space here.
        QCOMPARE(error(list(put("b"), del("a", kFromKey))), E::none);
        QCOMPARE(error(list(put("a"), nested(list(put("a"))))), E::duplicateKey);
        QCOMPARE(error(list(put("a"), nested({}, list(put("a"))))), E::duplicateKey);
        QCOMPARE(error(list(nested(list(put("a")), list(put("a"))))), E::none);
        QCOMPARE(error(list(nested(list(put("a"))), nested(list(put("a"))))), E::duplicateKey);
        QCOMPARE(error(list(put("a"), nested(list(del("a"))))), E::duplicateKey);
        QCOMPARE(error(list(nested(list(put("a"))), del("a"))), E::duplicateKey);
        QCOMPARE(error(list(put(""))), E::emptyKey);
        QCOMPARE(error(list(nested(list(get(""))))), E::emptyKey);
        QCOMPARE(error(list(Operation{std::unique_ptr<TxnOp>()})), E::keyNotFound);
        QCOMPARE(error(many(128), many(128), 128), E::none);
        QCOMPARE(error(many(129)), E::tooManyOps);
        QCOMPARE(error({}, many(129)), E::tooManyOps);
        QCOMPARE(error({}, {}, 129), E::tooManyOps);
        // A nested txn may have what the largest list around it leaves.
        QCOMPARE(error(list(nested(many(127)))), E::none);
        QCOMPARE(error(list(nested(many(128)))), E::tooManyOps);
        QCOMPARE(error(list(nested(list(nested(many(126)))))), E::none);
        QCOMPARE(error(list(nested(list(nested(many(127)))))), E::tooManyOps);
    }

    void failedTxnChangesNothing() {
        StoreFixture f;
        f.put("a", "1");
        TxnOp txn;
        txn.success = list(put("b"), put("c"));
        std::get<PutOp>(txn.success[1].op).lease = 5;
        QCOMPARE(f.errorOf(std::move(txn)), ApiError::leaseNotFound);
        TxnOp future;
        future.success = list(put("b"), get("a"));
        std::get<RangeOp>(future.success[1].op).revision = 3;
        QCOMPARE(f.errorOf(std::move(future)), ApiError::futureRevision);
        // Of two errors etcd tells that of a put first, wherever it stands.
        TxnOp both;
        both.success = list(get("a"), put("b"));
        std::get<RangeOp>(both.success[0].op).revision = 3;
        std::get<PutOp>(both.success[1].op).lease = 5;
        QCOMPARE(f.errorOf(std::move(both)), ApiError::leaseNotFound);
        QCOMPARE(f.text("a", kFromKey), "a=1");
        QCOMPARE(f.store->revision(), 2);
        QCOMPARE(f.store->consistentIndex(), 4U);
    }

    void readOnlyTxn() {
        StoreFixture f;
        f.put("a", "1");
        TxnOp txn;
        txn.compares.emplace_back(Compare{CompareResult::equal, CompareTarget::value, {"a", {}}, 0, "1"});
        txn.success = list(get("a"), get("b"));
        const auto result = f.store->readOnlyTxn(txn);
        QVERIFY(result->succeeded);
        QCOMPARE(std::get<RangeResult>(result->results[0].result).kvs[0].value, "1");
        QCOMPARE(result->revision, 2);
        // A branch that reads nothing says the revision all the same.
        txn.success.clear();
        QCOMPARE(f.store->readOnlyTxn(txn)->revision, 2);
        txn.success = list(put("a"));
        QVERIFY(!f.store->readOnlyTxn(txn).ok());
    }

    void sortAndLimit() {
        StoreFixture f;
        f.put("a", "3");
        f.put("b", "1");
        f.put("c", "2");
        f.put("a", "3");
        const auto text = [&f](RangeOp op) {
            op.range = {"a", kFromKey};
            return f.text(op);
        };
        QCOMPARE(text({.range = {}, .sortOrder = SortOrder::descend}), "c=2 b=1 a=3");
        QCOMPARE(text({.range = {}, .sortOrder = SortOrder::ascend, .sortTarget = SortTarget::value}), "b=1 c=2 a=3");
        QCOMPARE(text({.range = {}, .sortOrder = SortOrder::descend, .sortTarget = SortTarget::version}),
                 "a=3 b=1 c=2");
        QCOMPARE(text({.range = {}, .limit = 2, .sortOrder = SortOrder::descend, .sortTarget = SortTarget::create}),
                 "c=2 b=1");
        // Without an order the limit cuts first.
        QCOMPARE(text({.range = {}, .limit = 1, .sortTarget = SortTarget::value}), "b=1");
        QCOMPARE(text({.range = {}, .limit = 1, .minModRevision = 4}), "a=3");
        QCOMPARE(text({.range = {}, .keysOnly = true}), "a= b= c=");
        const auto limited = f.store->range({.range = {"a", kFromKey}, .limit = 2});
        QVERIFY(limited->more && limited->count == 3 && limited->kvs.size() == 2);
        const auto counted = f.store->range({.range = {"a", kFromKey}, .limit = 2, .countOnly = true});
        QVERIFY(!counted->more && counted->count == 3 && counted->kvs.empty());
    }

    void quota() {
        StoreOptions options;
        options.quotaBytes = 10'000;
        StoreFixture f(options);
        const PutOp op{.key = "a", .value = "v"};  // costs 258
        f.backend.overrideSize(10'000 - 259);
        QVERIFY(f.store->checkQuota(op).ok());
        f.backend.overrideSize(10'000 - 258);
        QCOMPARE(apiErrorOf(f.store->checkQuota(op).error()), ApiError::noSpace);
        QVERIFY(f.store->checkQuota(LeaseGrantOp{1, 5}).ok());
        f.backend.overrideSize(10'000 - 64);
        QCOMPARE(apiErrorOf(f.store->checkQuota(LeaseGrantOp{1, 5}).error()), ApiError::noSpace);
        TxnOp cheap;
        cheap.success = list(get("a"), del("a"), nested(list(put("a"))));
        QVERIFY(f.store->checkQuota(std::move(cheap)).ok());
        TxnOp dear;
        dear.failure = list(put("a"));
        QCOMPARE(apiErrorOf(f.store->checkQuota(std::move(dear)).error()), ApiError::noSpace);
        QVERIFY(f.store->checkQuota(DeleteOp{{"a", {}}}).ok());
        // What was proposed all the same is done on all members, but answered with the error.
        QCOMPARE(f.errorOf(op), ApiError::noSpace);
        QCOMPARE(f.text("a"), "a=v");
        options.quotaBytes = -1;
        StoreFixture unlimited(options);
        unlimited.backend.overrideSize(std::int64_t{1} << 50);
        QVERIFY(unlimited.store->checkQuota(op).ok());
    }

    void alarms() {
        StoreFixture f;
        f.put("a", "1");
        const AlarmOp raise{AlarmAction::activate, 7, AlarmType::noSpace};
        QCOMPARE(f.get<AlarmResult>(raise).alarms, (std::vector<Alarm>{{7, AlarmType::noSpace}}));
        QCOMPARE(f.get<AlarmResult>(raise).alarms.size(), 1U);
        QCOMPARE(f.errorOf(PutOp{.key = "a", .value = "2"}), ApiError::noSpace);
        QCOMPARE(f.errorOf(LeaseGrantOp{1, 5}), ApiError::noSpace);
        QCOMPARE(f.errorOf(RangeOp{.range = {"a", {}}}), ApiError::none);
        QCOMPARE(f.errorOf(DeleteOp{{"x", {}}}), ApiError::none);
        QCOMPARE(f.text("a"), "a=1");
        f.restart();
        QCOMPARE(f.store->alarms(), (std::vector<Alarm>{{7, AlarmType::noSpace}}));
        QVERIFY(f.get<AlarmResult>(AlarmOp{AlarmAction::deactivate, 8, AlarmType::noSpace}).alarms.empty());
        QCOMPARE(f.get<AlarmResult>(AlarmOp{AlarmAction::deactivate, 7, AlarmType::noSpace}).alarms.size(), 1U);
        f.put("a", "2");
        (void)f.get<AlarmResult>(AlarmOp{AlarmAction::activate, 7, AlarmType::corrupt});
        QCOMPARE(f.errorOf(RangeOp{.range = {"a", {}}}), ApiError::corrupt);
        QCOMPARE(f.errorOf(CompactOp{2}), ApiError::corrupt);
        QCOMPARE(f.get<AlarmResult>(AlarmOp{AlarmAction::get, 0, AlarmType::none}).alarms.size(), 1U);
        QVERIFY(f.get<AlarmResult>(AlarmOp{AlarmAction::get, 0, AlarmType::noSpace}).alarms.empty());
    }

    void versionBound() {
        StoreFixture f;
        (void)f.get<PutResult>(bounded("a", "1", 2));  // 2
        f.put("a", "2");                               // 3
        f.put("b", "1");                               // 4
        QCOMPARE(f.store->history("a").size(), 2U);
        f.put("a", "3");  // 5 drops 2
        QCOMPARE(f.store->history("a").size(), 2U);
        QCOMPARE(f.text("a", {}, 2), "error etcdserver: mvcc: required revision has been compacted");
        QCOMPARE(f.text("a", kFromKey, 2), "error etcdserver: mvcc: required revision has been compacted");
        QCOMPARE(f.text("b", {}, 2), "");
        QCOMPARE(f.text("a", {}, 3), "a=2");
        QCOMPARE(f.text("a", {}, 1), "");
        QCOMPARE(apiErrorOf(f.store->hashKv(4).error()), ApiError::compacted);
        QVERIFY(f.store->hashKv(5).ok());
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 2}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 3}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "b", .startRevision = 2}).ok());
        f.finishBackground();
        QVERIFY(sink.batches[0].canceled && sink.batches[0].watch == 0 && sink.batches[0].compactRevision == 3);
        QCOMPARE(sink.eventsOf(1).size(), 2U);
        QCOMPARE(sink.eventsOf(2).size(), 1U);
        f.restart();
        QCOMPARE(f.text("a", {}, 2), "error etcdserver: mvcc: required revision has been compacted");
        f.put("a", "4");
        QCOMPARE(f.store->history("a").size(), 2U);  // sticky
        (void)f.get<PutResult>(bounded("a", "5", -1));
        f.put("a", "6");
        f.put("a", "7");
        QCOMPARE(f.store->history("a").size(), 5U);
        QCOMPARE(f.text("a", {}, 3), "error etcdserver: mvcc: required revision has been compacted");
        f.compact(f.store->revision());
        std::size_t rows = 0;
        f.backend.scan(Bucket::keyBounds, {}, {}, [&rows](std::string_view key, std::string_view) {
            rows += key == "dropped" ? 0 : 1;
            return true;
        });
        QCOMPARE(rows, 0U);
    }

    void compactionKeeps() {
        StoreFixture f;
        f.put("a", "1");  // 2
        f.put("a", "2");  // 3
        f.put("b", "1");  // 4
        f.del("b");       // 5
        f.put("a", "3");  // 6
        f.compact(5);
        std::vector<std::int64_t> rows;
        f.backend.scan(Bucket::key, {}, {}, [&rows](std::string_view key, std::string_view) {
            rows.push_back(decodeRevision(key)->revision.main);
            return true;
        });
        QCOMPARE(rows, (std::vector<std::int64_t>{3, 5, 6}));
        QCOMPARE(*f.backend.get(Bucket::meta, "finishedCompactRev"), encodeRevision({5, 0}));
        QCOMPARE(*f.backend.get(Bucket::meta, "scheduledCompactRev"), encodeRevision({5, 0}));
        QCOMPARE(f.store->history("a").size(), 2U);
        QCOMPARE(f.store->history("b").size(), 1U);
        QCOMPARE(f.store->history("b")[0].version, 0);
        f.compact(6);
        QVERIFY(f.store->history("b").empty());
    }

    // etcd#18089, #19179: a watch from the compacted revision hears of the deletes made there, also when the compaction
    // was interrupted, and after a restart; the next compaction takes the tombstones.
    void aDeleteAtTheCompactedRevision_data() {
        QTest::addColumn<int>("stepsBeforeRestart");  // -1: none
        for (const int steps : {-1, 0, 1, 2, 3, 100}) QTest::addRow("%d steps, then killed", steps) << steps;
    }
    void aDeleteAtTheCompactedRevision() {
        QFETCH(int, stepsBeforeRestart);
        StoreOptions options;
        options.compactionRowsPerStep = 2;
        StoreFixture f(options);
        f.put("k", "1");                       // 2
        f.put("k", "2");                       // 3
        f.put("kk", "1");                      // 4
        QCOMPARE(f.del("k", "l").deleted, 2);  // 5
        f.put("k", "again");                   // 6
        f.put("z", "1");                       // 7
        const auto heard = [&f](std::int64_t from) {
            CollectingSink sink;
            const StreamId stream = f.store->openWatchStream(sink);
            if (!f.store->createWatch(stream, {.key = "a", .rangeEnd = "z", .startRevision = from}))
                return std::string();
            f.finishBackground();
            std::string out;
            for (const EventPtr& event : sink.eventsOf(0))
                out += (event->deleted ? "-" : "+") + event->kv.key + std::to_string(event->revision.main) + " ";
            f.store->closeWatchStream(stream);
            return out;
        };
        const auto hash = [&f](std::int64_t revision) { return f.store->hashKv(revision)->hash; };
        (void)f.get<CompactResult>(CompactOp{5});
        const std::uint32_t at6 = hash(6), at7 = hash(7);
        for (int step = 0; step < stepsBeforeRestart && f.store->backgroundStep(1);) ++step;
        if (stepsBeforeRestart >= 0) {
            QVERIFY(f.backend.commit().ok());
            f.restart(true);
        }
        QCOMPARE(heard(5), std::string("-k5 -kk5 +k6 "));
        QVERIFY(!f.store->compactionPending());
        // The tombstones are not hashed: an older etcd does not have them.
        QCOMPARE(hash(6), at6);
        QCOMPARE(hash(7), at7);
        f.restart();
        QCOMPARE(heard(5), std::string("-k5 -kk5 +k6 "));
        QCOMPARE(hash(7), at7);
        QCOMPARE(f.text("k", kFromKey), "k=again z=1");
        QCOMPARE(f.text("k", kFromKey, 5), "");
        f.compact(6);
        std::size_t tombstones = 0;
        f.backend.scan(Bucket::key, {}, {}, [&](std::string_view key, std::string_view) {
            tombstones += decodeRevision(key)->tombstone ? 1 : 0;
            return true;
        });
        QCOMPARE(tombstones, 0U);
        QCOMPARE(hash(7), at7);
    }

    // A put's version bound that drops such a tombstone says so to whoever would need it.
    void aBoundTakesTheDeleteAtTheCompactedRevision() {
        StoreFixture f;
        (void)f.get<PutResult>(bounded("a", "1", 1));  // 2
        f.put("b", "1");                               // 3
        f.del("a");                                    // 4
        f.compact(4);
        (void)f.get<PutResult>(bounded("a", "2", 1));  // 5 drops the tombstone
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 4}).ok());
        QVERIFY(f.store->createWatch(stream, {.key = "a", .startRevision = 5}).ok());
        f.finishBackground();
        QVERIFY(sink.batches[0].canceled && sink.batches[0].watch == 0 && sink.batches[0].compactRevision == 5);
        QCOMPARE(sink.eventsOf(1).size(), 1U);
    }

    void compactionIsBoundedAndResumes() {
        StoreOptions options;
        options.compactionRowsPerStep = 10;
        StoreFixture f(options);
        for (int i = 0; i < 100; ++i) f.put("a", "v");
        QVERIFY(f.backend.commit().ok());
        (void)f.get<CompactResult>(CompactOp{101});
        (void)f.store->backgroundStep(1);
        QVERIFY(f.store->compactionPending());
        QVERIFY(f.backend.pendingOperations() < 20);
        const auto hash = f.store->hashKv(0)->hash;
        QVERIFY(f.backend.commit().ok());
        f.restart(true);
        QVERIFY(f.store->compactionPending());
        QCOMPARE(f.store->compactRevision(), 101);
        QCOMPARE(f.store->hashKv(0)->hash, hash);
        f.finishBackground();
        QVERIFY(!f.store->compactionPending());
        QCOMPARE(f.store->hashKv(0)->hash, hash);
        QCOMPARE(f.text("a"), "a=v");
    }

    void everythingCompacted() {
        StoreFixture f;
        f.put("a", "1");
        f.del("a");
        f.compact(3);
        f.restart();
        QCOMPARE(f.store->revision(), 3);
        QCOMPARE(f.put("a", "again"), 4);
        QCOMPARE(f.store->range({.range = {"a", {}}})->kvs[0].version, 1);
    }

    void damagedRows_data() {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("key is no revision") << QByteArray("abc") << QByteArray();
        QTest::newRow("record is cut") << QByteArray::fromStdString(encodeRevision({2, 0})) << QByteArray("\x0a\x05");
    }
    void damagedRows() {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, value);
        StoreFixture f;
        f.backend.put(Bucket::key, key.toStdString(), value.toStdString());
        Store store(f.backend, {});
        const auto status = store.open();
        QCOMPARE(status.error().code, base::Errc::corruption);
        QVERIFY(status.error().text.find("bucket key") != std::string::npos);
    }

    void consistentIndexIsInTheSameCommit() {
        StoreFixture f;
        QVERIFY(f.store->apply(7, 3, PutOp{.key = "a", .value = "1"}).ok());
        f.store->setConsistent(9, 4);
        QVERIFY(f.backend.commit().ok());
        f.restart(true);
        QCOMPARE(f.store->consistentIndex(), 9U);
        QCOMPARE(f.store->consistentTerm(), 4U);
        std::string bytes;
        base::putFixed64Be(bytes, 9);
        QCOMPARE(*f.backend.get(Bucket::meta, "consistent_index"), bytes);
        QVERIFY(std::holds_alternative<std::monostate>(*f.store->apply(9, 4, PutOp{.key = "a", .value = "2"})));
        QCOMPARE(f.text("a"), "a=1");
    }

    void hashAllSkipsTheIndexes() {
        StoreFixture f;
        f.put("a", "1");
        const auto hash = f.store->hashAll();
        f.store->setConsistent(1000, 9);
        QCOMPARE(f.store->hashAll(), hash);
        f.put("a", "2");
        QVERIFY(f.store->hashAll() != hash);
    }
};

RAFTARIUM_TEST_CLASS(TestMvccRules)
#include "test_mvcc_rules.moc"
