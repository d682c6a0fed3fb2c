// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"
#include "cluster/control/event_order.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <thread>

using namespace raftarium;
using control::EventOrder;
using observe::Event;

namespace {

constexpr std::chrono::seconds kLong{60};

Event at(observe::TimeNs time, observe::NodeId node) { return {time, node, 0, observe::CommitAdvanced{1, 1}}; }

}  // namespace

class TestEventOrder : public QObject {
    Q_OBJECT

private slots:
    void ofSeveralMembersByTime() {
        EventOrder order;
        order.push({at(10, 1), at(30, 1)});
        order.push({at(20, 2), at(40, 2)});
        std::vector<observe::TimeNs> times;
        for (const Event& event : order.take(kLong)) times.push_back(event.atNs);
        QCOMPARE(times, (std::vector<observe::TimeNs>{10, 20, 30, 40}));
        QVERIFY(order.take(std::chrono::milliseconds(0)).empty());
    }

    // An event of this moment waits for earlier ones of others; the end waits for nobody.
    void whatIsFreshWaits() {
        EventOrder order;
        const observe::TimeNs future = base::SystemClock().monotonicNow() + 3600 * base::kSecond;
        order.push({at(future, 1)});
        QVERIFY(order.take(std::chrono::milliseconds(0)).empty());
        order.push({at(1, 2)});
        QCOMPARE(order.take(kLong).size(), std::size_t{1});
        std::thread other([&] { order.end(); });
        QCOMPARE(order.take(kLong).size(), std::size_t{1});
        other.join();
        QVERIFY(order.take(kLong).empty());
    }

    // A reader that does not read costs a bounded amount of memory, and loses no state.
    void aFullOrderLosesMessagesAndSaysSo() {
        EventOrder order(10);
        std::vector<Event> many;
        for (int i = 0; i < 50; ++i) many.push_back({i, 1, 0, observe::MessageSent{}});
        many.push_back(at(50, 1));
        order.push(std::move(many));
        const auto taken = order.take(kLong);
        QCOMPARE(taken.size(), std::size_t{2});
        QVERIFY(std::holds_alternative<observe::CommitAdvanced>(taken[0].kind));
        QVERIFY((std::get<observe::Lost>(taken[1].kind) == observe::Lost{50, true}));
    }
};

RAFTARIUM_TEST_CLASS(TestEventOrder)
#include "test_event_order.moc"
