// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What is served apart from clients: telemetry and control.

#include "cluster/node/telemetry/telemetry_sampler.h"
#include "cluster/rpc/admin/control_service.h"
#include "proto/raftarium/control.grpc.pb.h"
#include "proto/raftarium/telemetry.grpc.pb.h"
#include "tests/rpc/served_node.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

using namespace raftarium;
namespace telemetrypb = raftarium::telemetry::v1;
namespace controlpb = raftarium::control::v1;

namespace {

telemetry::Event messageEvent(std::uint64_t sequence, std::uint64_t counter) {
    telemetry::Event event;
    event.sequence = sequence;
    telemetry::MessageSent sent;
    sent.message.key = {1, 2, counter};
    event.kind = sent;
    return event;
}

telemetry::Event stateEvent(std::uint64_t sequence) {
    telemetry::Event event;
    event.sequence = sequence;
    event.kind = telemetry::RoleChanged{};
    return event;
}

// A telemetry stream that ends with the object.
class Subscription {
public:
    explicit Subscription(const std::shared_ptr<grpc::Channel>& channel,
                          const telemetrypb::SubscribeRequest& request = {})
        : m_stub(telemetrypb::Telemetry::NewStub(channel)), m_stream(m_stub->Subscribe(&m_context, request)) {}
    ~Subscription() {
        m_context.TryCancel();
        if (!m_finished) m_stream->Finish();
    }
    bool read(telemetrypb::EventBatch& batch) { return m_stream->Read(&batch); }
    // The code with which the server ended it; after a read that failed.
    int finish() {
        m_finished = true;
        return static_cast<int>(m_stream->Finish().error_code());
    }

private:
    grpc::ClientContext m_context;
    std::unique_ptr<telemetrypb::Telemetry::Stub> m_stub;
    std::unique_ptr<grpc::ClientReader<telemetrypb::EventBatch>> m_stream;
    bool m_finished = false;
};

}  // namespace

class TestAdminApi : public QObject {
    Q_OBJECT
private slots:
    // --- Telemetry ---------------------------------------------------------------------------------------------------

    void stateFirstThenEvents() {
        test::ServedNode served;
        Subscription subscription(served.admin());
        telemetrypb::EventBatch batch;
        QVERIFY(subscription.read(batch));
        QCOMPARE(batch.schema_version(), 2U);
        QCOMPARE(batch.node().node_id(), test::FakeNode::kId);
        QCOMPARE(batch.node().name(), std::string("n1"));
        QCOMPARE(batch.node().incarnation(), 42U);
        QVERIFY(batch.has_full_state());
        QCOMPARE(batch.full_state().term(), 7U);
        for (int i = 0; i < 2000; ++i) served.node().publish(telemetry::Applied{1, static_cast<std::uint64_t>(i), i});
        std::uint64_t expected = batch.full_state().sequence() + 1;
        int events = 0;
        while (events < 2000) {
            QVERIFY(subscription.read(batch));
            QVERIFY(!batch.has_full_state());
            for (const auto& event : batch.events()) {
                QCOMPARE(event.sequence(), expected++);
                QCOMPARE(event.applied().last_index(), static_cast<std::uint64_t>(events++));
            }
        }
    }

    void resumesAfterASequence() {
        test::ServedNode served;
        for (int i = 0; i < 10; ++i) served.node().publish(telemetry::Applied{1, static_cast<std::uint64_t>(i), i});
        telemetrypb::SubscribeRequest request;
        request.set_incarnation(42);
        request.set_after_sequence(4);
        telemetrypb::EventBatch batch;
        {
            Subscription subscription(served.admin(), request);
            QVERIFY(subscription.read(batch));
            QVERIFY(batch.has_full_state());
            QVERIFY(subscription.read(batch));
            QCOMPARE(batch.events(0).sequence(), 5U);
        }

        // Another incarnation: only what happens from now on.
        request.set_incarnation(41);
        Subscription other(served.admin(), request);
        QVERIFY(other.read(batch));
        served.node().publish(telemetry::Applied{1, 99, 99});
        QVERIFY(other.read(batch));
        QCOMPARE(batch.events(0).applied().last_index(), 99U);
    }

