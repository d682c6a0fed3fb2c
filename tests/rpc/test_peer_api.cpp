// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The members' traffic with each other.

#include "cluster/base/coding.h"
#include "cluster/rpc/peers/join_cluster.h"
#include "cluster/wire/message_codec.h"
#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/raftarium/peer.grpc.pb.h"
#include "tests/rpc/served_node.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <atomic>

using namespace raftarium;
namespace peerpb = raftarium::peer::v1;

namespace {

std::string envelope(const raft::Message& message, std::uint64_t counter) {
    peerpb::MessageBatch batch;
    auto& one = *batch.add_envelopes();
    wire::encodeMessage(message, *one.mutable_message());
    one.set_counter(counter);
    return batch.SerializeAsString();
}

void introduce(grpc::ClientContext& context, const std::string& cluster, const std::string& from, const std::string& to,
               const std::string& incarnation) {
    context.AddMetadata("x-cluster-id", cluster);
    context.AddMetadata("x-from", from);
    context.AddMetadata("x-to", to);
    context.AddMetadata("x-incarnation", incarnation);
}
// As member 2 of the cluster, to the one that is served.
void introduce(grpc::ClientContext& context) {
    introduce(context, base::hexId(test::FakeNode::kClusterId), "2", base::hexId(test::FakeNode::kId), "77");
}

// A member that has not applied the entry yet which adds the one that asks.
class LateMember final : public peerpb::Peer::Service {
public:
    grpc::Status Members(grpc::ServerContext*, const peerpb::MembersRequest*,
                         peerpb::MembersResponse* response) override {
        response->set_cluster_id(5);
        auto& self = *response->add_members();
        self.set_id(1);
        self.add_peer_urls("http://127.0.0.1:1");
        if (++m_asked <= 2) return grpc::Status::OK;
        auto& joiner = *response->add_members();
        joiner.set_id(2);
        joiner.add_peer_urls("http://127.0.0.1:2");
        return grpc::Status::OK;
    }
    int asked() const { return m_asked; }

private:
    std::atomic<int> m_asked{0};
};

}  // namespace

class TestPeerApi : public QObject {
    Q_OBJECT
private slots:
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
        QTest::newRow("itself") << cluster << self << self << QByteArray("5") << 9;
        QTest::newRow("nobody") << cluster << QByteArray("0") << self << QByteArray("5") << 9;
        QTest::newRow("log writer") << cluster << QByteArray("ffffffffffffffff") << self << QByteArray("5") << 9;
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
        introduce(context, cluster.toStdString(), from.toStdString(), to.toStdString(), incarnation.toStdString());
        peerpb::MessagesEnd end;
        const auto stream = stub->Messages(&context, &end);
        stream->WritesDone();
        QCOMPARE(static_cast<int>(stream->Finish().error_code()), code);
        QVERIFY(served.node().received().empty());
    }

    // A member that says it has no data, but was published before, has lost what it promised.
    void aKnownMemberDoesNotStartAnew_data() {
        QTest::addColumn<bool>("firstStart");
        QTest::addColumn<bool>("published");
        QTest::addColumn<int>("code");
        QTest::newRow("first start of a new one") << true << false << 0;
        QTest::newRow("first start of a known one") << true << true << 6;
        QTest::newRow("restart of a known one") << false << true << 0;
    }
    void aKnownMemberDoesNotStartAnew() {
        QFETCH(bool, firstStart);
        QFETCH(bool, published);
        QFETCH(int, code);
        test::ServedNode served;
        served.node().secondIsPublished = published;
        const auto stub = peerpb::Peer::NewStub(served.peer());
        grpc::ClientContext context;
        introduce(context);
        if (firstStart) context.AddMetadata("x-first-start", "1");
        peerpb::MessagesEnd end;
        const auto stream = stub->Messages(&context, &end);
        stream->WritesDone();
        const grpc::Status status = stream->Finish();
        QCOMPARE(static_cast<int>(status.error_code()), code);
        const std::string said = "member 2 has already been bootstrapped";
        QCOMPARE(status.error_message().substr(0, said.size()), code == 0 ? std::string() : said);
    }

    void messagesKeepTheirIds() {
        test::ServedNode served;
        const auto stub = peerpb::Peer::NewStub(served.peer());
        grpc::ClientContext context;
        introduce(context);
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
        introduce(context);
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

    void whoJoinsAsksUntilItIsKnown() {
        LateMember member;
        int port = 0;
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
        builder.RegisterService(&member);
        const auto server = builder.BuildAndStart();
        QVERIFY(server != nullptr);
        node::Config config;
        config.initialAdvertisePeerUrls = {"http://127.0.0.1:2"};
        config.initialCluster = {{"n1", {"http://127.0.0.1:" + std::to_string(port)}}, {"n2", {"http://127.0.0.1:2"}}};
        const auto known = rpc::fetchMembership(config);
        QVERIFY(known.ok());
        QCOMPARE(member.asked(), 3);
        QCOMPARE(known->clusterId, std::uint64_t{5});
        QVERIFY(known->members.contains(2));
        // One that nobody knows gets the answer all the same; the start says what is wrong.
        config.initialAdvertisePeerUrls = {"http://127.0.0.1:3"};
        const auto unknown = rpc::fetchMembership(config);
        QVERIFY(unknown.ok());
        QVERIFY(unknown->members.contains(2));
        server->Shutdown();
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
        // Leads for all it knows, but no majority says so.
        served.node().leader = test::FakeNode::kId;
        served.node().refuseReads = true;
        grpc::ClientContext unsureContext;
        QVERIFY(stub->Forward(&unsureContext, request, &response).ok());
        QVERIFY(response.code() != 0U);
        // What members do not forward is refused.
        request.set_method("/etcdserverpb.KV/Put");
        grpc::ClientContext otherContext;
        QVERIFY(stub->Forward(&otherContext, request, &response).ok());
        QCOMPARE(response.code(), 12U);
    }
};

RAFTARIUM_TEST_CLASS(TestPeerApi)
#include "test_peer_api.moc"
