// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// History against the plain rule: the state at t is every event up to t, reduced from nothing.
#include "cluster/base/rng.h"
#include "cluster/observe/history.h"
#include "tests/observe/synthetic_cluster.h"
#include "tests/runner/test_class.h"

#include <QtTest>

#include <algorithm>
#include <set>

using namespace raftarium;
using namespace raftarium::observe;

namespace {

ClusterState reduced(const std::vector<Event>& sorted, TimeNs until) {
    ClusterState state;
    for (const auto& event : sorted) {
        if (event.atNs > until) break;
        reduce(state, event);
    }
    return state;
}

std::vector<Event> sorted(std::vector<Event> events) {
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.atNs, a.node, a.sequence) < std::tie(b.atNs, b.node, b.sequence);
    });
    return events;
}

// As several streams come in: per batch of a few events, some nodes behind others by up to 200 ms.
void appendInterleaved(History& history, const std::vector<Event>& events, base::Rng& rng,
                       const History::Observer& observer = {}) {
    std::map<NodeId, std::vector<Event>> streams;
    for (const auto& event : events) streams[event.node].push_back(event);
    std::map<NodeId, std::size_t> taken;
    TimeNs now = events.front().atNs;
    for (bool more = true; more;) {
        more = false;
        now += static_cast<TimeNs>(rng.below(100'000'000));
        std::vector<Event> batch;
        for (auto& [node, stream] : streams) {
            std::size_t& next = taken[node];
            const TimeNs behind = static_cast<TimeNs>(rng.below(200'000'000));
            while (next < stream.size() && stream[next].atNs <= now - behind) batch.push_back(stream[next++]);
            more = more || next < stream.size();
        }
        history.append(std::move(batch), observer);
    }
}

}  // namespace

class TestHistory : public QObject {
    Q_OBJECT
private slots:
    void syntheticClusterElects();
    void seekEqualsReduction_data();
    void seekEqualsReduction();
    void observerSeesEachEventOnce();
    void stepsThroughWeights();
    void flightsHaveTheirWholeLife();
    void flightsEndAsTold();
    void flightsWithoutAWordOfTheReceiver();
    void oldestGo();
};

void TestHistory::syntheticClusterElects() {
    const auto events = testing::synthesize({});
    QVERIFY(events == testing::synthesize({}));
    const ClusterState end = reduced(events, events.back().atNs);
    QCOMPARE(end.nodes.size(), 5U);
    QVERIFY(end.leader != 0);
    QVERIFY(end.term >= 2);
    QVERIFY(end.commitIndex > 20);
    QVERIFY(end.revision > 10);
    std::set<std::uint64_t> leadersTerms;
    for (const auto& event : events)
        if (const auto* role = std::get_if<RoleChanged>(&event.kind); role && role->role == Role::leader)
            QVERIFY2(leadersTerms.insert(role->term).second, "two leaders in a term");
    QVERIFY(leadersTerms.size() >= 2);
    for (const auto& [id, node] : end.nodes) {
        QVERIFY(node.known);
        QVERIFY(node.log.commitIndex + 20 > end.commitIndex);
        QCOMPARE(node.log.entries.back().index, node.log.lastIndex);
    }
}

void TestHistory::seekEqualsReduction_data() {
    QTest::addColumn<quint64>("seed");
    QTest::addColumn<int>("between");
    for (quint64 seed = 1; seed <= 6; ++seed) QTest::addRow("seed %llu", seed) << seed << (seed % 2 ? 100 : 2000);
}

