// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry and control clients against a node that is only a gRPC server on a unix socket.
#include "cluster/client/admin_client.h"
#include "proto/raftarium/control.grpc.pb.h"
#include "proto/raftarium/telemetry.grpc.pb.h"
#include "tests/runner/test_class.h"

#include <QTemporaryDir>
#include <QtTest>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <functional>
#include <mutex>

using namespace raftarium;
using namespace raftarium::client;
namespace tpb = raftarium::telemetry::v1;
namespace cpb = raftarium::control::v1;

namespace {

// Answers each subscription with one batch, then keeps the stream open until the server goes.
class FakeNode final : public tpb::Telemetry::Service, public cpb::Control::Service {
public:
    FakeNode(const std::string& address, std::uint64_t id, std::uint64_t incarnation)
        : m_id(id), m_incarnation(incarnation) {
        grpc::ServerBuilder builder;
        builder.AddListeningPort(address, grpc::InsecureServerCredentials());
        builder.RegisterService(static_cast<tpb::Telemetry::Service*>(this));
        builder.RegisterService(static_cast<cpb::Control::Service*>(this));
        m_server = builder.BuildAndStart();
    }
    ~FakeNode() override {
        {
            const std::lock_guard lock(m_mutex);
            m_over = true;
        }
        m_changed.notify_all();
        m_server->Shutdown(std::chrono::system_clock::now());
    }

    grpc::Status Subscribe(grpc::ServerContext*, const tpb::SubscribeRequest* request,
                           grpc::ServerWriter<tpb::EventBatch>* writer) override {
        tpb::EventBatch batch;
        batch.mutable_node()->set_node_id(m_id);
        batch.mutable_node()->set_name("n1");
        batch.mutable_node()->set_incarnation(m_incarnation);
        const bool resumes = request->incarnation() == m_incarnation;
        batch.mutable_full_state()->set_sequence(resumes ? request->after_sequence() : 10);
        batch.mutable_full_state()->set_term(4);
        for (std::uint64_t sequence = 10; sequence <= 13; ++sequence) {
            auto& event = *batch.add_events();
            event.set_sequence(sequence);
            event.mutable_commit_advanced()->set_index(sequence);
        }
        writer->Write(batch);
        std::unique_lock lock(m_mutex);
        m_subscriptions.push_back(*request);
        m_changed.notify_all();
        m_changed.wait(lock, [&] { return m_over; });
        return grpc::Status::OK;
    }

    grpc::Status SetLinkFaults(grpc::ServerContext*, const cpb::SetLinkFaultsRequest* request,
                               cpb::ControlState* out) override {
        if (request->links_size() == 1 && request->links(0).drop_share() > 1)
            return {grpc::StatusCode::INVALID_ARGUMENT, "drop_share must be in 0..1"};
        *out->mutable_links() = request->links();
        return grpc::Status::OK;
    }
    grpc::Status SetPace(grpc::ServerContext*, const cpb::SetPaceRequest* request, cpb::ControlState* out) override {
        pace = *request;
        out->mutable_pace()->set_tick_ns(request->tick_ns());
        return grpc::Status::OK;
    }
    grpc::Status ResolveHeld(grpc::ServerContext*, const cpb::ResolveHeldRequest* request,
                             cpb::ControlState* out) override {
        resolved = *request;
        out->add_held()->mutable_id()->set_counter(3);
        return grpc::Status::OK;
    }

    cpb::SetPaceRequest pace;
    cpb::ResolveHeldRequest resolved;
    // Those that were answered; waits until there are as many.
    std::vector<tpb::SubscribeRequest> awaitSubscriptions(std::size_t count) {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, std::chrono::seconds(60), [&] { return m_subscriptions.size() >= count; });
        return m_subscriptions;
    }

private:
    std::uint64_t m_id, m_incarnation;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<tpb::SubscribeRequest> m_subscriptions;
    bool m_over = false;
    std::unique_ptr<grpc::Server> m_server;
};

// What a stream gave, and waiting for more of it.
struct Collected {
    TelemetryStream::Callbacks callbacks() {
        return {[this](std::uint64_t node, std::vector<observe::Event> more) {
                    const std::lock_guard lock(mutex);
                    nodes.push_back(node);
                    events.insert(events.end(), more.begin(), more.end());
                    changed.notify_all();
                },
                [this](std::uint64_t, const tpb::EventBatch&) { ++batches; }};
    }
    template <typename Kind>
    std::size_t count() const {
        return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const observe::Event& event) {
            return std::holds_alternative<Kind>(event.kind);
        }));
    }
    template <typename Kind>
    bool waitFor(std::size_t wanted) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(60), [&] { return count<Kind>() >= wanted; });
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<observe::Event> events;
    std::vector<std::uint64_t> nodes;
    std::atomic<int> batches = 0;
};

using Full = observe::Boxed<observe::FullState>;

}  // namespace

class TestAdminClient : public QObject {
    Q_OBJECT
private slots:
    void init();
    void resumesAfterABreak();
    void startsAnewWithANewIncarnation();
    void waitsForANodeThatIsNotThere();
    void refusesAnotherNode();
    void control();
    void controlOfADeadNode();

private:
    std::unique_ptr<QTemporaryDir> m_directory;
    std::string m_address;
};

