// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_rates.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::node;

namespace {

// A process whose CPU time the test moves.
struct Fixture {
    TelemetryHub hub;
    base::Nanoseconds cpu = 0;
    base::Nanoseconds now = base::kSecond;
    TelemetryRates rates{hub, [this] { return cpu; }};

    void run(double share, int steps = 3) {
        for (int i = 0; i < steps; ++i) {
            now += 100 * base::kMillisecond;
            cpu += static_cast<base::Nanoseconds>(share * 100 * base::kMillisecond);
            rates.update(now);
        }
    }
};

}  // namespace

class TestTelemetryRates : public QObject {
    Q_OBJECT
private slots:
    void theMostDemandingSubscriberDecides() {
        Fixture f;
        QCOMPARE(f.hub.budget(), TelemetryHub::kEverything);
        int one = 0, two = 0;
        f.rates.add(&one, 100, f.now);
        QCOMPARE(f.hub.budget(), 100U);
        f.rates.add(&two, 3000, f.now);
        QCOMPARE(f.hub.budget(), 3000U);
        f.rates.remove(&two, f.now);
        QCOMPARE(f.hub.budget(), 100U);
        f.rates.remove(&one, f.now);
        QCOMPARE(f.hub.budget(), TelemetryHub::kEverything);
    }
    void aBusyNodeReportsLess() {
        Fixture f;
        int one = 0;
        f.rates.add(&one, 0, f.now);
        QCOMPARE(f.hub.budget(), TelemetryRates::kDefaultRate);
        f.run(0.2);
        QCOMPARE(f.hub.budget(), TelemetryRates::kDefaultRate);
        QVERIFY(!f.rates.gathered());
        f.run(0.3);
        QCOMPARE(f.hub.budget(), TelemetryRates::kBusyRate);
        QVERIFY(f.rates.gathered());
        f.run(0.2);  // not calm yet
        QCOMPARE(f.hub.budget(), TelemetryRates::kBusyRate);
        f.run(0.05);
        QCOMPARE(f.hub.budget(), TelemetryRates::kDefaultRate);
    }
    void aRateThatIsNamedHoldsOnABusyNode() {
        Fixture f;
        int one = 0;
        f.rates.add(&one, 7000, f.now);
        f.run(0.9);
        QCOMPARE(f.hub.budget(), 7000U);
        QVERIFY(!f.rates.gathered());
    }
    // The first look after a time in which nobody listened says nothing about now.
    void aLongPauseIsNotCounted() {
        Fixture f;
        int one = 0;
        f.rates.add(&one, 0, f.now);
        f.now += 10 * base::kSecond;
        f.cpu += 9 * base::kSecond;
        f.rates.update(f.now);
        QCOMPARE(f.hub.budget(), TelemetryRates::kDefaultRate);
    }
};

RAFTARIUM_TEST_CLASS(TestTelemetryRates)
#include "test_telemetry_rates.moc"
