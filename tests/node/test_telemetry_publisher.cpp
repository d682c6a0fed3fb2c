// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the loop reports at rest and under load. At rest nothing is left out; under load the events stay true and in
// order, and those that are left out are counted.
#include "cluster/node/telemetry/telemetry_publisher.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

using namespace raftarium;
using namespace raftarium::node;

namespace {

telemetry::MessageSent message(std::uint64_t counter) {
    telemetry::MessageSent sent;
    sent.message.key = {7, 1, counter};
    return sent;
}

std::vector<raft::Entry> entries(std::uint64_t first, std::uint64_t last) {
    std::vector<raft::Entry> out(last - first + 1);
    for (auto& entry : out) {
        entry.index = first++;
        entry.term = 3;
    }
    return out;
}

// A loop under load: one step a millisecond, `puts` puts in each.
class Load {
public:
    explicit Load(TelemetryHub& hub) : publisher(hub), cursor(hub.subscribe(0, {})) {}

    void run(int milliseconds, int puts) {
        for (int i = 0; i < milliseconds; ++i) step(puts);
        publisher.publish(now, true);
    }
    void step(int puts) {
        now += base::kMillisecond;
        publisher.begin(now);
        for (int i = 0; i < puts; ++i) {
            const std::uint64_t id = ++request;
            if (publisher.admits(id)) {
                telemetry::ClientRequest received;
                received.requestId = id;
                publisher.add(std::move(received), now);
            }
            if (publisher.admits(MessageId{7, 1, id})) publisher.add(message(id), now);
        }
        const std::uint64_t first = index + 1;
        index += static_cast<std::uint64_t>(puts);
        publisher.addEntries(entries(first, index), now);
        publisher.add(telemetry::WalSynced{index, 3, 100, static_cast<std::uint32_t>(puts), 1000, 0, 0}, now);
        publisher.add(telemetry::CommitAdvanced{index, 3}, now);
        publisher.add(telemetry::Applied{first, index, static_cast<std::int64_t>(index)}, now);
        publisher.publish(now);
        made += 2 * static_cast<std::uint64_t>(puts);
    }
    std::vector<TelemetryEvent> read() const {
        std::vector<TelemetryEvent> out;
        while (cursor->read(out, 1000) == 1000) {
        }
        return out;
    }

    TelemetryPublisher publisher;
    std::unique_ptr<TelemetryHub::Cursor> cursor;
    base::Nanoseconds now = base::kSecond;
    std::uint64_t request = 0, index = 0, made = 0;
};

std::uint64_t leftOut(const std::vector<TelemetryEvent>& events) {
    std::uint64_t count = 0;
    for (const TelemetryEvent& event : events)
        if (const auto* lost = std::get_if<telemetry::Lost>(&event.kind)) count += lost->count;
    return count;
}

std::uint64_t sampled(const std::vector<TelemetryEvent>& events) {
    return static_cast<std::uint64_t>(std::count_if(events.begin(), events.end(), [](const TelemetryEvent& event) {
        return std::holds_alternative<telemetry::MessageSent>(event.kind) ||
               std::holds_alternative<telemetry::ClientRequest>(event.kind);
    }));
}

}  // namespace

class TestTelemetryPublisher : public QObject {
    Q_OBJECT
private slots:
    // 1,900 events a second, state events included, and a burst on top: whatever the budget, all is reported as it
    // comes.
    void atRestNothingIsLeftOut() {
        TelemetryHub hub;
        hub.setBudget(100);
        Load load(hub);
        for (int second = 0; second < 3; ++second) {
            for (int i = 0; i < 316; ++i) {
                load.step(1);
                load.now += 2 * base::kMillisecond;
            }
            QVERIFY(!load.publisher.loaded());
        }
        load.step(400);
        const auto events = load.read();
        QCOMPARE(leftOut(events), 0U);
        QCOMPARE(sampled(events), load.made);
        for (std::size_t i = 0; i < events.size(); ++i) QCOMPARE(events[i].sequence, i + 1);
    }

    void underLoadTheRateHoldsAndEverythingIsAccountedFor() {
        TelemetryHub hub;
        hub.setBudget(1000);
        Load load(hub);
        load.run(2000, 30);  // the burst that is saved up goes in this time
        (void)load.read();
        const std::uint64_t before = hub.lastSequence();
        const std::uint64_t madeBefore = load.made;
        load.run(4000, 30);
        const auto events = load.read();
        QVERIFY(load.publisher.loaded());
        const std::uint64_t kept = sampled(events);
        QVERIFY2(kept > 400 && kept <= 4400, QByteArray::number(static_cast<qulonglong>(kept)));
        QCOMPARE(kept + leftOut(events), load.made - madeBefore);
        // 1,000 steps a second are reported in 50 groups.
        QVERIFY2(events.size() - kept < 4 * 50 * 8, QByteArray::number(static_cast<qulonglong>(events.size() - kept)));
        std::uint64_t accounted = before;
        base::Nanoseconds last = 0;
        for (const TelemetryEvent& event : events) {
            const auto* lost = std::get_if<telemetry::Lost>(&event.kind);
            accounted += lost == nullptr ? 1 : lost->count;
            QCOMPARE(event.sequence, accounted);
            QVERIFY(event.atNs >= last);
            last = event.atNs;
        }
    }

