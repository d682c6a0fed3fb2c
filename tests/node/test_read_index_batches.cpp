// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/txn/api_error.h"
#include "cluster/node/requests/read_index_batches.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <optional>

using namespace raftarium;
using namespace raftarium::node;

namespace {

constexpr base::Nanoseconds kRetry = 500 * base::kMillisecond;
constexpr std::uint64_t kLeader = 7;

struct Fixture {
    ReadIndexBatches batches{7 * base::kSecond};
    base::Nanoseconds now = 0;
    std::uint64_t ids = 0;

    // The answer to the reader that was added.
    std::shared_ptr<std::optional<base::Status>> add() {
        auto said = std::make_shared<std::optional<base::Status>>();
        batches.add([said](base::Status status) { *said = std::move(status); }, now);
        return said;
    }
    base::Bytes poll(std::uint64_t leader = kLeader, base::Nanoseconds retry = kRetry) {
        return batches.poll(now, leader, retry, [this] { return ++ids; });
    }
    void answer(const base::Bytes& context, std::uint64_t leader = kLeader) {
        batches.confirmed(5, context, leader);
        batches.complete(5);
    }
};

}  // namespace

class TestReadIndexBatches : public QObject {
    Q_OBJECT
private slots:
    void eachRepetitionHasItsOwnId() {
        Fixture f;
        const auto read = f.add();
        const base::Bytes first = f.poll();
        QVERIFY(!first.isNull());
        QVERIFY(f.poll().isNull());
        QCOMPARE(f.batches.nextDeadlineNs(true), kRetry);
        f.now = kRetry;
        const base::Bytes second = f.poll();
        QVERIFY(!second.isNull());
        QVERIFY(second.view() != first.view());
    }
    void anyIdOfTheBatchServesIt_data() {
        QTest::addColumn<int>("which");
        QTest::newRow("oldest") << 0;
        QTest::newRow("newest") << 2;
    }
    void anyIdOfTheBatchServesIt() {
        QFETCH(int, which);
        Fixture f;
        const auto read = f.add();
        std::vector<base::Bytes> contexts;
        for (int i = 0; i < 3; ++i, f.now += kRetry) contexts.push_back(f.poll());
        const auto next = f.add();
        f.answer(base::Bytes("not ours"));
        f.answer(base::Bytes("12345678"));
        QVERIFY(!read->has_value());
        f.answer(contexts[static_cast<std::size_t>(which)]);
        QVERIFY(read->has_value() && read->value().ok());
        // Ids of a batch that is over serve no later one.
        QVERIFY(!f.poll().isNull());
        for (const base::Bytes& context : contexts) f.answer(context);
        QVERIFY(!next->has_value());
    }
    void theRetryFollowsThePace() {
        Fixture f;
        const auto read = f.add();
        QVERIFY(!f.poll(kLeader, 3 * base::kSecond).isNull());
        f.now = base::kSecond;
        QVERIFY(f.poll(kLeader, kRetry).isNull());
        f.batches.setRetry(kRetry);  // the pace was changed
        QVERIFY(!f.poll(kLeader, 3 * base::kSecond).isNull());
        QCOMPARE(f.batches.nextDeadlineNs(true), 4 * base::kSecond);
        f.batches.resendNow();
        QVERIFY(!f.poll(kLeader, kRetry).isNull());
    }
    // The answer comes together with the news of another leader, or of none (etcd#21375).
    void anAnswerAfterAChangeOfLeaderConfirmsNothing() {
        Fixture f;
        const auto read = f.add();
        f.answer(f.poll(), kLeader + 1);
        QVERIFY(read->has_value());
        QCOMPARE(mvcc::apiErrorOf(read->value().error()), mvcc::ApiError::leaderChanged);

        const auto other = f.add();
        f.answer(f.poll(), 0);
        QVERIFY(!other->has_value());
        QVERIFY(f.poll(0).isNull());
        f.now += kRetry;
        f.answer(f.poll());  // asked again
        QVERIFY(other->has_value() && other->value().ok());
    }
    void readersExpire() {
        Fixture f;
        const auto waiting = f.add();
        const auto asked = f.add();
        f.now = 8 * base::kSecond;
        f.batches.expire(f.now);
        for (const auto& read : {waiting, asked}) {
            QVERIFY(read->has_value());
            QCOMPARE(mvcc::apiErrorOf(read->value().error()), mvcc::ApiError::timeout);
        }
        QVERIFY(f.batches.idle());
    }
};

RAFTARIUM_TEST_CLASS(TestReadIndexBatches)
#include "test_read_index_batches.moc"
