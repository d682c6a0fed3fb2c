// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Writes against the quota, before they are proposed (node/write_admission.h).
#include "cluster/mvcc/txn/api_error.h"
#include "cluster/node/requests/write_admission.h"
#include "tests/rpc/fake_node.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using mvcc::ApiError;

namespace {

constexpr std::int64_t kQuota = 80'000;

mvcc::StoreOptions withQuota(std::int64_t bytes) {
    mvcc::StoreOptions options;
    options.quotaBytes = bytes;
    return options;
}

struct Fixture {
    Fixture() : node(withQuota(kQuota)), admission(node, kQuota) {}
    ApiError put(std::int64_t bytes) {
        const base::Status status = admission.admit(mvcc::PutOp{.key = "k", .value = "v"}, bytes);
        return status ? ApiError::none : mvcc::apiErrorOf(status.error());
    }
    std::size_t alarms() {
        std::size_t count = 0;
        node.runOnLoop([](node::RaftLoop&) {});  // what was posted before has run
        node.read([&](const mvcc::Store& store) { count = store.alarms().size(); });
        return count;
    }
    test::FakeNode node;
    node::WriteAdmission admission;
};

}  // namespace

class TestWriteAdmission : public QObject {
    Q_OBJECT
private slots:
    void whatFitsIsAdmitted() {
        Fixture f;
        QCOMPARE(f.put(300), ApiError::none);
        QCOMPARE(f.alarms(), std::size_t{0});
    }
    void whatDoesNotFitRaisesTheAlarm() {
        Fixture f;
        f.node.overrideSize(kQuota);
        QCOMPARE(f.put(300), ApiError::noSpace);
        QCOMPARE(f.alarms(), std::size_t{1});
    }
    // Far below the quota the store is not asked each time: an eighth of what is left may be written first.
    void farBelowTheQuotaTheSizeIsLookedAtSeldom() {
        Fixture f;
        f.node.overrideSize(0);
        QCOMPARE(f.put(300), ApiError::none);
        f.node.overrideSize(kQuota);
        QCOMPARE(f.put(kQuota / 8 - 1), ApiError::none);
        QCOMPARE(f.put(300), ApiError::noSpace);
    }
    void whileAnAlarmIsRaisedEveryWriteIsChecked() {
        Fixture f;
        f.node.overrideSize(kQuota);
        QCOMPARE(f.put(300), ApiError::noSpace);
        QCOMPARE(f.alarms(), std::size_t{1});
        f.node.overrideSize(0);
        QCOMPARE(f.put(1), ApiError::noSpace);  // until it is disarmed
    }
    void withoutAQuotaEverythingIsAdmitted() {
        test::FakeNode node(withQuota(-1));
        node::WriteAdmission admission(node, -1);
        node.overrideSize(std::int64_t{1} << 50);
        QVERIFY(admission.admit(mvcc::PutOp{.key = "k", .value = "v"}, 1 << 30).ok());
    }
};

RAFTARIUM_TEST_CLASS(TestWriteAdmission)
#include "test_write_admission.moc"