    void overrunsAreCounted() {
        test::ServedNode served;
        Subscription subscription(served.admin());
        telemetrypb::EventBatch batch;
        QVERIFY(subscription.read(batch));
        const std::uint64_t start = batch.full_state().sequence();
        // Far more than ring, socket and one waiting batch hold, while nobody reads.
        const std::uint64_t count = 400'000;
        for (std::uint64_t i = 0; i < count; ++i) served.node().publish(telemetry::Applied{1, i, 0});
        std::uint64_t accounted = 0;
        std::uint64_t lost = 0;
        std::uint64_t last = start;
        while (last < start + count) {
            QVERIFY(subscription.read(batch));
            for (const auto& event : batch.events()) {
                QVERIFY(event.sequence() > last);
                last = event.sequence();
                if (event.has_lost()) {
                    QVERIFY(!event.lost().sampled());
                    lost += event.lost().count();
                } else {
                    ++accounted;
                }
            }
        }
        QCOMPARE(accounted + lost, count);
        QVERIFY(lost > 0);
    }

    // Each event alone, as fast as they come: the wake-ups of the hub and the stream's own timer cross each other.
    void aBusyHubLosesNoWakeUp() {
        test::ServedNode served;
        Subscription subscription(served.admin());
        telemetrypb::EventBatch batch;
        QVERIFY(subscription.read(batch));
        constexpr std::uint64_t kEvents = 400'000;
        const std::uint64_t first = batch.full_state().sequence();
        std::thread publisher([&] {
            for (std::uint64_t i = 1; i <= kEvents; ++i) served.node().publish(telemetry::Applied{i, i, 1});
        });
        std::uint64_t accounted = first;
        while (accounted < first + kEvents && subscription.read(batch)) {
            for (const auto& event : batch.events()) accounted += event.has_lost() ? event.lost().count() : 1;
        }
        publisher.join();
        QCOMPARE(accounted, first + kEvents);
    }
    void samplerKeepsStateAndCountsTheRest() {
        node::TelemetrySampler sampler(1000);
        std::uint64_t sequence = 0;
        std::uint64_t states = 0;
        std::uint64_t kept = 0;
        std::uint64_t lost = 0;
        for (int millisecond = 1; millisecond <= 2000; ++millisecond) {
            std::vector<telemetry::Event> events;
            events.push_back(stateEvent(++sequence));
            for (int i = 0; i < 20; ++i) {
                ++sequence;
                events.push_back(messageEvent(sequence, sequence));
            }
            sampler.thin(events, millisecond * base::kMillisecond);
            std::uint64_t last = 0;
            for (const telemetry::Event& event : events) {
                QVERIFY(event.sequence > last);
                last = event.sequence;
                if (const auto* missing = std::get_if<telemetry::Lost>(&event.kind)) {
                    QVERIFY(missing->sampled);
                    lost += missing->count;
                } else if (std::holds_alternative<telemetry::RoleChanged>(event.kind)) {
                    ++states;
                } else {
                    ++kept;
                }
            }
        }
        QCOMPARE(states, 2000U);
        QCOMPARE(states + kept + lost, sequence);
        QVERIFY2(kept <= 2 * 1000 && kept > 0, QByteArray::number(static_cast<qulonglong>(kept)));
    }

