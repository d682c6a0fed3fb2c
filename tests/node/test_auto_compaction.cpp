// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/upkeep/auto_compaction.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::node;

class TestAutoCompaction : public QObject {
    Q_OBJECT
private slots:
    void periodicKeepsThePeriod() {
        auto compaction = AutoCompaction::parse("periodic", "100s");
        QVERIFY(compaction.ok() && compaction->on());
        std::int64_t compacted = 0;
        // One revision a second, looked at once a second for 1000 s.
        for (std::int64_t second = 1; second <= 1000; ++second) {
            const auto target = compaction->poll(second * base::kSecond, second, true);
            if (!target) continue;
            QVERIFY(*target > compacted);
            QVERIFY(*target <= second - 100);
            QVERIFY(*target >= second - 120);
            compacted = *target;
        }
        QVERIFY(compacted >= 780);
    }
    void revisionKeepsThatMany() {
        auto compaction = AutoCompaction::parse("revision", "1000");
        QVERIFY(compaction.ok());
        QVERIFY(!compaction->poll(1, 5000, true));
        QCOMPARE(compaction->poll(301 * base::kSecond, 6000, true).value(), 5000);
        QVERIFY(!compaction->poll(302 * base::kSecond, 9000, true));
        QVERIFY(!compaction->poll(602 * base::kSecond, 6000, true));
        QCOMPARE(compaction->poll(903 * base::kSecond, 6001, true).value(), 5001);
    }
    void onlyTheLeader() {
        auto compaction = AutoCompaction::parse("periodic", "10s");
        QVERIFY(compaction.ok());
        for (std::int64_t second = 1; second <= 100; ++second)
            QVERIFY(!compaction->poll(second * base::kSecond, second, false));
        // A new leader goes on with what it has seen as a follower.
        QCOMPARE(compaction->poll(105 * base::kSecond, 105, true).value(), 95);
        QVERIFY(!compaction->poll(106 * base::kSecond, 106, true));
        auto revisions = AutoCompaction::parse("revision", "10");
        QVERIFY(revisions.ok());
        for (std::int64_t second = 1; second <= 1000; second += 100)
            QVERIFY(!revisions->poll(second * base::kSecond, second, false));
        QCOMPARE(revisions->poll(1300 * base::kSecond, 1300, true).value(), 1290);
    }
    void values_data() {
        QTest::addColumn<QByteArray>("mode");
        QTest::addColumn<QByteArray>("retention");
        QTest::addColumn<bool>("good");
        QTest::addColumn<bool>("on");
        QTest::newRow("off") << QByteArray("periodic") << QByteArray("0") << true << false;
        QTest::newRow("hours") << QByteArray("periodic") << QByteArray("1") << true << true;
        QTest::newRow("minutes") << QByteArray("periodic") << QByteArray("90m") << true << true;
        QTest::newRow("too short") << QByteArray("periodic") << QByteArray("1ms") << false << false;
        QTest::newRow("words") << QByteArray("periodic") << QByteArray("soon") << false << false;
        QTest::newRow("revisions") << QByteArray("revision") << QByteArray("5") << true << true;
        QTest::newRow("revision off") << QByteArray("revision") << QByteArray("0") << true << false;
        QTest::newRow("revision time") << QByteArray("revision") << QByteArray("5m") << false << false;
    }
    void values() {
        QFETCH(QByteArray, mode);
        QFETCH(QByteArray, retention);
        QFETCH(bool, good);
        QFETCH(bool, on);
        auto compaction = AutoCompaction::parse(mode.toStdString(), retention.toStdString());
        QCOMPARE(compaction.ok(), good);
        if (good) QCOMPARE(compaction->on(), on);
    }
};

RAFTARIUM_TEST_CLASS(TestAutoCompaction)
#include "test_auto_compaction.moc"
