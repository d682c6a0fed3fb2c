// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/tools/ctl/ctl_text.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium::tools;

class TestCtlText : public QObject {
    Q_OBJECT
private slots:
    void base64s_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("one") << QByteArray("x");
        QTest::newRow("two") << QByteArray("w\x01", 2);
        QTest::newRow("three") << QByteArray("a\"b");
        QTest::newRow("high bytes") << QByteArray("\xff\xfe\xfd\x00\x80", 5);
    }
    void base64s() {
        QFETCH(QByteArray, bytes);
        QCOMPARE(QByteArray::fromStdString(base64(bytes.toStdString())), bytes.toBase64());
    }

    void quotes_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("plain") << QByteArray("x") << QByteArray("\"x\"");
        QTest::newRow("control") << QByteArray("w\x01") << QByteArray("\"w\\x01\"");
        QTest::newRow("quote and backslash") << QByteArray("a\"\\b") << QByteArray("\"a\\\"\\\\b\"");
        QTest::newRow("named") << QByteArray("\n\t") << QByteArray("\"\\n\\t\"");
        QTest::newRow("UTF-8") << QByteArray("\u00fc\u8349") << QByteArray("\"\u00fc\u8349\"");
        QTest::newRow("not UTF-8") << QByteArray("\xff\xc3") << QByteArray("\"\\xff\\xc3\"");
        QTest::newRow("overlong") << QByteArray("\xc0\x80") << QByteArray("\"\\xc0\\x80\"");
    }
    void quotes() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        QCOMPARE(QByteArray::fromStdString(goQuoted(bytes.toStdString())), text);
    }

    void sizes_data() {
        QTest::addColumn<qulonglong>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0ULL << "0 B";
        QTest::newRow("nine") << 9ULL << "9 B";
        QTest::newRow("bytes") << 999ULL << "999 B";
        QTest::newRow("etcd's first") << 20480ULL << "20 kB";
        QTest::newRow("below ten") << 1234567ULL << "1.2 MB";
        QTest::newRow("rounds up") << 9990000ULL << "10 MB";
        QTest::newRow("gigabytes") << 2147483648ULL << "2.1 GB";
    }
    void sizes() {
        QFETCH(qulonglong, bytes);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(humanBytes(bytes)), text);
    }

    void durations_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qlonglong>("ns");  // -1: refused
        QTest::newRow("milliseconds") << "200ms" << 200'000'000LL;
        QTest::newRow("fraction") << "1.5s" << 1'500'000'000LL;
        QTest::newRow("sum") << "1m30s" << 90'000'000'000LL;
        QTest::newRow("zero") << "0" << 0LL;
        QTest::newRow("no unit") << "200" << -1LL;
        QTest::newRow("no number") << "ms" << -1LL;
        QTest::newRow("negative") << "-1s" << -1LL;
        QTest::newRow("empty") << "" << -1LL;
        QTest::newRow("unknown unit") << "3d" << -1LL;
        QTest::newRow("space") << "3 s" << -1LL;
        QTest::newRow("not finite") << "infs" << -1LL;
        QTest::newRow("huge") << "99999999999h" << -1LL;
    }
    void durations() {
        QFETCH(QString, text);
        QFETCH(qlonglong, ns);
        QCOMPARE(static_cast<qlonglong>(parseDuration(text.toStdString()).value_or(-1)), ns);
    }

    void goDurations_data() {
        QTest::addColumn<qlonglong>("ns");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0LL << "0s";
        QTest::newRow("ns") << 999LL << "999ns";
        QTest::newRow("microseconds") << 1'500LL << QString::fromUtf8("1.5\u00b5s");
        QTest::newRow("milliseconds") << 4'432'322LL << "4.432322ms";
        QTest::newRow("round") << 1'000'000LL << "1ms";
        QTest::newRow("seconds") << 2'500'000'000LL << "2.5s";
        QTest::newRow("minutes") << 90'000'000'000LL << "1m30s";
        QTest::newRow("hours") << 3'600'000'000'000LL << "1h0m0s";
    }
    void goDurations() {
        QFETCH(qlonglong, ns);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(goDuration(ns)), text);
    }

    void shares_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("share");  // -1: refused
        QTest::newRow("percent") << "30%" << 0.3;
        QTest::newRow("fraction") << "0.25" << 0.25;
        QTest::newRow("all") << "100%" << 1.0;
        QTest::newRow("too much") << "101%" << -1.0;
        QTest::newRow("whole number") << "30" << -1.0;
        QTest::newRow("negative") << "-1%" << -1.0;
        QTest::newRow("empty") << "" << -1.0;
        QTest::newRow("only the sign") << "%" << -1.0;
        QTest::newRow("no number") << "nan" << -1.0;
    }
    void shares() {
        QFETCH(QString, text);
        QFETCH(double, share);
        QCOMPARE(parseShare(text.toStdString()).value_or(-1), share);
    }

    void columnsAreLinedUp() {
        QCOMPARE(columns({{"A", "B"}, {"long", ""}, {"x", "y"}}), std::string("A     B\nlong\nx     y\n"));
    }
};

RAFTARIUM_TEST_CLASS(TestCtlText)
#include "test_ctl_text.moc"
