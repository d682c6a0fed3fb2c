// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec.h"
#include "proto/raftarium/telemetry.pb.h"
#include "proto/raftarium/trace.pb.h"
#include "tests/runner/test_class.h"
#include "tests/telemetry/random_values.h"

#include <QtTest>

#include <set>

using namespace raftarium;
using namespace raftarium::telemetry;

namespace {

constexpr NodeId kNode = 7;
constexpr std::size_t kKinds = std::variant_size_v<EventKind>;

std::string noText(const LogEntry&) { return "described"; }
std::uint64_t requestNumber(const LogEntry&) { return 77; }
std::string requestText(const base::Bytes& payload) { return "request of " + std::to_string(payload.size()); }
constexpr Describer kDescriber{noText, requestNumber, requestText};

// Through the bytes that a stream carries.
template <typename Proto>
Proto overTheWire(const Proto& message) {
    Proto out;
    if (!out.ParseFromString(message.SerializeAsString())) qFatal("bytes that cannot be parsed");
    return out;
}

// What a reader gets of `event`, by the way that its kind takes.
std::vector<Event> received(const Event& event) {
    std::vector<Event> out;
    trace::v1::TraceRecord record;
    if (encodeSupervisorEvent(event, record)) {
        Event decoded;
        if (decodeSupervisorEvent(overTheWire(record), decoded)) out.push_back(decoded);
        return out;
    }
    v1::EventBatch batch;
    if (std::holds_alternative<Boxed<FullState>>(event.kind))
        encodeFullState(event, kDescriber, batch);
    else
        encodeEvents({event}, kDescriber, batch);
    (void)decodeBatch(overTheWire(batch), kNode, out);
    return out;
}

}  // namespace

class TestCodec : public QObject {
    Q_OBJECT
private slots:
    void everyKindSurvives_data();
    void everyKindSurvives();
    void causesSurvive();
    void theNodesBytesAreDescribed();
    void keysAreCutToAPreview();
    void oldReasonsBecomeCauses_data();
    void oldReasonsBecomeCauses();
    void oldRestarts();
    void numbersOfTheFutureAreTamed();
};

void TestCodec::everyKindSurvives_data() {
    QTest::addColumn<int>("kind");
    for (std::size_t kind = 0; kind < kKinds; ++kind)
        QTest::newRow(QByteArray::number(static_cast<int>(kind)).constData()) << static_cast<int>(kind);
}

