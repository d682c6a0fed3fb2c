// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/messages/fault_gate.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <limits>
#include <set>

using namespace raftarium;
using namespace raftarium::node;

namespace {

constexpr std::uint64_t kSelf = 1;
constexpr std::uint64_t kPeer = 2;

GatedMessage message(std::uint64_t counter, std::uint64_t from = kSelf, std::uint64_t to = kPeer) {
    GatedMessage out;
    out.message.type = raft::MessageType::app;
    out.message.from = from;
    out.message.to = to;
    out.id = {from, 9, counter};
    return out;
}

LinkFaults link(std::uint64_t from = kSelf, std::uint64_t to = kPeer) {
    LinkFaults out;
    out.from = from;
    out.to = to;
    return out;
}

DropReason reasonOf(const GateEvent& event) { return std::get<telemetry::MessageDropped>(event).reason; }
base::Nanoseconds delayedUntil(const GateEvent& event) { return std::get<telemetry::MessageDelayed>(event).untilNs; }

struct Fixture {
    FaultGate gate{kSelf, 7};
    std::vector<GatedMessage> through;
    std::vector<GateEvent> events;
    void pass(std::uint64_t counter, base::Nanoseconds now = 0) { gate.filter(message(counter), now, through, events); }
};

}  // namespace

class TestFaultGate : public QObject {
    Q_OBJECT
private slots:
    void noFaultsPass() {
        Fixture f;
        QVERIFY(!f.gate.active());
        f.pass(1);
        QCOMPARE(f.through.size(), 1U);
        QVERIFY(f.events.empty());
    }
    void cutIsPerDirection() {
        Fixture f;
        LinkFaults cut = link();
        cut.cut = true;
        f.gate.set({cut}, 0);
        f.pass(1);
        QVERIFY(f.through.empty());
        QCOMPARE(reasonOf(f.events[0]), DropReason::linkCut);
        QVERIFY(!std::get<telemetry::MessageDropped>(f.events[0]).atReceiver);
        f.gate.filter(message(2, kPeer, kSelf), 0, f.through, f.events);
        QCOMPARE(f.through.size(), 1U);
        f.gate.set({link()}, 0);
        QVERIFY(!f.gate.active());
    }
    void delayKeepsOrder() {
        Fixture f;
        LinkFaults slow = link();
        slow.delayNs = 100;
        f.gate.set({slow}, 0);
        f.pass(1, 0);
        f.pass(2, 10);
        slow.delayNs = 5;
        f.gate.set({slow}, 20);
        f.pass(3, 20);  // would overtake
        QVERIFY(f.through.empty());
        QCOMPARE(f.events.size(), 3U);
        QCOMPARE(delayedUntil(f.events[0]), 100);
        QCOMPARE(f.gate.nextDueNs(), 100);
        f.gate.takeDue(99, f.through, f.events);
        QVERIFY(f.through.empty());
        f.gate.takeDue(110, f.through, f.events);
        QCOMPARE(f.through.size(), 3U);
        for (std::size_t i = 0; i < 3; ++i) QCOMPARE(f.through[i].id.counter, i + 1);
        QCOMPARE(f.gate.nextDueNs(), std::numeric_limits<base::Nanoseconds>::max());
    }
    void jitterStaysInItsBounds() {
        Fixture f;
        LinkFaults jitter = link();
        jitter.delayNs = 100;
        jitter.jitterNs = 50;
        f.gate.set({jitter}, 0);
        for (std::uint64_t i = 0; i < 200; ++i) f.pass(i);
        std::set<base::Nanoseconds> seen;
        for (const GateEvent& event : f.events) {
            const base::Nanoseconds until = delayedUntil(event);
            QVERIFY(until >= 100 && until <= 150);
            seen.insert(until);
        }
        QVERIFY(seen.size() > 20);
    }
    void sharesAreMet() {
        Fixture f;
        LinkFaults lossy = link();
        lossy.dropShare = 0.25;
        f.gate.set({lossy}, 0);
        for (std::uint64_t i = 0; i < 4000; ++i) f.pass(i);
        QVERIFY(f.events.size() > 850 && f.events.size() < 1150);
        QCOMPARE(f.through.size() + f.events.size(), 4000U);
        QCOMPARE(reasonOf(f.events[0]), DropReason::loss);
        Fixture twice;
        LinkFaults doubled = link();
        doubled.duplicateShare = 1;
        twice.gate.set({doubled}, 0);
        twice.pass(5);
        QCOMPARE(twice.through.size(), 2U);
        QVERIFY(twice.through[0].id == twice.through[1].id);
    }
    void holdAndResolve() {
        Fixture f;
        LinkFaults hold = link();
        hold.hold = true;
        f.gate.set({hold}, 0);
        for (std::uint64_t i = 1; i <= 4; ++i) f.pass(i);
        QCOMPARE(f.gate.held().size(), 4U);
        QCOMPARE(delayedUntil(f.events[0]), 0);
        QVERIFY(!f.gate.resolve({kSelf, 9, 77}, HeldAction::drop, f.through, f.events).ok());
        QVERIFY(f.gate.resolve({kSelf, 9, 2}, HeldAction::deliver, f.through, f.events).ok());
        QCOMPARE(f.through.size(), 1U);
        QCOMPARE(f.through[0].id.counter, 2U);
        QVERIFY(f.gate.resolve({kSelf, 9, 3}, HeldAction::duplicate, f.through, f.events).ok());
        QCOMPARE(f.through.size(), 3U);
        f.events.clear();
        QVERIFY(f.gate.resolve({kSelf, 9, 1}, HeldAction::drop, f.through, f.events).ok());
        QCOMPARE(reasonOf(f.events[0]), DropReason::byHand);
        QCOMPARE(f.gate.held().size(), 1U);
        // No longer held: it continues with the next turn.
        f.gate.set({link()}, 50);
        f.gate.takeDue(50, f.through, f.events);
        QCOMPARE(f.through.size(), 4U);
        QVERIFY(!f.gate.active());
    }
    void cutDropsWhatIsUnderWay() {
        Fixture f;
        LinkFaults faults = link();
        faults.delayNs = 100;
        f.gate.set({faults}, 0);
        f.pass(1);
        faults.cut = true;
        f.gate.set({faults}, 10);
        f.gate.takeDue(100, f.through, f.events);
        QVERIFY(f.through.empty());
        QCOMPARE(reasonOf(f.events.back()), DropReason::linkCut);
    }
    void badLinks_data() {
        QTest::addColumn<qulonglong>("from");
        QTest::addColumn<qulonglong>("to");
        QTest::addColumn<qlonglong>("delay");
        QTest::addColumn<double>("drop");
        QTest::newRow("not ours") << 3ULL << 4ULL << 0LL << 0.0;
        QTest::newRow("to itself") << 1ULL << 1ULL << 0LL << 0.0;
        QTest::newRow("negative delay") << 1ULL << 2ULL << -1LL << 0.0;
        QTest::newRow("endless delay") << 1ULL << 2ULL << 99'999'999'999'999LL << 0.0;
        QTest::newRow("share over 1") << 2ULL << 1ULL << 0LL << 1.1;
        QTest::newRow("share not a number") << 2ULL << 1ULL << 0LL << std::numeric_limits<double>::quiet_NaN();
    }
    void badLinks() {
        QFETCH(qulonglong, from);
        QFETCH(qulonglong, to);
        QFETCH(qlonglong, delay);
        QFETCH(double, drop);
        LinkFaults bad = link(from, to);
        bad.delayNs = delay;
        bad.dropShare = drop;
        const auto status = FaultGate(kSelf, 1).validate({bad});
        QVERIFY(!status.ok());
        QCOMPARE(status.error().code, base::Errc::invalidArgument);
    }
};

RAFTARIUM_TEST_CLASS(TestFaultGate)
#include "test_fault_gate.moc"