    void joinedProgressIsTrueAtEveryEvent() {
        TelemetryHub hub;
        hub.setBudget(100);
        Load load(hub);
        load.run(3000, 20);
        std::uint64_t appended = 0, durable = 0, committed = 0, applied = 0, synced = 0;
        for (const TelemetryEvent& event : load.read()) {
            if (const auto* log = std::get_if<telemetry::LogAppended>(&event.kind)) {
                QCOMPARE(log->firstIndex, appended + 1);
                QVERIFY(!log->entries.empty());
                QCOMPARE(log->entries.back().index, log->lastIndex);
                appended = log->lastIndex;
            } else if (const auto* sync = std::get_if<telemetry::WalSynced>(&event.kind)) {
                durable = sync->index;
                synced += sync->syncs;
                QVERIFY(durable <= appended);
            } else if (const auto* commit = std::get_if<telemetry::CommitAdvanced>(&event.kind)) {
                committed = commit->index;
                QVERIFY(committed <= durable);
            } else if (const auto* done = std::get_if<telemetry::Applied>(&event.kind)) {
                QCOMPARE(done->firstIndex, applied + 1);
                applied = done->lastIndex;
                QVERIFY(applied <= committed);
            }
        }
        QCOMPARE(applied, load.index);
        QCOMPARE(synced, 3000U);
    }

    void otherStateEndsAGroupAtOnce() {
        TelemetryHub hub;
        hub.setBudget(100);
        Load load(hub);
        load.run(3000, 20);
        (void)load.read();
        load.step(20);
        QVERIFY(load.read().empty());  // gathered
        load.publisher.add(telemetry::RoleChanged{}, load.now);
        load.publisher.publish(load.now);
        const auto events = load.read();
        const auto role = std::find_if(events.begin(), events.end(), [](const TelemetryEvent& event) {
            return std::holds_alternative<telemetry::RoleChanged>(event.kind);
        });
        QVERIFY(role != events.end());
        const bool before = std::any_of(events.begin(), role, [&](const TelemetryEvent& event) {
            const auto* done = std::get_if<telemetry::Applied>(&event.kind);
            return done != nullptr && done->lastIndex == load.index;
        });
        QVERIFY(before);
    }

    // What waits is handed over in time even if no step reports anything more.
    void aGroupIsDue() {
        TelemetryHub hub;
        hub.setBudget(100);
        Load load(hub);
        load.run(3000, 20);
        (void)load.read();
        load.step(20);
        const base::Nanoseconds due = load.publisher.nextDueNs();
        QVERIFY(due > load.now && due <= load.now + 20 * base::kMillisecond);
        load.publisher.begin(due);
        load.publisher.publish(due);
        QVERIFY(!load.read().empty());
        QCOMPARE(load.publisher.nextDueNs(), std::numeric_limits<base::Nanoseconds>::max());
    }

    // Two members under different load: what the busier one keeps, the other keeps, too.
    void whatOneKeepsTheCalmerOneKeeps() {
        const auto keptOf = [](std::uint64_t perSecond) {
            TelemetryBudget budget(perSecond);
            std::map<std::uint64_t, std::set<std::uint64_t>> kept;  // by window
            base::Nanoseconds now = base::kSecond;
            for (std::uint64_t id = 1; id <= 40'000; ++id) {
                if (id % 1000 == 0) now += 100 * base::kMillisecond;
                budget.roll(now);
                if (budget.admits(telemetry::samplingIdentity({9, 4, id}))) kept[id / 1000].insert(id);
            }
            return kept;
        };
        const auto few = keptOf(500);
        const auto many = keptOf(2000);
        std::uint64_t compared = 0;
        for (std::uint64_t window = 20; window < 40; ++window) {
            const auto found = few.find(window);
            if (found == few.end()) continue;
            for (const std::uint64_t id : found->second) {
                QVERIFY(many.at(window).contains(id));
                ++compared;
            }
        }
        QVERIFY(compared > 100);
    }
};

RAFTARIUM_TEST_CLASS(TestTelemetryPublisher)
#include "test_telemetry_publisher.moc"
