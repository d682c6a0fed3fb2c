// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/rng.h"
#include "cluster/client/load.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;

class TestHistogram : public QObject {
    Q_OBJECT
private slots:
    void percentilesAreWithinABucket() {
        client::Histogram histogram;
        std::vector<std::int64_t> values;
        base::Rng rng(3);
        for (int i = 0; i < 20'000; ++i) {
            values.push_back(static_cast<std::int64_t>(rng.below(1ULL << (1 + rng.below(40)))));
            histogram.add(values.back());
        }
        std::sort(values.begin(), values.end());
        for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            const auto exact = values[static_cast<std::size_t>(share * 20'000) - 1];
            const auto found = histogram.percentileNs(share);
            QVERIFY2(found >= exact && found <= exact + exact / 16 + 1, qPrintable(QString::number(share)));
        }
        QCOMPARE(histogram.maxNs(), values.back());
        QCOMPARE(histogram.count(), 20'000U);
        QVERIFY(!histogram.text().empty());
    }
    void emptyAndNegative() {
        client::Histogram histogram;
        QCOMPARE(histogram.percentileNs(0.5), 0);
        QVERIFY(histogram.text().empty());
        histogram.add(-5);
        QCOMPARE(histogram.percentileNs(1), 0);
    }
    void badSpecs_data() {
        QTest::addColumn<QString>("what");
        for (const char* what :
             {"endpoint", "clients", "connections", "key size", "total", "key space", "txn", "watchers"}) {
            QTest::newRow(what) << QString(what);
        }
    }
    void badSpecs() {
        QFETCH(QString, what);
        client::LoadSpec spec;
        spec.endpoints = {"127.0.0.1:1"};
        if (what == "endpoint") spec.endpoints.clear();
        if (what == "clients") spec.clients = 0;
        if (what == "connections") spec.connections = -1;
        if (what == "key size") spec.keyBytes = 0;
        if (what == "total") spec.total = 0;
        if (what == "key space") spec.keySpace = 0;
        if (what == "txn") spec.txnOps = 129;
        if (what == "watchers") spec.watchers = 0;
        const auto report = client::runLoad(spec, {});
        QVERIFY(!report.ok());
        QCOMPARE(report.error().code, base::Errc::invalidArgument);
        QVERIFY2(report.error().text.find(what.toStdString()) != std::string::npos, report.error().text.c_str());
    }
};

RAFTARIUM_TEST_CLASS(TestHistogram)
#include "test_histogram.moc"
