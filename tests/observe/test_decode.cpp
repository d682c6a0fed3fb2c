// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec.h"
#include "proto/raftarium/telemetry.pb.h"
#include "tests/observe/random_telemetry.h"
#include "tests/runner/test_class.h"

#include <QtTest>

#include <set>

using namespace raftarium;
using namespace raftarium::observe;
namespace pb = raftarium::telemetry::v1;

class TestDecode : public QObject {
    Q_OBJECT
private slots:
    void everyKindIsDecoded();
    void unknownKindsAreCounted();
    void badNumbersAreTamed();
    void messageKinds_data();
    void messageKinds();
    void valuesArrive();
    void anyBytesAreSafe();
};

void TestDecode::everyKindIsDecoded() {
    const auto* kinds = pb::Event::descriptor()->oneof_decl(0);
    pb::EventBatch batch;
    for (int i = 0; i < kinds->field_count(); ++i) {
        auto& event = *batch.add_events();
        event.set_sequence(static_cast<std::uint64_t>(i) + 1);
        event.GetReflection()->MutableMessage(&event, kinds->field(i));
    }
    std::vector<Event> events;
    QCOMPARE(decodeBatch(batch, 7, events), 0U);
    QCOMPARE(events.size(), static_cast<std::size_t>(kinds->field_count()));
    std::set<std::size_t> seen;
    for (const auto& event : events) {
        QCOMPARE(event.node, 7U);
        QVERIFY2(seen.insert(event.kind.index()).second, "two kinds decode to one");
    }
    // All values but those that come from elsewhere: FullState, StreamEnded, ProcessChanged, ActionTaken.
    QCOMPARE(seen.size() + 4, std::variant_size_v<EventKind>);
}

void TestDecode::unknownKindsAreCounted() {
    pb::EventBatch batch;
    auto& fromTheFuture = *batch.add_events();
    fromTheFuture.GetReflection()->MutableUnknownFields(&fromTheFuture)->AddLengthDelimited(900, "something new");
    batch.add_events();
    batch.add_events()->mutable_lifecycle()->set_phase(pb::LIFECYCLE_READY);
    std::vector<Event> events;
    QCOMPARE(decodeBatch(batch, 7, events), 2U);
    QCOMPARE(events.size(), 1U);
    QCOMPARE(int(std::get<Lifecycle>(events[0].kind).phase), int(LifecyclePhase::ready));
}

void TestDecode::badNumbersAreTamed() {
    pb::EventBatch batch;
    auto& role = *batch.add_events()->mutable_role_changed();
    role.set_role(static_cast<pb::Role>(77));
    batch.add_events()->mutable_vote_cast()->set_result(static_cast<pb::VoteRefusal>(-3));
    batch.add_events()->mutable_message_dropped()->set_reason(static_cast<pb::DropReason>(1000));
    batch.add_events()->mutable_watcher_moved()->set_to(static_cast<pb::WatcherGroup>(9));
    batch.add_events()->mutable_message_sent()->mutable_message()->set_type(4'000'000'000U);
    std::vector<Event> events;
    QCOMPARE(decodeBatch(batch, 1, events), 0U);
    QCOMPARE(int(std::get<RoleChanged>(events[0].kind).role), int(Role::follower));
    QCOMPARE(int(std::get<VoteCast>(events[1].kind).result), int(VoteResult::oldTerm));
    QCOMPARE(int(std::get<MessageDropped>(events[2].kind).reason), int(DropReason::unknown));
    QCOMPARE(int(std::get<WatcherMoved>(events[3].kind).watcher.group), int(WatcherGroup::none));
    QCOMPARE(int(std::get<MessageSent>(events[4].kind).message.kind), int(MessageKind::other));
}

void TestDecode::messageKinds_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<bool>("reject");
    QTest::addColumn<int>("kind");
    const auto row = [](const char* name, int type, bool reject, MessageKind kind) {
        QTest::newRow(name) << type << reject << int(kind);
    };
    row("MsgHup", 0, false, MessageKind::other);
    row("MsgProp", 2, false, MessageKind::proposal);
    row("MsgApp", 3, false, MessageKind::append);
    row("MsgAppResp", 4, false, MessageKind::appendAck);
    row("MsgAppResp reject", 4, true, MessageKind::appendReject);
    row("MsgVote", 5, false, MessageKind::voteRequest);
    row("MsgVoteResp", 6, false, MessageKind::voteGranted);
    row("MsgVoteResp reject", 6, true, MessageKind::voteRefused);
    row("MsgSnap", 7, false, MessageKind::snapshot);
    row("MsgHeartbeat", 8, false, MessageKind::heartbeat);
    row("MsgHeartbeatResp", 9, false, MessageKind::heartbeatAck);
    row("MsgTransferLeader", 13, false, MessageKind::transferRequest);
    row("MsgTimeoutNow", 14, false, MessageKind::timeoutNow);
    row("MsgReadIndex", 15, false, MessageKind::readIndex);
    row("MsgReadIndexResp", 16, false, MessageKind::readIndexAnswer);
    row("MsgPreVote", 17, false, MessageKind::preVoteRequest);
    row("MsgPreVoteResp", 18, false, MessageKind::voteGranted);
    row("MsgPreVoteResp reject", 18, true, MessageKind::voteRefused);
}

