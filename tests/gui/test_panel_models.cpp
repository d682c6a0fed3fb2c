// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The models of the Keys and Watches tabs: rows change by the smallest steps, and say so rightly.
#include "cluster/base/rng.h"
#include "gui/panels/history_model.h"
#include "gui/panels/keys_model.h"
#include "gui/panels/watch_model.h"
#include "tests/runner/test_class.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace raftarium;
using namespace raftarium::gui;

namespace {

client::KeyValue kv(const std::string& key, std::int64_t mod, std::int64_t version = 1,
                    const std::string& value = "v") {
    client::KeyValue pair;
    pair.key = key;
    pair.value = value;
    pair.modRevision = mod;
    pair.createRevision = mod - version + 1;
    pair.version = version;
    return pair;
}

QStringList column(const QAbstractItemModel& model, int role) {
    QStringList out;
    for (int row = 0; row < model.rowCount(); ++row) out << model.index(row, 0).data(role).toString();
    return out;
}

}  // namespace

class TestPanelModels : public QObject {
    Q_OBJECT
private slots:
    void keysMerge() {
        KeysModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.merge({kv("a", 2), kv("c", 3)});
        QCOMPARE(inserted.size(), 2);
        model.merge({kv("a", 2), kv("b", 4), kv("c", 5, 2)});
        QCOMPARE(column(model, KeysModel::KeyRole), QStringList({"a", "b", "c"}));
        QCOMPARE(inserted.size(), 3);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(removed.size(), 0);
        model.merge({kv("c", 5, 2)});
        QCOMPARE(column(model, KeysModel::KeyRole), QStringList({"c"}));
        QCOMPARE(removed.size(), 2);
        model.merge({});
        QCOMPARE(model.rowCount(), 0);
    }

    void keysMergeOfRandomSets() {
        KeysModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        base::Rng rng(11);
        for (int round = 1; round < 60; ++round) {
            std::vector<client::KeyValue> rows;
            QStringList expected;
            for (char c = 'a'; c <= 'z'; ++c) {
                if (!rng.chance(0.4)) continue;
                rows.push_back(kv(std::string(1, c), round));
                expected << QString(QLatin1Char(c));
            }
            model.merge(rows);
            QCOMPARE(column(model, KeysModel::KeyRole), expected);
            QCOMPARE(column(model, KeysModel::ModRole), QStringList(expected.size(), QString::number(round)));
        }
    }

    void historyCountsLives() {
        HistoryModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto tombstone = kv("x", 5, 0, "");
        model.setRevisions({kv("x", 6), tombstone, kv("x", 4, 2), kv("x", 3)});
        QCOMPARE(model.lives(), 2);
        QCOMPARE(column(model, HistoryModel::LifeRole), QStringList({"1", "2", "2", "2"}));
        QCOMPARE(column(model, HistoryModel::DeletedRole), QStringList({"false", "true", "false", "false"}));
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setRevisions({kv("x", 7, 2), kv("x", 6), tombstone, kv("x", 4, 2), kv("x", 3)});
        QCOMPARE(reset.size(), 0);
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(column(model, HistoryModel::LifeRole), QStringList({"1", "1", "2", "2", "2"}));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setRevisions(
            {kv("x", 9), kv("x", 8, 0, ""), kv("x", 7, 2), kv("x", 6), tombstone, kv("x", 4, 2), kv("x", 3)});
        QCOMPARE(reset.size(), 0);
        QCOMPARE(changed.size(), 1);  // a new life makes all others older
        QCOMPARE(column(model, HistoryModel::LifeRole), QStringList({"1", "2", "2", "2", "3", "3", "3"}));
        model.setRevisions({kv("x", 7, 2)});  // compacted below
        QCOMPARE(reset.size(), 1);
    }

    void watchKeepsTheNewest() {
        WatchModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int i = 1; i <= 700; ++i) {
            client::WatchUpdate update;
            update.events.push_back({i % 2 == 0, kv("k", i), true, kv("k", i - 1)});
            model.add(update);
        }
        QCOMPARE(model.rowCount(), static_cast<int>(WatchModel::kEventsMax));
        QCOMPARE(model.received(), 700);
        QCOMPARE(model.index(0, 0).data(WatchModel::RevisionRole).toInt(), 700);
        QCOMPARE(model.index(499, 0).data(WatchModel::RevisionRole).toInt(), 201);
        client::WatchUpdate canceled;
        canceled.canceled = true;
        canceled.compactRevision = 9;
        model.add(canceled);
        QVERIFY(!model.active());
        QVERIFY(model.error().contains("9"));
    }

    void questionsAreMerged() {
        EtcdAccess access;
        int put = 0;
        access.setQuestion([&] { ++put; });
        QVERIFY(!access.ask());  // nobody to ask
        QCOMPARE(put, 0);
        QVERIFY(access.setEndpoints({"127.0.0.1:1"}));
        QVERIFY(!access.setEndpoints({"127.0.0.1:1"}));
        QVERIFY(access.ask());
        for (int i = 0; i < 5; ++i) QVERIFY(!access.ask());
        QCOMPARE(put, 1);
        access.answered();  // asked for meanwhile: once more, however often
        QCOMPARE(put, 2);
        QVERIFY(access.asking());
        access.answered();
        QCOMPARE(put, 2);
        QVERIFY(!access.asking());
        QVERIFY(access.ask());
        access.answered(true);  // an answer to something else
        QCOMPARE(put, 4);
        access.setEndpoints({});
        access.answered(true);
        QVERIFY(!access.asking());
    }

    void watchWithoutClusterSaysSo() {
        WatchModel model;
        model.start("a", true, 0);
        QVERIFY(!model.active());
        QVERIFY(!model.error().isEmpty());
    }

    void bytesAndText_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("shown");
        QTest::newRow("text") << QByteArray("foo/bar") << QString("foo/bar");
        QTest::newRow("chinese") << QByteArray("键") << QString("键");
        QTest::newRow("binary") << QByteArray("a\x01\xff", 3) << QString("a\\x01\\xff");
        QTest::newRow("empty") << QByteArray() << QString();
    }
    void bytesAndText() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, shown);
        QCOMPARE(EtcdAccess::display(bytes.toStdString()), shown);
        QCOMPARE(EtcdAccess::bytesOf(shown), bytes.toStdString());
    }
    void typedBackslashes() {
        QCOMPARE(EtcdAccess::bytesOf("a\\xzz"), std::string("a\\xzz"));
        QCOMPARE(EtcdAccess::bytesOf("\\x4"), std::string("\\x4"));
        QCOMPARE(EtcdAccess::bytesOf("\\"), std::string("\\"));
    }
};

RAFTARIUM_TEST_CLASS(TestPanelModels)
#include "test_panel_models.moc"
