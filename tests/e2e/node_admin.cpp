// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry and control of real processes, over their admin sockets.

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QTest>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <map>
#include <sys/stat.h>
#include <tuple>

using namespace raftarium::e2e;
namespace control = raftarium::control::v1;
namespace telemetry = raftarium::telemetry::v1;

namespace {

using MessageKey = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;

MessageKey keyOf(const telemetry::MessageInfo& message) {
    return {message.id().sender(), message.id().incarnation(), message.id().counter()};
}

bool setCut(const QString& socket, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& links, bool cut) {
    control::SetLinkFaultsRequest request;
    for (const auto& [from, to] : links) {
        auto& link = *request.add_links();
        link.set_from(from);
        link.set_to(to);
        link.set_cut(cut);
    }
    grpc::ClientContext context;
    control::ControlState state;
    return control::Control::NewStub(openChannel(QStringLiteral("unix:") + socket))
        ->SetLinkFaults(&context, request, &state)
        .ok();
}

std::uint64_t newestSequence(telemetry::Telemetry::StubInterface& stub) {
    grpc::ClientContext context;
    const auto stream = stub.Subscribe(&context, {});
    telemetry::EventBatch batch;
    const bool told = stream->Read(&batch);
    context.TryCancel();
    stream->Finish();
    return told ? batch.full_state().sequence() : 0;
}

class Cluster3 {
public:
    Cluster3() : cluster(Engine::raftarium, findPorts(3), {"--heartbeat-interval=50", "--election-timeout=600"}) {
        cluster.startAll();
    }
    bool ready() {
        if (!cluster.waitHealthy()) return false;
        for (int i = 0; i < 3; ++i) {
            std::optional<etcdserverpb::StatusResponse> status;
            if (!waitUntil([&] { return (status = memberStatus(cluster.endpoint(i))).has_value(); })) return false;
            ids.push_back(status->header().member_id());
        }
        return waitUntil([&] { return (leader = leaderOf(cluster.endpoints())) >= 0; });
    }
    // Cuts or heals all links between this member and the others, at this member.
    bool isolate(int member, bool cut) const {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> links;
        for (int i = 0; i < 3; ++i) {
            if (i == member) continue;
            links.emplace_back(ids[static_cast<std::size_t>(member)], ids[static_cast<std::size_t>(i)]);
            links.emplace_back(ids[static_cast<std::size_t>(i)], ids[static_cast<std::size_t>(member)]);
        }
        return setCut(cluster.adminSocket(member), links, cut);
    }

    NodeCluster cluster;
    std::vector<std::uint64_t> ids;
    int leader = -1;
};

}  // namespace