    void samplerChoosesTheSameMessagesOnBothEnds() {
        node::TelemetrySampler sender(200);
        node::TelemetrySampler receiver(200);
        const auto keptIds = [](node::TelemetrySampler& sampler, std::uint64_t firstSequence, base::Nanoseconds now) {
            std::vector<telemetry::Event> events;
            for (std::uint64_t i = 0; i < 1000; ++i) events.push_back(messageEvent(firstSequence + i, i));
            sampler.thin(events, now);
            std::set<std::uint64_t> ids;
            for (const telemetry::Event& event : events) {
                if (const auto* message = std::get_if<telemetry::MessageSent>(&event.kind)) {
                    ids.insert(message->message.key.counter);
                }
            }
            return ids;
        };
        keptIds(sender, 1, base::kSecond);
        keptIds(receiver, 7777, base::kSecond);
        const auto sent = keptIds(sender, 1001, base::kSecond + 100 * base::kMillisecond);
        const auto got = keptIds(receiver, 9999, base::kSecond + 100 * base::kMillisecond);
        QVERIFY(!sent.empty());
        QVERIFY(sent == got);
    }

    void telemetryIsNotOnTheClientPort() {
        test::ServedNode served;
        Subscription subscription(served.client());
        telemetrypb::EventBatch batch;
        QVERIFY(!subscription.read(batch));
        QCOMPARE(subscription.finish(), 12);
    }

    // --- Control -----------------------------------------------------------------------------------------------------

