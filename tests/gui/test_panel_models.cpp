// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The models of the Keys and Watches tabs: rows change by the smallest steps, and say so rightly.
#include "cluster/base/rng.h"
#include "cluster/observe/feed/feed.h"
#include "gui/models/feed_model.h"
#include "gui/panels/history_model.h"
#include "gui/panels/keys_model.h"
#include "gui/panels/watch_model.h"
#include "tests/runner/test_class.h"

#include <QAbstractItemModelTester>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

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

    // Bytes from end to end: what a row shows differs for any two keys, and what it acts on is the key itself.
    void keysThatLookAlike() {
        const std::vector<std::string> keys{
            std::string("\0", 1), "\n",   " ",       "a",      "a ",   "aA",      "a\\x41",
            "a\\\\x41",           "a\tb", "e\u0301", "\u00e9", "\xff", "\xff\xfe"};
        std::vector<std::string> sorted = keys;
        std::sort(sorted.begin(), sorted.end());
        std::vector<client::KeyValue> rows;
        for (const std::string& key : sorted) rows.push_back(kv(key, 2));
        KeysModel model;
        model.merge(rows);
        const QStringList texts = column(model, KeysModel::KeyRole);
        QCOMPARE(QSet<QString>(texts.begin(), texts.end()).size(), static_cast<qsizetype>(keys.size()));
        for (int row = 0; row < model.rowCount(); ++row) {
            const QByteArray bytes = model.index(row, 0).data(KeysModel::BytesRole).toByteArray();
            QCOMPARE(bytes.toStdString(), sorted[static_cast<std::size_t>(row)]);
            QCOMPARE(model.bytesOf(texts[row]), bytes);
            HistoryModel history;
            history.setKey(bytes);
            QCOMPARE(history.keyText(), texts[row]);
        }
        WatchModel watch;
        client::WatchUpdate update;
        for (const std::string& key : sorted) update.events.push_back({false, kv(key, 2), false, {}});
        watch.add(update);
        QStringList watched = column(watch, WatchModel::KeyRole);
        std::reverse(watched.begin(), watched.end());
        QCOMPARE(watched, texts);
    }

    // What rows have in common may be left out, up to a few characters before they differ.
    void sharedBeginnings() {
        KeysModel model;
        const auto shared = [&] { return column(model, KeysModel::SharedRole); };
        model.merge({kv("registry/pods/a", 2), kv("registry/pods/b", 3), kv("x", 4)});
        QCOMPARE(shared(), QStringList({"8", "8", "0"}));  // "y/pods/a"
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.merge({kv("registry/pods/a", 2), kv("x", 4)});
        QCOMPARE(shared(), QStringList({"0", "0"}));
        QVERIFY(!changed.isEmpty());
        // Not into the middle of an escape.
        model.merge({kv("1234567\x01", 2), kv("1234567\x02", 3)});
        QCOMPARE(shared(), QStringList({"1", "1"}));
    }

    void unreadableTextIsRefused() {
        WatchModel watch;
        watch.setEndpoints({"127.0.0.1:1"});
        watch.start("a\\q", true, 0);
        QVERIFY(!watch.active());
        QVERIFY2(watch.error().contains("cannot be read"), qPrintable(watch.error()));
        KeysModel keys;
        keys.setPrefix("a\\");
        keys.setEndpoints({"127.0.0.1:1"});
        QVERIFY2(keys.error().contains("cannot be read"), qPrintable(keys.error()));
        QVERIFY(!keys.loading());
        QVERIFY(keys.bytesOf("a\\q").isEmpty());
    }

    // Keys in sentences: whole values in their places, whatever they look like, and the end of long ones.
    void keysInTheFeed() {
        const observe::FeedLine line{
            0, 1, {{"Feed", "{0} answers: {1}, revision {2}"}, {"n1", "put {2} = %1 {0}", "7"}}, 0};
        QCOMPARE(FeedModel::translated(line), QString("n1 answers: put {2} = %1 {0}, revision 7"));
        const std::string prefix(60, 'p');
        const observe::FeedLine one{0, 1, {{"Feed", "{0}"}, {prefix + "1"}}, 0},
            two{0, 1, {{"Feed", "{0}"}, {prefix + "2"}}, 0};
        QVERIFY(FeedModel::translated(one) != FeedModel::translated(two));
        observe::ClusterState state;
        const auto watched = [&](const std::string& key) {
            observe::WatcherMoved moved;
            moved.watcher.key = key;
            moved.watcher.group = observe::WatcherGroup::synced;
            moved.from = observe::WatcherGroup::none;
            return FeedModel::translated(*observe::describe({0, 1, 0, moved}, state));
        };
        QVERIFY(watched("a\\x41") != watched("aA"));
        QVERIFY(watched("a ") != watched("a"));
        QVERIFY(watched("\xff") != watched("\xfe"));
        QVERIFY2(watched("\xff").contains("\\xff"), qPrintable(watched("\xff")));
    }
};

RAFTARIUM_TEST_CLASS(TestPanelModels)
#include "test_panel_models.moc"
