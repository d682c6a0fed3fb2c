// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_hub.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::node;

namespace {

void publish(TelemetryHub& hub, int count) {
    std::vector<TelemetryEvent> events;
    for (int i = 0; i < count; ++i) events.push_back({i, 0, 0, telemetry::LogCompacted{static_cast<std::uint64_t>(i)}});
    hub.publish(events);
}

std::vector<TelemetryEvent> readAll(TelemetryHub::Cursor& cursor) {
    std::vector<TelemetryEvent> out;
    while (cursor.read(out, 7) == 7) {
    }
    return out;
}

}  // namespace

class TestTelemetryHub : public QObject {
    Q_OBJECT
private slots:
    void sequencesHaveNoGaps() {
        TelemetryHub hub(16);
        QVERIFY(!hub.hasSubscriber());
        publish(hub, 3);
        auto cursor = hub.subscribe(0, {});
        QVERIFY(hub.hasSubscriber());
        publish(hub, 10);
        const auto events = readAll(*cursor);
        QCOMPARE(events.size(), 10U);
        for (std::size_t i = 0; i < events.size(); ++i) QCOMPARE(events[i].sequence, 4 + i);
        QVERIFY(readAll(*cursor).empty());
        cursor.reset();
        QVERIFY(!hub.hasSubscriber());
    }
    void overrunIsCounted() {
        TelemetryHub hub(8);
        auto cursor = hub.subscribe(0, {});
        publish(hub, 5);
        publish(hub, 20);
        const auto events = readAll(*cursor);
        QCOMPARE(events.size(), 9U);
        QCOMPARE(std::get<telemetry::Lost>(events[0].kind).count, 17U);
        QCOMPARE(events[0].sequence, 17U);
        QCOMPARE(events[1].sequence, 18U);
        QCOMPARE(events.back().sequence, 25U);
        QCOMPARE(std::get<telemetry::LogCompacted>(events.back().kind).firstIndex, 19U);
    }
    void resume() {
        TelemetryHub hub(8);
        publish(hub, 10);
        auto held = hub.subscribe(5, {});
        QCOMPARE(readAll(*held).size(), 5U);
        auto gone = hub.subscribe(1, {});  // 2 is no longer there: from now on
        QVERIFY(readAll(*gone).empty());
        auto future = hub.subscribe(99, {});
        publish(hub, 1);
        QCOMPARE(readAll(*future).size(), 1U);
    }
    void wakesOnceUntilRead() {
        TelemetryHub hub(8);
        int wakes = 0;
        auto cursor = hub.subscribe(0, [&] { ++wakes; });
        publish(hub, 1);
        publish(hub, 1);
        QCOMPARE(wakes, 1);
        readAll(*cursor);
        publish(hub, 1);
        QCOMPARE(wakes, 2);
        cursor.reset();
        publish(hub, 1);
        QCOMPARE(wakes, 2);
    }
};

RAFTARIUM_TEST_CLASS(TestTelemetryHub)
#include "test_telemetry_hub.moc"