void TestAdminClient::init() {
    m_directory = std::make_unique<QTemporaryDir>();
    m_address = "unix:" + m_directory->filePath("s").toStdString();
}

void TestAdminClient::resumesAfterABreak() {
    Collected got;
    auto node = std::make_unique<FakeNode>(m_address, 7, 100);
    const auto stream = TelemetryStream::open(m_address, 7, got.callbacks());
    QVERIFY(got.waitFor<observe::CommitAdvanced>(3));
    {
        const std::lock_guard lock(got.mutex);
        // The full state stands after event 10, which is therefore in it.
        QVERIFY(std::holds_alternative<Full>(got.events.front().kind));
        QCOMPARE((*std::get<Full>(got.events.front().kind)).term, 4U);
    }
    node.reset();
    QVERIFY(got.waitFor<observe::StreamEnded>(1));
    node = std::make_unique<FakeNode>(m_address, 7, 100);
    QVERIFY(got.waitFor<Full>(2));
    const auto subscriptions = node->awaitSubscriptions(1);
    QVERIFY(!subscriptions.empty());
    QCOMPARE(subscriptions[0].incarnation(), 100U);
    QCOMPARE(subscriptions[0].after_sequence(), 13U);
    const std::lock_guard lock(got.mutex);
    std::map<std::uint64_t, int> times;
    for (const auto& event : got.events)
        if (std::holds_alternative<observe::CommitAdvanced>(event.kind)) ++times[event.sequence];
    for (const auto& [sequence, count] : times) QCOMPARE(count, 1);
    QVERIFY(got.batches >= 2);
    for (std::uint64_t id : got.nodes) QCOMPARE(id, 7U);
}

void TestAdminClient::startsAnewWithANewIncarnation() {
    Collected got;
    auto node = std::make_unique<FakeNode>(m_address, 7, 100);
    const auto stream = TelemetryStream::open(m_address, 0, got.callbacks());
    QVERIFY(got.waitFor<Full>(1));
    node.reset();
    node = std::make_unique<FakeNode>(m_address, 7, 200);
    QVERIFY(got.waitFor<Full>(2));
    QVERIFY(got.waitFor<observe::CommitAdvanced>(6));  // sequences 11 to 13 of each
    const std::lock_guard lock(got.mutex);
    QCOMPARE(got.count<observe::StreamEnded>(), 1U);
}

void TestAdminClient::waitsForANodeThatIsNotThere() {
    Collected got;
    const auto stream = TelemetryStream::open(m_address, 7, got.callbacks());
    const FakeNode node(m_address, 7, 1);
    QVERIFY(got.waitFor<Full>(1));
    const std::lock_guard lock(got.mutex);
    QCOMPARE(got.count<observe::StreamEnded>(), 0U);  // nothing was there to end
}

void TestAdminClient::refusesAnotherNode() {
    Collected got;
    {
        const auto stream = TelemetryStream::open(m_address, 8, got.callbacks());
        FakeNode node(m_address, 7, 1);
        QVERIFY(node.awaitSubscriptions(2).size() >= 2);  // it asks again, and takes nothing
    }
    QVERIFY(got.events.empty());
    QCOMPARE(got.batches.load(), 0);
}

void TestAdminClient::control() {
    FakeNode node(m_address, 7, 1);
    const auto client = ControlClient::create(m_address);
    const auto set = client->setLinkFaults({{7, 8, true, 5, 6, 0.25, 0.5, true}});
    QVERIFY2(set.ok(), set.ok() ? "" : set.error().text.c_str());
    QVERIFY((set->links == std::vector<observe::LinkFaults>{{7, 8, true, 5, 6, 0.25, 0.5, true}}));
    const auto refused = client->setLinkFaults({{7, 8, false, 0, 0, 2.0, 0, false}});
    QVERIFY(!refused.ok());
    QCOMPARE(refused.error().code, base::Errc::invalidArgument);
    QVERIFY(refused.error().text.find("drop_share must be in 0..1") != std::string::npos);
    QCOMPARE(client->setPace({50, 0, 0, 0, -1})->pace.tickNs, 50);
    QVERIFY(node.pace.has_tick_ns() && !node.pace.has_heartbeat_ticks() && !node.pace.has_check_quorum());
    QVERIFY(node.pace.has_pre_vote() && !node.pace.pre_vote());
    const auto held = client->resolveHeld({1, 2, 3}, ControlClient::HeldAction::duplicate);
    QVERIFY(held.ok());
    QCOMPARE(node.resolved.id().counter(), 3U);
    QCOMPARE(int(node.resolved.action()), int(cpb::HELD_DUPLICATE));
    QCOMPARE(held->held.at(0).key.counter, 3U);
    QVERIFY(client->resolveHeld({}, ControlClient::HeldAction::drop).ok());
    QVERIFY(!node.resolved.has_id());
    // Not in this fake: the text comes through.
    QCOMPARE(client->campaign().error().code, base::Errc::unimplemented);
}

void TestAdminClient::controlOfADeadNode() {
    const auto client = ControlClient::create(m_address);
    const auto answer = client->state();
    QVERIFY(!answer.ok());
    QCOMPARE(answer.error().code, base::Errc::unavailable);
    QVERIFY(answer.error().text.find(m_address) != std::string::npos);
}

RAFTARIUM_TEST_CLASS(TestAdminClient)
#include "test_admin_client.moc"
