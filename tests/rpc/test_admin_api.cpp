// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What is served apart from clients: telemetry, control, the members' traffic, and where sockets may be.

#include "cluster/base/coding.h"
#include "cluster/rpc/admin_socket.h"
#include "cluster/rpc/control_service.h"
#include "cluster/rpc/listen_url.h"
#include "cluster/rpc/telemetry_sampler.h"
#include "cluster/wire/message_codec.h"
#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/raftarium/control.grpc.pb.h"
#include "proto/raftarium/peer.grpc.pb.h"
#include "proto/raftarium/telemetry.grpc.pb.h"
#include "tests/rpc/served_node.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <arpa/inet.h>
#include <atomic>
#include <cmath>
#include <limits>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace raftarium;
namespace telemetrypb = raftarium::telemetry::v1;
namespace controlpb = raftarium::control::v1;
namespace peerpb = raftarium::peer::v1;

namespace {

node::TelemetryEvent messageEvent(std::uint64_t sequence, std::uint64_t counter) {
    node::TelemetryEvent event;
    event.sequence = sequence;
    node::MessageEvent message;
    message.message.id = {1, 2, counter};
    event.payload = message;
    return event;
}

node::TelemetryEvent stateEvent(std::uint64_t sequence) {
    node::TelemetryEvent event;
    event.sequence = sequence;
    raft::TraceEvent trace{};
    trace.kind = raft::TraceKind::roleChanged;
    event.payload = trace;
    return event;
}

std::string envelope(const raft::Message& message, std::uint64_t counter) {
    peerpb::MessageBatch batch;
    auto& one = *batch.add_envelopes();
    wire::encodeMessage(message, *one.mutable_message());
    one.set_counter(counter);
    return batch.SerializeAsString();
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
        QCOMPARE(batch.schema_version(), 1U);
        QCOMPARE(batch.node().node_id(), test::FakeNode::kId);
        QCOMPARE(batch.node().name(), std::string("n1"));
        QCOMPARE(batch.node().incarnation(), 42U);
        QVERIFY(batch.has_full_state());
        QCOMPARE(batch.full_state().term(), 7U);
        for (int i = 0; i < 2000; ++i) served.node().publish(node::AppliedUpTo{1, static_cast<std::uint64_t>(i), i});
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
        for (int i = 0; i < 10; ++i) served.node().publish(node::AppliedUpTo{1, static_cast<std::uint64_t>(i), i});
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
        served.node().publish(node::AppliedUpTo{1, 99, 99});
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
        for (std::uint64_t i = 0; i < count; ++i) served.node().publish(node::AppliedUpTo{1, i, 0});
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
            for (std::uint64_t i = 1; i <= kEvents; ++i) served.node().publish(node::AppliedUpTo{i, i, 1});
        });
        std::uint64_t accounted = first;
        while (accounted < first + kEvents && subscription.read(batch)) {
            for (const auto& event : batch.events()) accounted += event.has_lost() ? event.lost().count() : 1;
        }
        publisher.join();
        QCOMPARE(accounted, first + kEvents);
    }
    void samplerKeepsStateAndCountsTheRest() {
        rpc::TelemetrySampler sampler(1000);
        std::uint64_t sequence = 0;
        std::uint64_t states = 0;
        std::uint64_t kept = 0;
        std::uint64_t lost = 0;
        for (int millisecond = 1; millisecond <= 2000; ++millisecond) {
            std::vector<node::TelemetryEvent> events;
            events.push_back(stateEvent(++sequence));
            for (int i = 0; i < 20; ++i) {
                ++sequence;
                events.push_back(messageEvent(sequence, sequence));
            }
            sampler.thin(events, millisecond * base::kMillisecond);
            std::uint64_t last = 0;
            for (const node::TelemetryEvent& event : events) {
                QVERIFY(event.sequence > last);
                last = event.sequence;
                if (const auto* missing = std::get_if<node::LostEvents>(&event.payload)) {
                    QVERIFY(missing->sampled);
                    lost += missing->count;
                } else if (std::holds_alternative<raft::TraceEvent>(event.payload)) {
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
        rpc::TelemetrySampler sender(200);
        rpc::TelemetrySampler receiver(200);
        const auto keptIds = [](rpc::TelemetrySampler& sampler, std::uint64_t firstSequence, base::Nanoseconds now) {
            std::vector<node::TelemetryEvent> events;
            for (std::uint64_t i = 0; i < 1000; ++i) events.push_back(messageEvent(firstSequence + i, i));
            sampler.thin(events, now);
            std::set<std::uint64_t> ids;
            for (const node::TelemetryEvent& event : events) {
                if (const auto* message = std::get_if<node::MessageEvent>(&event.payload)) {
                    ids.insert(message->message.id.counter);
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
        QVERIFY(served.node().linkFaults().empty());
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
        const grpc::Status status = stub->SetPace(&context, request, &state);
        QCOMPARE(status.ok(), says.isEmpty());
        if (says.isEmpty()) {
            QCOMPARE(state.pace().tick_ns(), tick);
            QVERIFY(state.pace().pre_vote());  // absent fields stay
        } else {
            QVERIFY2(QString::fromStdString(status.error_message()).contains(says), status.error_message().c_str());
            QCOMPARE(served.node().status().pace.tickNs, node::Pace().tickNs);
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

    // --- Members -----------------------------------------------------------------------------------------------------

    void peerMetadataIsChecked_data() {
        QTest::addColumn<QByteArray>("cluster");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("incarnation");
        QTest::addColumn<int>("code");
        const QByteArray cluster = QByteArray::fromStdString(base::hexId(test::FakeNode::kClusterId));
        const QByteArray self = QByteArray::fromStdString(base::hexId(test::FakeNode::kId));
        QTest::newRow("other cluster") << QByteArray("1") << QByteArray("2") << self << QByteArray("5") << 9;
        QTest::newRow("other member") << cluster << QByteArray("2") << QByteArray("3") << QByteArray("5") << 9;
        QTest::newRow("removed") << cluster << QByteArray("9") << self << QByteArray("5") << 10;
        QTest::newRow("no cluster") << QByteArray() << QByteArray("2") << self << QByteArray("5") << 3;
        QTest::newRow("bad sender") << cluster << QByteArray("zz") << self << QByteArray("5") << 3;
        QTest::newRow("bad incarnation") << cluster << QByteArray("2") << self << QByteArray("x") << 3;
    }
    void peerMetadataIsChecked() {
        QFETCH(QByteArray, cluster);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, incarnation);
        QFETCH(int, code);
        test::ServedNode served;
        const auto stub = peerpb::Peer::NewStub(served.peer());
        grpc::ClientContext context;
        context.AddMetadata("x-cluster-id", cluster.toStdString());
        context.AddMetadata("x-from", from.toStdString());
        context.AddMetadata("x-to", to.toStdString());
        context.AddMetadata("x-incarnation", incarnation.toStdString());
        peerpb::MessagesEnd end;
        const auto stream = stub->Messages(&context, &end);
        stream->WritesDone();
        QCOMPARE(static_cast<int>(stream->Finish().error_code()), code);
        QVERIFY(served.node().received().empty());
    }

    void messagesKeepTheirIds() {
        test::ServedNode served;
        const auto stub = peerpb::Peer::NewStub(served.peer());
        grpc::ClientContext context;
        context.AddMetadata("x-cluster-id", base::hexId(test::FakeNode::kClusterId));
        context.AddMetadata("x-from", "2");
        context.AddMetadata("x-to", base::hexId(test::FakeNode::kId));
        context.AddMetadata("x-incarnation", "77");
        peerpb::MessagesEnd end;
        const auto stream = stub->Messages(&context, &end);
        stream->WaitForInitialMetadata();
        raft::Message message;
        message.type = raft::MessageType::app;
        message.from = 2;
        message.to = test::FakeNode::kId;
        message.term = 3;
        for (std::uint64_t i = 1; i <= 3; ++i) {
            raft::Entry entry;
            entry.term = 3;
            entry.index = i;
            entry.data = base::Bytes::copyOf("data");
            message.entries.push_back(entry);
            peerpb::MessageBatch batch;
            QVERIFY(batch.ParseFromString(envelope(message, 100 + i)));
            QVERIFY(stream->Write(batch));
        }
        stream->WritesDone();
        QVERIFY(stream->Finish().ok());
        const auto received = served.node().received();
        const auto ids = served.node().receivedIds();
        QCOMPARE(received.size(), 3U);
        QCOMPARE(received[2].entries.size(), 3U);
        QCOMPARE(received[2].entries[1].data.view(), std::string_view("data"));
        for (std::uint64_t i = 0; i < 3; ++i) QVERIFY((ids[i] == node::MessageId{2, 77, 101 + i}));
    }

    void messagesOfOthersAreRefused() {
        test::ServedNode served;
        const auto stub = peerpb::Peer::NewStub(served.peer());
        grpc::ClientContext context;
        context.AddMetadata("x-cluster-id", base::hexId(test::FakeNode::kClusterId));
        context.AddMetadata("x-from", "2");
        context.AddMetadata("x-to", base::hexId(test::FakeNode::kId));
        context.AddMetadata("x-incarnation", "77");
        peerpb::MessagesEnd end;
        const auto stream = stub->Messages(&context, &end);
        raft::Message message;
        message.type = raft::MessageType::app;
        message.from = 3;
        peerpb::MessageBatch batch;
        QVERIFY(batch.ParseFromString(envelope(message, 1)));
        stream->Write(batch);
        stream->WritesDone();
        QCOMPARE(static_cast<int>(stream->Finish().error_code()), 3);
        QVERIFY(served.node().received().empty());
    }

    void membersAndForwardedCalls() {
        test::ServedNode served;
        const auto stub = peerpb::Peer::NewStub(served.peer());
        grpc::ClientContext membersContext;
        peerpb::MembersResponse members;
        QVERIFY(stub->Members(&membersContext, {}, &members).ok());
        QCOMPARE(members.cluster_id(), test::FakeNode::kClusterId);
        QCOMPARE(members.members(0).name(), std::string("n1"));

        etcdserverpb::LeaseTimeToLiveRequest ask;
        ask.set_id(1);
        peerpb::ForwardRequest request;
        request.set_method("/etcdserverpb.Lease/LeaseTimeToLive");
        request.set_request(ask.SerializeAsString());
        grpc::ClientContext context;
        peerpb::ForwardResponse response;
        QVERIFY(stub->Forward(&context, request, &response).ok());
        QCOMPARE(response.code(), 0U);
        etcdserverpb::LeaseTimeToLiveResponse ttl;
        QVERIFY(ttl.ParseFromString(response.response()));
        QCOMPARE(ttl.ttl(), -1);
        // Not the leader: says who is.
        served.node().leader = 0xabc;
        grpc::ClientContext elsewhereContext;
        QVERIFY(stub->Forward(&elsewhereContext, request, &response).ok());
        QCOMPARE(response.code(), 14U);
        QCOMPARE(response.text(), std::string("abc"));
        // What members do not forward is refused.
        request.set_method("/etcdserverpb.KV/Put");
        grpc::ClientContext otherContext;
        QVERIFY(stub->Forward(&otherContext, request, &response).ok());
        QCOMPARE(response.code(), 12U);
    }

    // --- Places ------------------------------------------------------------------------------------------------------

    void listenUrls_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("address");  // empty: refused
        QTest::newRow("v4") << "http://127.0.0.1:2379"
                            << "127.0.0.1:2379";
        QTest::newRow("slash") << "http://127.0.0.1:2379/"
                               << "127.0.0.1:2379";
        QTest::newRow("name") << "http://localhost:2379"
                              << "localhost:2379";
        QTest::newRow("v6") << "http://[::1]:2379"
                            << "[::1]:2379";
        QTest::newRow("unix") << "unix:///tmp/x"
                              << "unix:/tmp/x";
        for (const char* bad : {"127.0.0.1:2379", "ftp://a:1", "http://a", "http://a:", "http://a:0", "http://a:65536",
                                "http://a:1x", "http://:1", "http://a:1/path", "unix://", "", "http://[::1]"}) {
            QTest::newRow(bad) << QString::fromLatin1(bad) << QString();
        }
    }
    void listenUrls() {
        QFETCH(QString, url);
        QFETCH(QString, address);
        const auto parsed = rpc::parseListenUrl(url.toStdString());
        QCOMPARE(parsed.ok(), !address.isEmpty());
        if (parsed) {
            QCOMPARE(QString::fromStdString(parsed->address()), address);
        } else {
            QVERIFY(QString::fromStdString(parsed.error().text).contains(QLatin1Char('"') + url + QLatin1Char('"')));
        }
    }

    void portInUseNamesFlagAndUrl() {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QCOMPARE(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
        QCOMPARE(listen(fd, 1), 0);
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        const base::Status taken = rpc::checkListenable("--listen-client-urls", url);
        close(fd);
        QVERIFY(!taken);
        const QString text = QString::fromStdString(taken.error().text);
        QVERIFY(text.contains(QLatin1String("--listen-client-urls")));
        QVERIFY(text.contains(QString::fromStdString(url)));
        QVERIFY(rpc::checkListenable("--listen-client-urls", url).ok());
        const base::Status tls = rpc::checkListenable("--listen-client-urls", "https://127.0.0.1:2379");
        QVERIFY(QString::fromStdString(tls.error().text).contains(QLatin1String("TLS is not supported yet")));
    }

    void adminSocketMustBePrivate() {
        QTemporaryDir directory(QStringLiteral("/tmp/rft-XXXXXX"));
        const std::string base = directory.path().toStdString();
        QVERIFY(rpc::prepareAdminSocket(base + "/new/n1").ok());
        struct stat info = {};
        QCOMPARE(stat((base + "/new").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, 0700U);

        mkdir((base + "/open").c_str(), 0755);
        chmod((base + "/open").c_str(), 0755);
        const base::Status open = rpc::prepareAdminSocket(base + "/open/n1");
        QVERIFY(!open && QString::fromStdString(open.error().text).contains(QLatin1String("chmod 700")));
        QVERIFY(!rpc::prepareAdminSocket("relative/n1").ok());
        QVERIFY(!rpc::prepareAdminSocket("").ok());
        const base::Status tooLong = rpc::prepareAdminSocket(base + "/" + std::string(108, 'x'));
        QVERIFY(!tooLong && QString::fromStdString(tooLong.error().text).contains(QLatin1String("107")));

        QFile file(directory.path() + QStringLiteral("/new/file"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(!rpc::prepareAdminSocket(base + "/new/file").ok());
    }

    // Members started in one moment share the directory of their sockets.
    void membersMakeTheDirectoryTogether() {
        constexpr int kMembers = 8;
        for (int round = 0; round < 50; ++round) {
            QTemporaryDir directory(QStringLiteral("/tmp/rft-XXXXXX"));
            const std::string base = directory.path().toStdString() + "/new/a/n";
            std::atomic<int> arrived{0}, prepared{0};
            std::vector<std::thread> members;
            for (int member = 0; member < kMembers; ++member) {
                members.emplace_back([&, member] {
                    ++arrived;
                    while (arrived < kMembers) std::this_thread::yield();
                    if (rpc::prepareAdminSocket(base + std::to_string(member)).ok()) ++prepared;
                });
            }
            for (std::thread& member : members) member.join();
            QCOMPARE(prepared.load(), kMembers);
        }
    }

    void staleSocketsGoLiveOnesStay() {
        QTemporaryDir directory(QStringLiteral("/tmp/rft-XXXXXX"));
        const std::string path = directory.path().toStdString() + "/s";
        const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), address.sun_path);
        QCOMPARE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(listen(fd, 1), 0);
        const base::Status live = rpc::prepareAdminSocket(path);
        QVERIFY(!live && QString::fromStdString(live.error().text).contains(QLatin1String("another process")));
        close(fd);
        QVERIFY(rpc::prepareAdminSocket(path).ok());
        QVERIFY(access(path.c_str(), F_OK) != 0);
    }

    void socketIsClosedToOthers() {
        const mode_t before = umask(077);
        test::ServedNode served;
        umask(before);
        struct stat info = {};
        const std::string path = served.config().adminSocket;
        QCOMPARE(stat(path.substr(0, path.rfind('/')).c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0077U, 0U);
        served.stop();
        QVERIFY(access(path.c_str(), F_OK) != 0);
    }
};

QTEST_GUILESS_MAIN(TestAdminApi)
#include "test_admin_api.moc"