class TestNodeAdmin : public QObject {
    Q_OBJECT
private slots:
    void socketIsPrivate() {
        NodeCluster cluster(Engine::raftarium, findPorts(1));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        struct stat info = {};
        QCOMPARE(stat(cluster.adminSocket(0).toLocal8Bit().constData(), &info), 0);
        QCOMPARE(info.st_mode & 0077U, 0U);
        QCOMPARE(stat(cluster.adminSocket(0).section(QLatin1Char('/'), 0, -2).toLocal8Bit().constData(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, 0700U);
    }

    void aPartitionedLeaderIsReplaced() {
        Cluster3 three;
        QVERIFY(three.ready());
        const int old = three.leader;
        QVERIFY(putEventually(openChannel(three.cluster.endpoint(old)), "before", "1"));
        QVERIFY(three.isolate(old, true));
        std::vector<QString> others;
        for (int i = 0; i < 3; ++i) {
            if (i != old) others.push_back(three.cluster.endpoint(i));
        }
        QVERIFY(waitUntil([&] { return leaderOf(others) >= 0; }));
        QVERIFY(putEventually(openChannel(others[0]), "during", "1"));
        // The minority acknowledges nothing.
        QVERIFY(!putKey(openChannel(three.cluster.endpoint(old)), "lost", "1", 500));
        QVERIFY(three.isolate(old, false));
        QVERIFY(three.cluster.waitHealthy());
        QVERIFY(putEventually(openChannel(three.cluster.endpoint(old)), "after", "1"));
        const auto found = keysWithPrefix(openChannel(three.cluster.endpoint(old)), "during");
        QVERIFY(found && found->size() == 1);
    }

    void paceAndProtocolByFlag_data() {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<qint64>("tickMs");
        QTest::addColumn<uint>("electionTicks");
        QTest::addColumn<bool>("preVote");
        QTest::addColumn<bool>("checkQuorum");
        QTest::newRow("as they are") << QStringList() << qint64{100} << 10U << true << true;
        QTest::newRow("both off") << QStringList{"--pre-vote=false", "--check-quorum=false"} << qint64{100} << 10U
                                  << false << false;
        QTest::newRow("own times") << QStringList{"--heartbeat-interval=30", "--election-timeout=900",
                                                  "--pre-vote=false"}
                                   << qint64{30} << 30U << false << true;
    }
    void paceAndProtocolByFlag() {
        QFETCH(QStringList, flags);
        NodeCluster cluster(Engine::raftarium, findPorts(1), flags);
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        grpc::ClientContext context;
        control::ControlState state;
        QVERIFY(control::Control::NewStub(openChannel(QStringLiteral("unix:") + cluster.adminSocket(0)))
                    ->GetState(&context, {}, &state)
                    .ok());
        QTEST(static_cast<qint64>(state.pace().tick_ns() / 1'000'000), "tickMs");
        QTEST(static_cast<uint>(state.pace().election_ticks()), "electionTicks");
        QTEST(state.pace().pre_vote(), "preVote");
        QTEST(state.pace().check_quorum(), "checkQuorum");
    }

    void paceChangesWhileRunning() {
        NodeCluster cluster(Engine::raftarium, findPorts(1));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        const auto stub = control::Control::NewStub(openChannel(QStringLiteral("unix:") + cluster.adminSocket(0)));
        control::SetPaceRequest request;
        request.set_tick_ns(30'000'000);
        request.set_election_ticks(7);
        request.set_pre_vote(false);
        grpc::ClientContext context;
        control::ControlState state;
        const grpc::Status status = stub->SetPace(&context, request, &state);
        QVERIFY2(status.ok(), status.error_message().c_str());
        QVERIFY(waitUntil([&] {
            grpc::ClientContext stateContext;
            return stub->GetState(&stateContext, {}, &state).ok() && state.pace().tick_ns() == 30'000'000 &&
                   state.pace().election_ticks() == 7 && !state.pace().pre_vote();
        }));
        request.set_tick_ns(5);
        grpc::ClientContext badContext;
        QCOMPARE(static_cast<int>(stub->SetPace(&badContext, request, &state).error_code()), 3);
    }

    // Every message that a member received was sent by another one under the same id, with the same content.
    void idsMatchBetweenSenderAndReceiver() {
        Cluster3 three;
        QVERIFY(three.ready());
        std::vector<std::unique_ptr<Subscriber>> subscribers;
        for (int i = 0; i < 3; ++i) subscribers.push_back(std::make_unique<Subscriber>(three.cluster.adminSocket(i)));
        QVERIFY(waitUntil([&] {
            return std::all_of(subscribers.begin(), subscribers.end(),
                               [](const auto& each) { return each->state().has_value(); });
        }));
        const auto channel = openChannel(three.cluster.endpoint((three.leader + 1) % 3));
        for (int i = 0; i < 50; ++i) QVERIFY(putEventually(channel, "m" + std::to_string(i), "v"));
        const auto countOf = [&](auto has) {
            std::size_t count = 0;
            for (const auto& subscriber : subscribers) {
                for (const auto& event : subscriber->events()) count += has(event) ? 1U : 0U;
            }
            return count;
        };
        QVERIFY(waitUntil([&] { return countOf([](const auto& event) { return event.has_key_changed(); }) >= 150; }));
        for (const auto& subscriber : subscribers) subscriber->stop();

        std::map<MessageKey, telemetry::MessageInfo> sent;
        // Of each sender: the counters with which its events begin and end.
        std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> told;
        std::set<std::uint64_t> lossy;
        for (std::size_t i = 0; i < subscribers.size(); ++i) {
            for (const auto& event : subscribers[i]->events()) {
                if (event.has_lost()) lossy.insert(three.ids[i]);
                if (!event.has_message_sent()) continue;
                const telemetry::MessageInfo& message = event.message_sent().message();
                sent[keyOf(message)] = message;
                const std::uint64_t counter = message.id().counter();
                auto& [first, newest] = told.try_emplace(message.id().sender(), counter, counter).first->second;
                first = std::min(first, counter);
                newest = std::max(newest, counter);
            }
        }
        QCOMPARE(told.size(), 3U);
        std::size_t matched = 0;
        for (const auto& subscriber : subscribers) {
            std::uint64_t last = 0;
            for (const auto& event : subscriber->events()) {
                QVERIFY(event.sequence() > last);
                last = event.sequence();
                if (!event.has_message_received()) continue;
                const telemetry::MessageInfo& got = event.message_received().message();
                const auto found = sent.find(keyOf(got));
                if (found == sent.end()) {
                    // Sent before its sender's subscription began or after it ended, or not told for want of room.
                    const auto& [first, newest] = told[got.id().sender()];
                    const std::uint64_t counter = got.id().counter();
                    QVERIFY(counter < first || counter > newest || lossy.contains(got.id().sender()));
                    continue;
                }
                ++matched;
                QCOMPARE(got.type(), found->second.type());
                QCOMPARE(got.index(), found->second.index());
                QCOMPARE(got.term(), found->second.term());
                QCOMPARE(got.entry_count(), found->second.entry_count());
            }
        }
        QVERIFY2(matched > 200, QByteArray::number(static_cast<qulonglong>(matched)));
    }

    // Someone subscribes and never reads: puts go on, and memory does not grow with what is not read. Who reads later
    // is told what was lost, and then what is new.
    void aSubscriberThatNeverReadsHoldsNobody() {
        NodeCluster cluster(Engine::raftarium, findPorts(1));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        // A window that grows with the traffic would hold more than the node's ring does.
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
        const auto channel = grpc::CreateCustomChannel("unix:" + cluster.adminSocket(0).toStdString(),
                                                       grpc::InsecureChannelCredentials(), arguments);
        const auto stub = telemetry::Telemetry::NewStub(channel);
        grpc::ClientContext context;
        telemetry::SubscribeRequest request;
        request.set_max_events_per_second(1'000'000);
        const auto stream = stub->Subscribe(&context, request);
        telemetry::EventBatch batch;
        QVERIFY(stream->Read(&batch));
        const std::uint64_t first = batch.full_state().sequence();
        {
            // More than the ring and the window together hold.
            Writer writer(cluster.endpoint(0), "s", 16);
            QVERIFY(waitUntil([&] { return newestSequence(*stub) > first + 150'000; }));
        }
        QVERIFY(putKey(openChannel(cluster.endpoint(0)), "last", "1"));
        const auto now = memberStatus(cluster.endpoint(0));
        QVERIFY(now.has_value());
        std::uint64_t overrun = 0;
        std::uint64_t last = first;
        std::uint64_t accounted = last;
        const auto readUntilApplied = [&](std::uint64_t index) {
            while (stream->Read(&batch)) {
                bool applied = false;
                for (const auto& event : batch.events()) {
                    if (event.sequence() <= last) return false;
                    last = event.sequence();
                    accounted += event.has_lost() ? event.lost().count() : 1;
                    if (event.has_lost() && !event.lost().sampled()) overrun += event.lost().count();
                    applied = applied || (event.has_applied() && event.applied().last_index() >= index);
                }
                if (applied) return true;
            }
            return false;
        };
        QVERIFY(readUntilApplied(now->raftappliedindex()));
        QCOMPARE(accounted, last);
        QVERIFY(overrun > 0);
        // The stream goes on as if nothing had been.
        const std::uint64_t before = overrun;
        QVERIFY(putKey(openChannel(cluster.endpoint(0)), "later", "1"));
        const auto later = memberStatus(cluster.endpoint(0));
        QVERIFY(later.has_value());
        QVERIFY(readUntilApplied(later->raftappliedindex()));
        QCOMPARE(accounted, last);
        QCOMPARE(overrun, before);
        context.TryCancel();
        stream->Finish();
    }
};

RAFTARIUM_TEST_CLASS(TestNodeAdmin)
#include "node_admin.moc"
