// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What becomes of the core's and the store's trace in telemetry.
#include "cluster/node/telemetry/telemetry_values.h"
#include "cluster/node/telemetry/trace_origins.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::node;

namespace {

template <typename Kind, typename Trace>
Kind coreValue(const Trace& trace) {
    return std::get<Kind>(*valueOf(raft::TraceEvent(trace)));
}
template <typename Kind, typename Trace>
Kind storeValue(Trace trace, std::uint64_t index = 0, std::uint64_t requestId = 0) {
    return std::get<Kind>(valueOf(mvcc::StoreTrace(std::move(trace)), index, requestId));
}

}  // namespace

class TestTelemetryValues : public QObject {
    Q_OBJECT
private slots:
    // Only these come of a message; after the others the last message stepped says nothing.
    void aRoleNamesTheMessageThatCausedIt_data() {
        QTest::addColumn<int>("cause");
        QTest::addColumn<int>("by");
        QTest::newRow("higher term") << int(raft::RoleCause::higherTerm) << 2;
        QTest::newRow("leader seen") << int(raft::RoleCause::leaderSeen) << 2;
        QTest::newRow("transfer") << int(raft::RoleCause::transfer) << 2;
        QTest::newRow("election timeout") << int(raft::RoleCause::electionTimeout) << 0;
        QTest::newRow("quorum lost") << int(raft::RoleCause::quorumLost) << 0;
    }
    void aRoleNamesTheMessageThatCausedIt() {
        QFETCH(int, cause);
        QFETCH(int, by);
        const auto role = coreValue<telemetry::RoleChanged>(
            raft::trace::RoleChanged{raft::Role::follower, 4, 2, static_cast<raft::RoleCause>(cause), 2});
        QCOMPARE(role.causedBy, std::uint64_t(by));
        QCOMPARE(role.leader, 2U);
        QVERIFY(role.cause != telemetry::RoleCause::unknown);
    }
    void votesKeepTheirComparison() {
        raft::trace::VoteCast cast;
        cast.candidate = 3;
        cast.result = raft::VoteResult::logBehind;
        cast.candidateLastTerm = 1;
        cast.candidateLastIndex = 9;
        cast.ownLastTerm = 2;
        cast.ownLastIndex = 5;
        const auto vote = coreValue<telemetry::VoteCast>(cast);
        QVERIFY(vote.result == telemetry::VoteResult::logBehind);
        QCOMPARE(vote.candidateLastIndex, 9U);
        QCOMPARE(vote.ownLastTerm, 2U);
    }
    void ignoredMessagesFireARule() {
        const auto rule =
            coreValue<telemetry::RuleFired>(raft::trace::MessageIgnored{3, 7, raft::IgnoreReason::oldTerm});
        QVERIFY(rule.rule == telemetry::Rule::oldTermIgnored);
        QCOMPARE(rule.values, (std::vector<std::uint64_t>{3, 7}));
        QVERIFY(!valueOf(raft::TraceEvent(raft::trace::MessageIgnored{3, 7, raft::IgnoreReason::malformed})));
        QVERIFY(!valueOf(raft::TraceEvent(raft::trace::ElectionTimerReset{})));
    }
    // The loop copies neither keys nor entries.
    void bytesAreShared() {
        auto change = std::make_shared<mvcc::ChangeEvent>();
        change->kv.key = std::string(100, 'k');
        change->kv.value = std::string(100, 'v');
        change->revision = {7, 1};
        const auto key = storeValue<telemetry::KeyChanged>(mvcc::trace::KeyChanged{change}, 12, 99);
        QVERIFY(key.key.view().data() == change->kv.key.data());
        QVERIFY(key.value.view().data() == change->kv.value.data());
        QCOMPARE(key.main, 7);
        QCOMPARE(key.index, 12U);
        QCOMPARE(key.requestId, 99U);
        raft::Entry entry;
        entry.data = base::Bytes("some bytes of an entry");
        const telemetry::LogEntry logged = valueOf(entry);
        QVERIFY(logged.payload.view().data() == entry.data.view().data());
        QVERIFY(logged.text.empty());
        QCOMPARE(valueOf(raft::Entry()).text, std::string("noop"));
    }
    void leasesSayWhyTheirTimeMoved() {
        const auto renewed = storeValue<telemetry::LeaseChanged>(mvcc::trace::LeaseRenewed{5, 10, 100});
        QVERIFY(renewed.cause == telemetry::LeaseCause::keepAlive);
        const auto recounted = storeValue<telemetry::LeaseChanged>(mvcc::trace::LeaseRecounted{5, 10, 100});
        QVERIFY(recounted.kind == telemetry::LeaseChange::deadlineMoved);
        QVERIFY(recounted.cause == telemetry::LeaseCause::newLeader);
        QCOMPARE(recounted.lease.deadlineNs, 100);
    }
    void watchersKeepGroupAndCause() {
        mvcc::trace::WatcherMoved moved;
        moved.to = mvcc::WatcherGroup::victim;
        moved.from = mvcc::WatcherGroup::synced;
        moved.cause = mvcc::WatcherCause::queueFull;
        moved.key = "k";
        const auto value = storeValue<telemetry::WatcherMoved>(moved);
        QVERIFY(value.watcher.group == telemetry::WatcherGroup::victim);
        QVERIFY(value.from == telemetry::WatcherGroup::synced);
        QVERIFY(value.cause == telemetry::WatcherCause::queueFull);
        QCOMPARE(value.watcher.key, std::string("k"));
    }
    void traceEventsNameTheMessageThatWasStepped() {
        TraceCauses causes;
        causes.stepped(0, 0, {9, 1, 1});  // changed nothing
        causes.stepped(1, 3, {9, 1, 2});
        causes.stepped(3, 4, {8, 1, 7});
        QVERIFY(!causes.of(0).known());
        QCOMPARE(causes.of(1).message().counter, 2U);
        QCOMPARE(causes.of(2).message().sender, 9U);
        QCOMPARE(causes.of(3).message().counter, 7U);
        QVERIFY(!causes.of(4).known());
        causes.clear();
        QVERIFY(!causes.of(1).known());
    }
    void revisionsKnowTheirRequest() {
        RevisionRequests requests;
        requests.wrote(5, 71);
        requests.wrote(5, 71);  // the second change of a transaction
        requests.wrote(6, 0);   // nobody's request
        requests.wrote(7, 72);
        QCOMPARE(requests.requestOf(5), 71U);
        QCOMPARE(requests.requestOf(6), 0U);
        QCOMPARE(requests.requestOf(7), 72U);
        QCOMPARE(requests.requestOf(8), 0U);
    }
};

RAFTARIUM_TEST_CLASS(TestTelemetryValues)
#include "test_telemetry_values.moc"