void TestCodec::everyKindSurvives() {
    QFETCH(int, kind);
    testing::RandomValues random(static_cast<std::uint64_t>(kind) + 1);
    for (int round = 0; round < 200; ++round) {
        Event event{1'000 + round, kNode, 0, random.kind(static_cast<std::size_t>(kind))};
        QCOMPARE(event.kind.index(), static_cast<std::size_t>(kind));
        const std::vector<Event> back = received(event);
        QCOMPARE(back.size(), 1U);
        QVERIFY(back[0] == event);
    }
}

void TestCodec::causesSurvive() {
    const Event byMessage{5, kNode, 2, TermChanged{3, 2, 9}, Cause::ofMessage({9, 8, 7})};
    const Event byEvent{6, kNode, 3, RoleChanged{}, Cause::ofEvent(2)};
    QVERIFY(received(byMessage) == std::vector<Event>{byMessage});
    QVERIFY(received(byEvent) == std::vector<Event>{byEvent});
    QVERIFY(byMessage.cause.isMessage() && byMessage.cause.message().counter == 7);
    QVERIFY(!byEvent.cause.isMessage() && byEvent.cause.sequence() == 2);
    QVERIFY(!Cause{}.known());
}

void TestCodec::theNodesBytesAreDescribed() {
    LogEntry entry;
    entry.index = 4;
    entry.payload = base::Bytes("secret bytes");
    ClientRequest request;
    request.payload = base::Bytes("12345");
    const auto log = received({1, kNode, 1, LogAppended{{entry}, 4, 4, 1}});
    const auto& shown = std::get<LogAppended>(log.at(0).kind).entries.at(0);
    QCOMPARE(shown.text, std::string("described"));
    QCOMPARE(shown.requestId, 77U);
    QVERIFY(shown.payload.isNull());
    const auto asked = received({1, kNode, 1, request});
    QCOMPARE(std::get<ClientRequest>(asked.at(0).kind).text, std::string("request of 5"));
}

void TestCodec::keysAreCutToAPreview() {
    KeyChanged change;
    change.key = base::Bytes(std::string(1000, 'k'));
    change.value = base::Bytes(std::string(1000, 'v'));
    change.valueSize = 1000;
    const auto back = received({1, kNode, 1, change});
    const auto& shown = std::get<KeyChanged>(back.at(0).kind);
    QCOMPARE(shown.key.size(), kKeyPreviewBytes);
    QCOMPARE(shown.value.size(), kValuePreviewBytes);
    QCOMPARE(shown.valueSize, 1000U);
}

void TestCodec::oldReasonsBecomeCauses_data() {
    QTest::addColumn<QString>("reason");
    QTest::addColumn<int>("cause");
    const auto row = [](const char* reason, RoleCause cause) {
        QTest::newRow(reason) << QString(reason) << static_cast<int>(cause);
    };
    row("election timeout", RoleCause::electionTimeout);
    row("won the pre-vote", RoleCause::preVoteWon);
    row("won the election", RoleCause::voteWon);
    row("lost the election", RoleCause::voteLost);
    row("saw a higher term", RoleCause::higherTerm);
    row("heard from the leader of this term", RoleCause::leaderSeen);
    row("lost contact with a majority", RoleCause::quorumLost);
    row("removed from the cluster", RoleCause::removed);
    row("leadership was transferred", RoleCause::transfer);
    row("asked to campaign", RoleCause::campaignAsked);
    row("forgot its leader", RoleCause::forgotLeader);
    row("of another program", RoleCause::unknown);
}

// Batches of schema version 1.
void TestCodec::oldReasonsBecomeCauses() {
    QFETCH(QString, reason);
    QFETCH(int, cause);
    v1::EventBatch batch;
    batch.set_schema_version(1);
    batch.add_events()->mutable_role_changed()->set_reason(reason.toStdString());
    auto& moved = *batch.add_events()->mutable_watcher_moved();
    moved.set_reason("its queue is full");
    moved.set_to(v1::WATCHER_VICTIM);
    std::vector<Event> events;
    QCOMPARE(decodeBatch(batch, kNode, events), 0U);
    QCOMPARE(static_cast<int>(std::get<RoleChanged>(events.at(0).kind).cause), cause);
    QVERIFY(std::get<WatcherMoved>(events.at(1).kind).cause == WatcherCause::queueFull);
    QVERIFY(std::get<WatcherMoved>(events.at(1).kind).watcher.group == WatcherGroup::victim);
}

void TestCodec::oldRestarts() {
    v1::EventBatch batch;
    for (const char* text : {"started", "restarted"}) batch.add_events()->mutable_lifecycle()->set_text(text);
    std::vector<Event> events;
    (void)decodeBatch(batch, kNode, events);
    QVERIFY(std::get<Lifecycle>(events.at(0).kind).phase == LifecyclePhase::started);
    QVERIFY(std::get<Lifecycle>(events.at(1).kind).phase == LifecyclePhase::restarted);
}

void TestCodec::numbersOfTheFutureAreTamed() {
    v1::EventBatch batch;
    batch.add_events()->mutable_role_changed()->set_cause(static_cast<v1::RoleCause>(900));
    batch.add_events()->mutable_rule_fired()->set_rule(static_cast<v1::Rule>(900));
    batch.add_events()->mutable_lease_changed()->set_cause(static_cast<v1::LeaseCause>(-1));
    batch.add_events()->mutable_alarm_changed()->set_type(4'000'000'000);
    std::vector<Event> events;
    QCOMPARE(decodeBatch(batch, kNode, events), 0U);
    QVERIFY(std::get<RoleChanged>(events.at(0).kind).cause == RoleCause::unknown);
    QVERIFY(std::get<RuleFired>(events.at(1).kind).rule == Rule::unknown);
    QVERIFY(std::get<LeaseChanged>(events.at(2).kind).cause == LeaseCause::unknown);
    QVERIFY(std::get<AlarmChanged>(events.at(3).kind).alarm.type == AlarmType::none);
    trace::v1::TraceRecord record;
    record.mutable_process()->set_state(static_cast<trace::v1::ProcessState>(12));
    Event event;
    QVERIFY(decodeSupervisorEvent(record, event));
    QVERIFY(std::get<ProcessChanged>(event.kind).state == ProcessState::stopped);
}

RAFTARIUM_TEST_CLASS(TestCodec)
#include "test_codec.moc"