void TestHistory::seekEqualsReduction() {
    QFETCH(quint64, seed);
    QFETCH(int, between);
    testing::SyntheticOptions options;
    options.seed = seed;
    options.nodes = 3 + 2 * static_cast<int>(seed % 3);
    const auto events = sorted(testing::synthesize(options));
    base::Rng rng(seed);
    History history({static_cast<std::size_t>(between), 10'000'000});
    appendInterleaved(history, events, rng);
    QCOMPARE(history.size(), events.size());
    for (std::size_t i = 0; i < events.size(); ++i) QVERIFY(history.at(i) == events[i]);
    QVERIFY(history.live() == reduced(events, history.endNs()));
    TimeNs time = history.beginNs();
    for (int i = 0; i < 60; ++i) {
        // Some near the last, some anywhere, a few outside.
        const TimeNs span = history.endNs() - history.beginNs();
        if (i % 3 == 0)
            time = history.beginNs() - 1'000'000'000 +
                   static_cast<TimeNs>(rng.below(static_cast<std::uint64_t>(span) + 2'000'000'000));
        else
            time += static_cast<TimeNs>(rng.below(100'000'000)) - 50'000'000;
        QVERIFY(history.seek(time) == reduced(events, time));
    }
}

// Late ones, too, each with the state just before it.
void TestHistory::observerSeesEachEventOnce() {
    const auto events = sorted(testing::synthesize({}));
    base::Rng rng(4);
    History history;
    std::vector<Event> seen;
    std::size_t late = 0;
    TimeNs newest = 0;
    appendInterleaved(history, events, rng, [&](const Event& event, const ClusterState& before) {
        seen.push_back(event);
        late += event.atNs < newest;
        newest = std::max(newest, event.atNs);
        QVERIFY(before.nowNs <= event.atNs);
        const auto term = std::get_if<TermChanged>(&event.kind);
        const NodeState* node = before.node(event.node);
        if (term && node) QCOMPARE(node->term, term->previous);
    });
    QVERIFY(late > 100);
    QVERIFY(sorted(std::move(seen)) == events);
}

void TestHistory::stepsThroughWeights() {
    const auto events = sorted(testing::synthesize({}));
    History history;
    history.append(events);
    for (const Weight weight : {Weight::detail, Weight::message, Weight::meaningful}) {
        std::set<TimeNs> expected;
        for (const auto& event : events)
            if (weightOf(event) >= weight) expected.insert(event.atNs);
        std::vector<TimeNs> forwards, backwards;
        for (auto at = history.next(history.beginNs() - 1, weight); at; at = history.next(*at, weight))
            forwards.push_back(*at);
        for (auto at = history.previous(history.endNs() + 1, weight); at; at = history.previous(*at, weight))
            backwards.push_back(*at);
        std::reverse(backwards.begin(), backwards.end());
        QVERIFY(forwards == std::vector<TimeNs>(expected.begin(), expected.end()));
        QVERIFY(forwards == backwards);
    }
}

void TestHistory::flightsHaveTheirWholeLife() {
    const auto events = sorted(testing::synthesize({}));
    History history;
    history.append(events);
    std::map<MessageKey, Flight> expected;
    for (const auto& event : events) {
        if (const auto* sent = std::get_if<MessageSent>(&event.kind)) {
            expected[sent->message.key].message = sent->message;
            expected[sent->message.key].sentNs = event.atNs;
        } else if (const auto* received = std::get_if<MessageReceived>(&event.kind)) {
            expected[received->message.key].end = FlightEnd::received;
            expected[received->message.key].endNs = event.atNs;
        } else if (const auto* dropped = std::get_if<MessageDropped>(&event.kind)) {
            expected[dropped->message.key].end = FlightEnd::dropped;
        }
    }
    const auto flights = history.flights(history.beginNs(), history.endNs());
    QCOMPARE(flights.size(), expected.size());
    std::size_t dropped = 0;
    for (const auto& flight : flights) {
        const Flight& want = expected.at(flight.message.key);
        QCOMPARE(flight.sentNs, want.sentNs);
        if (want.end == FlightEnd::received) {
            QCOMPARE(int(flight.end), int(want.end));
            QCOMPARE(flight.endNs, want.endNs);
        }
        dropped += flight.end == FlightEnd::dropped;
    }
    QVERIFY(dropped > 10);
    // In a window: those and only those that overlap it.
    base::Rng rng(5);
    for (int i = 0; i < 50; ++i) {
        const TimeNs from = history.beginNs() + static_cast<TimeNs>(rng.below(19'000'000'000));
        const TimeNs to = from + static_cast<TimeNs>(rng.below(30'000'000));
        std::set<MessageKey> want, got;
        for (const auto& flight : flights)
            if (flight.sentNs <= to && flight.endNs >= from) want.insert(flight.message.key);
        for (const auto& flight : history.flights(from, to)) got.insert(flight.message.key);
        // What is still on the way has no end yet; it may be in both.
        for (const auto& flight : flights)
            if (flight.end == FlightEnd::flying) {
                want.erase(flight.message.key);
                got.erase(flight.message.key);
            }
        QVERIFY(want == got);
    }
}

void TestHistory::flightsEndAsTold() {
    constexpr TimeNs kMs = 1'000'000;
    const auto message = [](std::uint64_t counter) {
        Message out;
        out.key = {1, 1, counter};
        out.from = 1;
        out.to = 2;
        return out;
    };
    History history;
    history.append({
        {1000 * kMs, 2, 1, MessageReceived{message(1)}},  // the receiver's word first
        {1001 * kMs, 1, 1, MessageSent{message(1)}},
        {1002 * kMs, 1, 2, MessageSent{message(2)}},
        {1003 * kMs, 2, 2, MessageDropped{message(2), DropReason::loss, true}},
        {1004 * kMs, 1, 3, MessageSent{message(3)}},
        {1005 * kMs, 1, 4, MessageDelayed{message(3), 0, false}},
        {1006 * kMs, 1, 5, MessageDelayed{message(3), 1500 * kMs, false}},
        {1007 * kMs, 1, 6, MessageDropped{message(4), DropReason::linkCut, false}},  // at the gate, never sent
    });
    std::map<std::uint64_t, Flight> flights;
    for (const auto& flight : history.flights(history.beginNs(), history.endNs()))
        flights[flight.message.key.counter] = flight;
    QCOMPARE(flights.size(), 4U);
    QCOMPARE(int(flights[1].end), int(FlightEnd::received));
    QVERIFY(flights[1].sentNs != 0 && flights[1].endNs >= flights[1].sentNs);
    QCOMPARE(int(flights[2].end), int(FlightEnd::dropped));
    QCOMPARE(int(flights[2].dropReason), int(DropReason::loss));
    QVERIFY(flights[2].droppedAtReceiver);
    QVERIFY(!flights[3].held);
    QCOMPARE(flights[3].endNs, 1500 * kMs);
    QCOMPARE(flights[4].sentNs, 1007 * kMs);
}

void TestHistory::flightsWithoutAWordOfTheReceiver() {
    constexpr TimeNs kMs = 1'000'000;
    const auto message = [](std::uint64_t counter, NodeId to) {
        Message out;
        out.key = {1, 1, counter};
        out.from = 1;
        out.to = to;
        return out;
    };
    History history;
    history.append({
        {1000 * kMs, 1, 1, MessageSent{message(1, 2)}},  // passed by the next but one
        {1010 * kMs, 1, 2, MessageSent{message(2, 3)}},  // its receiver dies
        {1020 * kMs, 1, 3, MessageSent{message(3, 4)}},  // nobody says anything
        {1030 * kMs, 1, 4, MessageSent{message(4, 5)}},  // held
        {1040 * kMs, 1, 5, MessageDelayed{message(4, 5), 0, false}},
        {1100 * kMs, 3, 0, ProcessChanged{ProcessState::stopped, "n3", 0, 9, ""}},
        {1200 * kMs, 1, 6, MessageSent{message(5, 3)}},  // to one who is known to be dead
        {1300 * kMs, 1, 7, MessageSent{message(6, 2)}},
        {1301 * kMs, 2, 1, MessageReceived{message(6, 2)}},
    });
    const auto life = [&](std::uint64_t counter) {
        for (const auto& flight : history.flights(history.beginNs(), history.endNs()))
            if (flight.message.key.counter == counter) return flight;
        return Flight{};
    };
    QCOMPARE(int(life(1).end), int(FlightEnd::unknown));
    QCOMPARE(life(1).endNs, 1301 * kMs);
    QCOMPARE(int(life(2).end), int(FlightEnd::unknown));
    QCOMPARE(life(2).endNs, 1100 * kMs);
    QCOMPARE(int(life(3).end), int(FlightEnd::flying));
    QVERIFY(life(4).held);
    QCOMPARE(int(life(5).end), int(FlightEnd::dropped));
    QVERIFY(life(5).droppedAtReceiver);
    QCOMPARE(int(life(6).end), int(FlightEnd::received));
    // Told late after all: a held one released and received, a passed one received.
    history.append({{1350 * kMs, 2, 2, MessageReceived{message(1, 2)}}});
    QCOMPARE(int(life(1).end), int(FlightEnd::received));
    history.append({{9000 * kMs, 5, 1, MessageReceived{message(4, 5)}}});
    QCOMPARE(life(4).endNs, 9000 * kMs);
    QCOMPARE(int(life(3).end), int(FlightEnd::unknown));
    QCOMPARE(life(3).endNs, 6020 * kMs);
    // A long flight is found in the middle of its life.
    const auto middle = history.flights(7000 * kMs, 7010 * kMs);
    QCOMPARE(middle.size(), 1U);
    QCOMPARE(middle[0].message.key.counter, 4U);
}

void TestHistory::oldestGo() {
    const auto events = sorted(testing::synthesize({}));
    History history({100, 2000});
    base::Rng rng(3);
    appendInterleaved(history, events, rng);
    QVERIFY(history.size() <= 2000 && history.size() > 1500);
    QVERIFY(history.at(history.size() - 1) == events.back());
    const TimeNs middle = (history.beginNs() + history.endNs()) / 2;
    QVERIFY(history.seek(middle) == reduced(events, middle));
    QVERIFY(history.seek(history.beginNs()).nowNs <= history.beginNs());
    QVERIFY(!history.previous(history.beginNs(), Weight::detail));
}

RAFTARIUM_TEST_CLASS(TestHistory)
#include "test_history.moc"
