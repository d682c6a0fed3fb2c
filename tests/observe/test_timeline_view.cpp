// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/cluster_state.h"
#include "cluster/observe/timeline_view.h"
#include "tests/observe/random_telemetry.h"
#include "tests/observe/synthetic_cluster.h"
#include "tests/runner/test_class.h"

#include <QtTest>

#include <algorithm>

using namespace raftarium;
using namespace raftarium::observe;

class TestTimelineView : public QObject {
    Q_OBJECT
private slots:
    void termsAndLeaders();
    void lanesFollowTheNode();
    void faultSpans();
    void actionsAreMarks();
    void spansAreGaplessOnAnything();
};

void TestTimelineView::termsAndLeaders() {
    TimelineView view;
    view.add({10, 1, 1, TermChanged{2, 1, 1}});
    view.add({20, 1, 2, RoleChanged{Role::leader, 2, 1}});
    view.add({25, 2, 1, RoleChanged{Role::follower, 2, 1}});
    view.add({30, 1, 0, ProcessChanged{ProcessState::stopped, "n1", 0, 9, ""}});
    view.add({40, 2, 2, TermChanged{3, 2, 2}});
    view.add({50, 2, 3, RoleChanged{Role::leader, 3, 2}});
    const auto& terms = view.terms();
    QCOMPARE(terms.size(), 5U);
    const TermSpan expected[] = {{10, 20, 2, 0}, {20, 30, 2, 1}, {30, 40, 2, 0}, {40, 50, 3, 0}, {50, 0, 3, 2}};
    for (std::size_t i = 0; i < 5; ++i) {
        QCOMPARE(terms[i].fromNs, expected[i].fromNs);
        QCOMPARE(terms[i].toNs, expected[i].toNs);
        QCOMPARE(terms[i].term, expected[i].term);
        QCOMPARE(terms[i].leader, expected[i].leader);
    }
}

void TestTimelineView::lanesFollowTheNode() {
    TimelineView view;
    view.add({1, 1, 1, RoleChanged{Role::candidate, 2, 0}});
    view.add({2, 1, 2, RoleChanged{Role::leader, 2, 1}});
    view.add({3, 1, 3, WalSynced{}});
    view.add({4, 1, 0, ProcessChanged{ProcessState::paused, "n1", 0, 0, ""}});
    view.add({5, 1, 0, ProcessChanged{ProcessState::stopped, "n1", 0, 9, ""}});
    view.add({6, 1, 0, StreamEnded{"gone"}});
    // How a node is when first heard of is no crash.
    view.add({1, 2, 0, ProcessChanged{ProcessState::stopped, "n2", 0, 0, ""}});
    QCOMPARE(view.lanes().at(2).size(), 1U);
    QCOMPARE(int(view.lanes().at(2)[0].process), int(ProcessState::stopped));
    QVERIFY(!view.ticks().contains(2));
    view.add({2, 2, 0, ProcessChanged{ProcessState::running, "n2", 0, 0, ""}});
    view.add({3, 2, 0, ProcessChanged{ProcessState::stopped, "n2", 0, 9, ""}});
    QCOMPARE(int(view.ticks().at(2).back().kind), int(TickKind::crash));
    const auto& lane = view.lanes().at(1);
    QCOMPARE(lane.size(), 5U);
    QCOMPARE(int(lane[0].role), int(Role::candidate));
    QCOMPARE(int(lane[1].role), int(Role::leader));
    QCOMPARE(int(lane[2].process), int(ProcessState::paused));
    QCOMPARE(int(lane[3].process), int(ProcessState::stopped));
    QVERIFY(!lane[4].known);
    const auto& ticks = view.ticks().at(1);
    QCOMPARE(ticks.size(), 3U);
    QCOMPARE(int(ticks[0].kind), int(TickKind::election));
    QCOMPARE(int(ticks[1].kind), int(TickKind::fsync));
    QCOMPARE(int(ticks[2].kind), int(TickKind::crash));
}

void TestTimelineView::faultSpans() {
    TimelineView view;
    const FaultsChanged cut{{{1, 2, true, 0, 0, 0, 0, false}}}, slow{{{1, 2, false, 5, 0, 0, 0, false}}};
    view.add({1, 1, 1, slow});
    QVERIFY(view.faults().empty());
    view.add({2, 1, 2, cut});
    view.add({3, 2, 1, cut});
    view.add({4, 1, 3, slow});
    QCOMPARE(view.faults().size(), 1U);
    QCOMPARE(view.faults()[0].toNs, 0);
    view.add({5, 2, 2, FaultsChanged{}});
    QCOMPARE(view.faults()[0].fromNs, 2);
    QCOMPARE(view.faults()[0].toNs, 5);
}

// In the order of time, also those that arrive late; no lane for what is about no node.
void TestTimelineView::actionsAreMarks() {
    TimelineView view;
    const auto action = [](const char* line, telemetry::ActionOutcome outcome) {
        return ActionTaken{line, "{}", "app", outcome, outcome == telemetry::ActionOutcome::failed ? "no" : ""};
    };
    view.add({30, 0, 0, action("heal", telemetry::ActionOutcome::done)});
    view.add({10, 1, 0, action("kill n1", telemetry::ActionOutcome::failed)});
    QCOMPARE(view.actions().size(), 2U);
    QCOMPARE(view.actions()[0].line, std::string("kill n1"));
    QCOMPARE(view.actions()[0].atNs, 10);
    QVERIFY(view.actions()[0].failed);
    QVERIFY(!view.actions()[1].failed);
    QVERIFY(view.lanes().empty());
    ClusterState state;
    reduce(state, {30, 0, 0, action("heal", telemetry::ActionOutcome::done)});
    QVERIFY(state.nodes.empty());
    QCOMPARE(state.nowNs, 30);
}

void TestTimelineView::spansAreGaplessOnAnything() {
    base::Rng rng(3);
    for (const auto& events : {testing::synthesize({}), testing::randomEvents(rng, 20'000)}) {
        TimelineView view;
        for (const auto& event : events) view.add(event);
        QVERIFY(!view.terms().empty());
        for (std::size_t i = 1; i < view.terms().size(); ++i) {
            QCOMPARE(view.terms()[i].fromNs, view.terms()[i - 1].toNs);
            QVERIFY(view.terms()[i].term >= view.terms()[i - 1].term);
        }
        for (const auto& [node, spans] : view.lanes())
            for (std::size_t i = 1; i < spans.size(); ++i) QCOMPARE(spans[i].fromNs, spans[i - 1].toNs);
        for (const auto& [node, ticks] : view.ticks())
            QVERIFY(std::is_sorted(ticks.begin(), ticks.end(),
                                   [](const Tick& a, const Tick& b) { return a.atNs < b.atNs; }));
    }
}

RAFTARIUM_TEST_CLASS(TestTimelineView)
#include "test_timeline_view.moc"