void TestDecode::messageKinds() {
    QFETCH(int, type);
    QFETCH(bool, reject);
    QFETCH(int, kind);
    pb::MessageInfo info;
    info.set_type(static_cast<std::uint32_t>(type));
    info.set_reject(reject);
    const Message message = telemetry::fromProto(info);
    QCOMPARE(int(message.kind), kind);
    QCOMPARE(message.preVote, type == 17 || type == 18);
}

void TestDecode::valuesArrive() {
    pb::EventBatch batch;
    batch.mutable_node()->set_name("n1");
    batch.mutable_node()->set_node_id(0xabc);
    batch.mutable_node()->set_incarnation(99);
    batch.mutable_node()->set_pid(4321);
    auto& full = *batch.mutable_full_state();
    full.set_sequence(10);
    full.set_at_ns(1000);
    full.set_role(pb::ROLE_LEADER);
    full.set_term(4);
    auto& entry = *full.add_tail();
    entry.set_index(3);
    entry.set_term(2);
    entry.set_text("put x = 5");
    full.add_watchers()->set_key("k");
    full.add_leases()->set_lease(17);
    auto& event = *batch.add_events();
    event.set_sequence(11);
    event.set_at_ns(2000);
    auto& info = *event.mutable_message_sent()->mutable_message();
    info.mutable_id()->set_sender(0xabc);
    info.mutable_id()->set_incarnation(99);
    info.mutable_id()->set_counter(5);
    info.set_from(0xabc);
    info.set_to(2);
    info.set_entry_count(6);
    std::vector<Event> events;
    QCOMPARE(decodeBatch(batch, 0, events), 0U);
    QCOMPARE(events.size(), 2U);
    QCOMPARE(events[0].node, 0xabcU);
    QCOMPARE(events[0].sequence, 10U);
    QCOMPARE(events[0].atNs, 1000);
    const auto& state = *std::get<Boxed<FullState>>(events[0].kind);
    QCOMPARE(state.name, std::string("n1"));
    QCOMPARE(state.incarnation, 99U);
    QCOMPARE(state.pid, 4321);
    QCOMPARE(state.tail.at(0).text, std::string("put x = 5"));
    QCOMPARE(state.watchers.at(0).key, std::string("k"));
    QCOMPARE(state.leases.at(0).id, 17);
    const auto& message = std::get<MessageSent>(events[1].kind).message;
    QVERIFY((message.key == MessageKey{0xabc, 99, 5}));
    QCOMPARE(message.entryCount, 6U);
    QCOMPARE(message.to, 2U);
}

void TestDecode::anyBytesAreSafe() {
    google::protobuf::SetLogHandler(nullptr);  // it would report each text that is not UTF-8
    base::Rng rng(11);
    std::size_t parsed = 0;
    for (int i = 0; i < 3000; ++i) {
        std::string bytes = testing::randomBatch(rng, 4, 0).SerializeAsString();
        for (int n = 0; n < 3 && !bytes.empty(); ++n) bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
        pb::EventBatch batch;
        if (!batch.ParseFromString(bytes)) continue;
        ++parsed;
        std::vector<Event> events;
        const std::size_t unknown = decodeBatch(batch, 1, events);
        const std::size_t full = batch.has_full_state() ? 1 : 0;
        QCOMPARE(unknown + events.size(), static_cast<std::size_t>(batch.events_size()) + full);
    }
    QVERIFY(parsed > 100);
}

RAFTARIUM_TEST_CLASS(TestDecode)
#include "test_decode.moc"
