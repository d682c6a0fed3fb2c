// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The live feed of a cluster of real processes: members that come and go, actions, and the recording of it all.
#include "cluster/control/event_order.h"
#include "cluster/control/live_feed.h"
#include "cluster/observe/trace/trace_file.h"
#include "tests/e2e/cluster_fixture.h"
#include "tests/runner/test_class.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <map>

using namespace raftarium;
using observe::Event;

namespace {

template <typename Kind>
std::size_t countOf(const std::vector<Event>& events, observe::NodeId node) {
    return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [&](const Event& event) {
        return event.node == node && std::holds_alternative<Kind>(event.kind);
    }));
}

std::vector<std::string> linesOf(const std::vector<Event>& events) {
    std::vector<std::string> lines;
    for (const Event& event : events)
        if (const auto* taken = std::get_if<observe::ActionTaken>(&event.kind)) lines.push_back(taken->line);
    return lines;
}

}  // namespace

class ClusterFeed : public QObject {
    Q_OBJECT

private slots:
    void allThatHappens() {
        e2e::ClusterFixture fixture;
        const std::string problem = fixture.start(3);
        QVERIFY2(problem.empty(), problem.c_str());
        QVERIFY(!fixture.awaitLeader(fixture.names()).empty());
        QTemporaryDir directory;
        const std::string path = directory.filePath("feed.trace").toStdString();
        auto writer = observe::TraceWriter::create(path, "demo");
        QVERIFY(writer.ok());
        auto recording = std::make_shared<control::Recording>(
            std::move(*writer), [](const base::Error& error) { qWarning("%s", error.text.c_str()); });

        control::EventOrder order;
        std::atomic<std::size_t> members = 0;
        std::vector<Event> events;
        std::uint64_t added = 0, killed = 0;
        {
            auto joined = control::joinCluster("demo");
            QVERIFY(joined.ok());
            const std::shared_ptr<control::Cluster> cluster = std::move(*joined);
            control::LiveFeed::Observer observer;
            observer.onEvents = [&](std::vector<Event> batch) { order.push(std::move(batch)); };
            observer.onMembers = [&](const control::ClusterStatus& status) { members = status.nodes.size(); };
            const control::LiveFeed feed(cluster, std::move(observer), recording);
            recording.reset();
            const auto seen = [&](auto condition) {
                return e2e::eventually([&] {
                    for (Event& event : order.take(std::chrono::milliseconds(10))) events.push_back(std::move(event));
                    return condition();
                });
            };
            // Each member begins with the whole of its state.
            QVERIFY(seen([&] {
                const auto nodes = fixture.cluster->status().nodes;
                return std::all_of(nodes.begin(), nodes.end(), [&](const control::NodeStatus& node) {
                    return countOf<observe::Boxed<observe::FullState>>(events, node.spec.id) == 1;
                });
            }));
            // By the owner and by this process: both are in the feed.
            const auto outcome = fixture.cluster->apply(control::AddNode{true});
            QVERIFY2(outcome.ok(), outcome ? "" : outcome.error().text.c_str());
            added = fixture.nodeOf("n4").id;
            QVERIFY(seen([&] { return countOf<observe::Boxed<observe::FullState>>(events, added) > 0; }));
            QVERIFY(seen([&] { return members == 4; }));
            killed = fixture.nodeOf("n2").id;
            VERIFY_OK(cluster->apply(control::KillNode{"n2"}));
            QVERIFY(seen([&] { return countOf<observe::StreamEnded>(events, killed) > 0; }));
            VERIFY_OK(cluster->apply(control::StartNode{"n2"}));
            QVERIFY(seen([&] { return countOf<observe::Boxed<observe::FullState>>(events, killed) == 2; }));
            QVERIFY(!fixture.awaitLeader({"n1", "n2", "n3"}).empty());  // n2 may have been the leader
            VERIFY_OK(cluster->apply(control::RemoveNode{"n4"}));
            QVERIFY(seen([&] { return members == 3 && linesOf(events).size() == 4; }));
        }
        const std::vector<std::string> expected{
            "raftariumctl cluster add --learner --cluster demo", "raftariumctl cluster kill n2 --cluster demo",
            "raftariumctl cluster start --node n2 --cluster demo", "raftariumctl cluster remove n4 --cluster demo"};
        QCOMPARE(linesOf(events), expected);

        // The recording has the same, of everybody.
        const auto content = observe::readTrace(path);
        QVERIFY2(content.ok(), content ? "" : content.error().text.c_str());
        QVERIFY(!content->cut);
        QCOMPARE(linesOf(content->events), expected);
        for (const std::uint64_t node : {added, killed}) {
            QVERIFY(countOf<observe::ProcessChanged>(content->events, node) >= 2);
            QVERIFY(countOf<observe::Boxed<observe::FullState>>(content->events, node) > 0);
        }
        QVERIFY(countOf<observe::StreamEnded>(content->events, killed) > 0);
        QVERIFY(std::is_sorted(content->events.begin(), content->events.end(),
                               [](const Event& a, const Event& b) { return a.atNs < b.atNs; }));
    }
};

RAFTARIUM_TEST_CLASS(ClusterFeed)
#include "cluster_feed.moc"