    void linkFaultsAreChecked_data() {
        QTest::addColumn<double>("drop");
        QTest::addColumn<double>("duplicate");
        QTest::addColumn<qint64>("delay");
        QTest::addColumn<qint64>("jitter");
        QTest::addColumn<quint64>("from");
        QTest::addColumn<quint64>("to");
        QTest::addColumn<QString>("says");  // empty: accepted
        const quint64 self = test::FakeNode::kId;
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("good") << 0.5 << 0.1 << qint64(1000) << qint64(10) << self << quint64(2) << QString();
        QTest::newRow("inbound") << 0.0 << 0.0 << qint64(0) << qint64(0) << quint64(2) << self << QString();
        QTest::newRow("drop above") << 1.5 << 0.0 << qint64(0) << qint64(0) << self << quint64(2)
                                    << "drop_share is 1.5";
        QTest::newRow("drop below") << -0.1 << 0.0 << qint64(0) << qint64(0) << self << quint64(2) << "drop_share";
        QTest::newRow("drop nan") << nan << 0.0 << qint64(0) << qint64(0) << self << quint64(2) << "drop_share";
        QTest::newRow("duplicate") << 0.0 << 2.0 << qint64(0) << qint64(0) << self << quint64(2) << "duplicate_share";
        QTest::newRow("delay below") << 0.0 << 0.0 << qint64(-1) << qint64(0) << self << quint64(2) << "delay_ns is -1";
        QTest::newRow("delay above") << 0.0 << 0.0 << qint64(60'000'000'001) << qint64(0) << self << quint64(2)
                                     << "delay_ns";
        QTest::newRow("jitter") << 0.0 << 0.0 << qint64(0) << qint64(-5) << self << quint64(2) << "jitter_ns";
        QTest::newRow("no end") << 0.0 << 0.0 << qint64(0) << qint64(0) << self << quint64(0) << "both ends";
        QTest::newRow("itself") << 0.0 << 0.0 << qint64(0) << qint64(0) << self << self << "no link to itself";
        QTest::newRow("others") << 0.0 << 0.0 << qint64(0) << qint64(0) << quint64(2) << quint64(3)
                                << "one end must be this member";
    }
    void linkFaultsAreChecked() {
        QFETCH(double, drop);
        QFETCH(double, duplicate);
        QFETCH(qint64, delay);
        QFETCH(qint64, jitter);
        QFETCH(quint64, from);
        QFETCH(quint64, to);
        QFETCH(QString, says);
        test::ServedNode served;
        const auto stub = controlpb::Control::NewStub(served.admin());
        controlpb::SetLinkFaultsRequest request;
        auto& link = *request.add_links();
        link.set_from(from);
        link.set_to(to);
        link.set_drop_share(drop);
        link.set_duplicate_share(duplicate);
        link.set_delay_ns(delay);
        link.set_jitter_ns(jitter);
        grpc::ClientContext context;
        controlpb::ControlState state;
        const grpc::Status status = stub->SetLinkFaults(&context, request, &state);
        if (says.isEmpty()) {
            QVERIFY2(status.ok(), status.error_message().c_str());
            QCOMPARE(state.links_size(), 1);
            QCOMPARE(state.links(0).drop_share(), drop);
            return;
        }
        QCOMPARE(static_cast<int>(status.error_code()), 3);
        QVERIFY2(QString::fromStdString(status.error_message()).contains(says), status.error_message().c_str());
        served.node().runOnLoop([](node::RaftLoop& loop) { QVERIFY(loop.linkFaults().empty()); });
    }

    void paceIsChecked_data() {
        QTest::addColumn<qint64>("tick");
        QTest::addColumn<quint32>("heartbeat");
        QTest::addColumn<quint32>("election");
        QTest::addColumn<QString>("says");
        QTest::newRow("good") << qint64(1'000'000) << 1U << 10U << QString();
        QTest::newRow("fast tick") << qint64(999'999) << 1U << 10U << "tick_ns is 999999";
        QTest::newRow("slow tick") << qint64(60'000'000'001) << 1U << 10U << "tick_ns";
        QTest::newRow("no heartbeat") << qint64(1'000'000) << 0U << 10U << "heartbeat_ticks is 0";
        QTest::newRow("short election") << qint64(1'000'000) << 6U << 11U << "election_ticks is 11";
        QTest::newRow("long election") << qint64(1'000'000) << 1U << 10'001U << "election_ticks";
        QTest::newRow("huge") << qint64(1'000'000) << 4'294'967'295U << 10U << "heartbeat_ticks";
    }
    void paceIsChecked() {
        QFETCH(qint64, tick);
        QFETCH(quint32, heartbeat);
        QFETCH(quint32, election);
        QFETCH(QString, says);
        test::ServedNode served;
        const auto stub = controlpb::Control::NewStub(served.admin());
        controlpb::SetPaceRequest request;
        request.set_tick_ns(tick);
        request.set_heartbeat_ticks(heartbeat);
        request.set_election_ticks(election);
        grpc::ClientContext context;
        controlpb::ControlState state;
        const node::Pace before = served.node().status().pace;
        const grpc::Status status = stub->SetPace(&context, request, &state);
        QCOMPARE(status.ok(), says.isEmpty());
        if (says.isEmpty()) {
            QCOMPARE(state.pace().tick_ns(), tick);
            QVERIFY(state.pace().pre_vote());  // absent fields stay
        } else {
            QVERIFY2(QString::fromStdString(status.error_message()).contains(says), status.error_message().c_str());
            QVERIFY(served.node().status().pace == before);
        }
    }

    void unknownHeldMessagesAndTargets() {
        test::ServedNode served;
        const auto stub = controlpb::Control::NewStub(served.admin());
        controlpb::ControlState state;
        controlpb::ResolveHeldRequest held;
        held.mutable_id()->set_counter(5);
        grpc::ClientContext heldContext;
        QCOMPARE(static_cast<int>(stub->ResolveHeld(&heldContext, held, &state).error_code()), 5);
        held.set_action(static_cast<controlpb::HeldAction>(9));
        grpc::ClientContext actionContext;
        QCOMPARE(static_cast<int>(stub->ResolveHeld(&actionContext, held, &state).error_code()), 3);
        controlpb::TransferRequest transfer;
        transfer.set_target(12345);
        grpc::ClientContext transferContext;
        QCOMPARE(static_cast<int>(stub->TransferLeadership(&transferContext, transfer, &state).error_code()), 3);
    }
};

RAFTARIUM_TEST_CLASS(TestAdminApi)
#include "test_admin_api.moc"
