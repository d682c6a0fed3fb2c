// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Replays what a real etcd 3.4.23 answered to a random mix of operations (record_etcd.py): the same responses, errors,
// revisions, hashes and history.
#include "tests/mvcc/gateway_json.h"
#include "tests/mvcc/store_fixture.h"
#include "tests/runner/test_class.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

using namespace raftarium;
using namespace raftarium::mvcc;
using namespace raftarium::mvcc::test;

namespace {
QString compact(const QJsonObject& json) {
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}
}  // namespace

class TestMvccConformance : public QObject {
    Q_OBJECT

private slots:
    void etcd_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("restarts");
        for (const char* name : {"etcd_mix_1.jsonl"}) {
            QTest::newRow(name) << QStringLiteral(RAFTARIUM_SOURCE_DIR "/tests/mvcc/data/") + name << false;
            QTest::addRow("%s, restarting", name)
                << QStringLiteral(RAFTARIUM_SOURCE_DIR "/tests/mvcc/data/") + name << true;
        }
    }
    void etcd() {
        QFETCH(QString, file);
        QFETCH(bool, restarts);
        QFile data(file);
        QVERIFY2(data.open(QIODevice::ReadOnly), qPrintable(file));
        StoreFixture f;
        int line = 0;
        int hashes = 0;
        bool watched = false;
        while (!data.atEnd()) {
            ++line;
            const QJsonObject item = QJsonDocument::fromJson(data.readLine()).object();
            const QString call = item["call"].toString();
            if (call == "hashkv") {
                checkHash(f, item, line);
                ++hashes;
            } else if (call == "watch") {
                checkWatch(f, item);
                watched = true;
            } else {
                checkCall(f, item, line);
            }
            if (QTest::currentTestFailed()) return;
            // The compaction's rows go at different times in the two rows of this test.
            if (!restarts || line % 7 == 0) f.finishBackground();
            if (restarts && line % 13 == 0) {
                QVERIFY(f.backend.commit().ok());
                f.restart();
            }
        }
        QVERIFY(hashes > 20);
        QVERIFY(watched);
    }

private:
    static void checkCall(StoreFixture& f, const QJsonObject& item, int line) {
        GatewayReader reader;
        const Request request = reader.request(item["call"].toString(), item["request"].toObject());
        const QJsonObject expected = item["response"].toObject();
        const auto valid = f.store->validate(request);
        const auto response = valid ? f.apply(request) : base::Result<Response>(valid.error());
        const QString where = QStringLiteral("line %1: %2\n").arg(line).arg(compact(item["request"].toObject()));
        if (expected.contains("error")) {
            const QString text = response ? "(no error)" : QString::fromStdString(response.error().text);
            QVERIFY2(text == expected["error"].toString(),
                     qPrintable(where + text + " / " + expected["error"].toString()));
            return;
        }
        QVERIFY2(response.ok(),
                 qPrintable(where + (response ? QString() : QString::fromStdString(response.error().text))));
        const QJsonObject actual = toGateway(*response);
        QVERIFY2(actual == expected, qPrintable(where + compact(actual) + "\n" + compact(expected)));
    }

    static void checkHash(StoreFixture& f, const QJsonObject& item, int line) {
        const auto hash = f.store->hashKv(item["rev"].toInteger());
        QVERIFY2(hash.ok(), qPrintable(QString::number(line)));
        QVERIFY2(hash->hash == static_cast<std::uint32_t>(item["hash"].toInteger()), qPrintable(QString::number(line)));
        QCOMPARE(hash->compactRevision, item["compact_revision"].toInteger());
    }

    static void checkWatch(StoreFixture& f, const QJsonObject& item) {
        CollectingSink sink;
        const StreamId stream = f.store->openWatchStream(sink);
        WatchRequest all;
        all.rangeEnd = std::string(kFromKey);
        all.startRevision = item["start"].toInteger();
        all.prevKv = true;
        QVERIFY(f.store->createWatch(stream, all).ok());
        f.finishBackground();
        const auto events = sink.eventsOf(0);
        const QJsonArray expected = item["events"].toArray();
        QCOMPARE(static_cast<qsizetype>(events.size()), expected.size());
        for (qsizetype i = 0; i < expected.size(); ++i) {
            const ChangeEvent& event = *events[static_cast<std::size_t>(i)];
            QJsonObject actual;
            if (event.deleted) actual["type"] = "DELETE";
            actual["kv"] = toGateway(event.kv);
            if (event.prevKv) actual["prev_kv"] = toGateway(*event.prevKv);
            QVERIFY2(actual == expected[i].toObject(),
                     qPrintable(compact(actual) + "\n" + compact(expected[i].toObject())));
        }
    }
};

RAFTARIUM_TEST_CLASS(TestMvccConformance)
#include "test_mvcc_conformance.moc"
