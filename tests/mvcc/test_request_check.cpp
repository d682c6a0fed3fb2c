// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The checks of a request before it is proposed, and what the quota counts for it. (Duplicate keys and numbers of
// operations of txns: test_mvcc_rules.)
#include "cluster/mvcc/txn/api_error.h"
#include "cluster/mvcc/txn/request_check.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::mvcc;

namespace {

ApiError errorOf(const Request& request, int maxTxnOps = 128) {
    const auto status = checkRequest(request, maxTxnOps);
    return status ? ApiError::none : apiErrorOf(status.error());
}
Operation putOf(std::string_view key, std::string_view value = "v") { return {PutOp{.key = key, .value = value}}; }
Operation nested(TxnOp txn) { return {std::make_unique<TxnOp>(std::move(txn))}; }

}  // namespace

class TestRequestCheck : public QObject {
    Q_OBJECT
private slots:
    void everyCompareNeedsAKey() {
        TxnOp txn;
        txn.compares.emplace_back().range.key = "a";
        txn.compares.emplace_back();
        QCOMPARE(errorOf(std::move(txn)), ApiError::emptyKey);
    }
    void theUnchosenBranchIsCheckedToo() {
        TxnOp txn;
        txn.success.push_back(putOf("a"));
        txn.failure.push_back(putOf(""));
        QCOMPARE(errorOf(std::move(txn)), ApiError::emptyKey);
    }
    void aPutMayNotBothKeepAndSet() {
        QCOMPARE(errorOf(PutOp{.key = "a", .value = "v", .ignoreValue = true}), ApiError::valueProvided);
        QCOMPARE(errorOf(PutOp{.key = "a", .value = {}, .lease = 3, .ignoreLease = true}), ApiError::leaseProvided);
        TxnOp txn;
        txn.success.push_back({PutOp{.key = "a", .value = "v", .ignoreValue = true}});
        QCOMPARE(errorOf(std::move(txn)), ApiError::valueProvided);
    }
    void aBoundOfVersionsIsAtLeastMinusOne() {
        for (const std::int64_t allowed : {-1, 0, 1, 1000}) {
            QCOMPARE(errorOf(PutOp{.key = "a", .value = "v", .keepVersions = allowed}), ApiError::none);
        }
        const auto status = checkRequest(PutOp{.key = "a", .value = "v", .keepVersions = -2}, 128);
        QVERIFY(!status);
        QCOMPARE(status.error().code, base::Errc::invalidArgument);
        QVERIFY(status.error().text.find("keep_versions is -2") == 0);
    }
    void theLimitOfOperationsIsAnOption() {
        TxnOp two;
        two.success.push_back(putOf("a"));
        two.success.push_back(putOf("b"));
        QCOMPARE(errorOf(std::move(two), 1), ApiError::tooManyOps);
    }
    void requestsWithoutKeysPass() {
        QCOMPARE(errorOf(std::monostate()), ApiError::none);
        QCOMPARE(errorOf(CompactOp{5}), ApiError::none);
        QCOMPARE(errorOf(LeaseGrantOp{1, 5}), ApiError::none);
        QCOMPARE(errorOf(AlarmOp{AlarmAction::get, 0, AlarmType::none}), ApiError::none);
    }

    void theQuotaCountsKeyValueAndOverhead() {
        QCOMPARE(quotaCost(PutOp{.key = "abc", .value = "12345"}), 256 + 3 + 5);
        QCOMPARE(quotaCost(LeaseGrantOp{1, 5}), 64);
    }
    void theQuotaCountsTheLargerBranch() {
        TxnOp txn;
        txn.success.push_back(putOf("a", "1"));
        txn.failure.push_back(putOf("a", "12"));
        txn.failure.push_back(putOf("b", "12"));
        QCOMPARE(quotaCost(std::move(txn)), 2 * (256 + 1 + 2));
    }
    void theQuotaDoesNotCountNestedTxns() {
        TxnOp inner;
        inner.success.push_back(putOf("a"));
        TxnOp outer;
        outer.success.push_back(nested(std::move(inner)));
        QCOMPARE(quotaCost(std::move(outer)), 0);
    }
    void whatFreesSpaceCostsNothing() {
        QCOMPARE(quotaCost(DeleteOp{{"a", {}}}), 0);
        QCOMPARE(quotaCost(CompactOp{5}), 0);
        QCOMPARE(quotaCost(LeaseRevokeOp{1}), 0);
        QCOMPARE(quotaCost(RangeOp{.range = {"a", {}}}), 0);
    }
};

RAFTARIUM_TEST_CLASS(TestRequestCheck)
#include "test_request_check.moc"
