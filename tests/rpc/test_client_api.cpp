// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The services of the client port over a node without consensus: texts, codes, headers, limits.

#include "cluster/rpc/edge/status.h"
#include "proto/etcd/rpc.grpc.pb.h"
#include "tests/rpc/served_node.h"
#include "tests/runner/test_class.h"

#include <QTest>
#include <grpcpp/generic/generic_stub.h>

#include <functional>
#include <limits>

using namespace raftarium;
namespace pb = etcdserverpb;

namespace {

using Invoke = std::function<grpc::Status(test::ServedNode&)>;

template <typename Service, typename Request, typename Response>
Invoke unary(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
             const Request& request) {
    return [method, request](test::ServedNode& served) {
        const auto stub = Service::NewStub(served.client());
        grpc::ClientContext context;
        Response response;
        return (stub.get()->*method)(&context, request, &response);
    };
}

pb::PutRequest put(const std::string& key, const std::string& value, std::int64_t lease = 0) {
    pb::PutRequest request;
    request.set_key(key);
    request.set_value(value);
    request.set_lease(lease);
    return request;
}

pb::RangeRequest range(const std::string& key, const std::string& end = {}) {
    pb::RangeRequest request;
    request.set_key(key);
    request.set_range_end(end);
    return request;
}

}  // namespace

Q_DECLARE_METATYPE(Invoke)

class TestClientApi : public QObject {
    Q_OBJECT
private slots:
    void everyApiErrorHasACode() {
        for (int i = 1; i < static_cast<int>(mvcc::ApiError::count_); ++i) {
            const auto error = static_cast<mvcc::ApiError>(i);
            const grpc::Status status = rpc::toStatus(mvcc::makeError(error));
            QVERIFY(!status.ok());
            QVERIFY(!status.error_message().empty());
            QCOMPARE(status.error_message(), std::string(mvcc::apiErrorText(error)));
        }
    }

    void errorTable_data() {
        QTest::addColumn<mvcc::ApiError>("error");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("text");
        const auto row = [](mvcc::ApiError error, int code, const char* text) {
            QTest::newRow(text) << error << code << QString::fromLatin1(text);
        };
        using mvcc::ApiError;
        row(ApiError::emptyKey, 3, "etcdserver: key is not provided");
        row(ApiError::compacted, 11, "etcdserver: mvcc: required revision has been compacted");
        row(ApiError::futureRevision, 11, "etcdserver: mvcc: required revision is a future revision");
        row(ApiError::noSpace, 8, "etcdserver: mvcc: database space exceeded");
        row(ApiError::leaseNotFound, 5, "etcdserver: requested lease not found");
        row(ApiError::leaseExists, 9, "etcdserver: lease already exists");
        row(ApiError::leaseTtlTooLarge, 11, "etcdserver: too large lease TTL");
        row(ApiError::memberNotFound, 5, "etcdserver: member not found");
        row(ApiError::memberExists, 9, "etcdserver: member ID already exist");
        // The two whose code etcd loses.
        row(ApiError::memberNotEnoughStarted, 2,
            "etcdserver: re-configuration failed due to not enough started members");
        row(ApiError::tooManyRequests, 2, "etcdserver: too many requests");
        row(ApiError::noLeader, 14, "etcdserver: no leader");
        row(ApiError::timeout, 14, "etcdserver: request timed out");
        row(ApiError::timeoutDueToLeaderFail, 14,
            "etcdserver: request timed out, possibly due to previous leader failure");
        row(ApiError::notSupportedForLearner, 14, "etcdserver: rpc not supported for learner");
        row(ApiError::corrupt, 15, "etcdserver: corrupt cluster");
        row(ApiError::authFailed, 3, "etcdserver: authentication failed, invalid user ID or password");
        row(ApiError::permissionDenied, 7, "etcdserver: permission denied");
        row(ApiError::invalidAuthToken, 16, "etcdserver: invalid auth token");
        row(ApiError::watchCanceled, 1, "etcdserver: watch canceled");
        row(ApiError::badLeaderTransferee, 9, "etcdserver: bad leader transferee");
    }
    void errorTable() {
        QFETCH(mvcc::ApiError, error);
        QFETCH(int, code);
        QFETCH(QString, text);
        const grpc::Status status = rpc::toStatus(error);
        QCOMPARE(static_cast<int>(status.error_code()), code);
        QCOMPARE(QString::fromStdString(status.error_message()), text);
    }

    void badRequests_data() {
        QTest::addColumn<Invoke>("invoke");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("text");
        const auto row = [](const char* name, Invoke invoke, int code, const char* text) {
            QTest::newRow(name) << std::move(invoke) << code << QString::fromLatin1(text);
        };
        using Kv = pb::KV;
        row("put without key", unary<Kv>(&Kv::Stub::Put, put("", "v")), 3, "etcdserver: key is not provided");
        pb::PutRequest ignoring = put("k", "v");
        ignoring.set_ignore_value(true);
        row("put ignore_value with value", unary<Kv>(&Kv::Stub::Put, ignoring), 3, "etcdserver: value is provided");
        ignoring = put("k", "v", 5);
        ignoring.set_ignore_lease(true);
        row("put ignore_lease with lease", unary<Kv>(&Kv::Stub::Put, ignoring), 3, "etcdserver: lease is provided");
        ignoring = put("none", "");
        ignoring.set_ignore_value(true);
        row("put ignore_value of a missing key", unary<Kv>(&Kv::Stub::Put, ignoring), 3, "etcdserver: key not found");
        row("put with unknown lease", unary<Kv>(&Kv::Stub::Put, put("k", "v", 99)), 5,
            "etcdserver: requested lease not found");
        row("range without key", unary<Kv>(&Kv::Stub::Range, range("")), 3, "etcdserver: key is not provided");
        pb::RangeRequest future = range("k");
        future.set_revision(1000);
        row("range of the future", unary<Kv>(&Kv::Stub::Range, future), 11,
            "etcdserver: mvcc: required revision is a future revision");
        row("delete without key", unary<Kv>(&Kv::Stub::DeleteRange, pb::DeleteRangeRequest()), 3,
            "etcdserver: key is not provided");
        pb::TxnRequest empty;
        empty.add_success();
        row("txn with an empty operation", unary<Kv>(&Kv::Stub::Txn, empty), 3, "etcdserver: key not found");
        pb::TxnRequest duplicate;
        for (int i = 0; i < 2; ++i) *duplicate.add_success()->mutable_request_put() = put("d", "v");
        row("txn with a duplicate key", unary<Kv>(&Kv::Stub::Txn, duplicate), 3,
            "etcdserver: duplicate key given in txn request");
        pb::TxnRequest many;
        for (int i = 0; i < 129; ++i) *many.add_success()->mutable_request_put() = put("k" + std::to_string(i), "v");
        row("txn with too many operations", unary<Kv>(&Kv::Stub::Txn, many), 3,
            "etcdserver: too many operations in txn request");
        pb::CompactionRequest compact;
        compact.set_revision(1000);
        row("compact the future", unary<Kv>(&Kv::Stub::Compact, compact), 11,
            "etcdserver: mvcc: required revision is a future revision");
        pb::LeaseRevokeRequest revoke;
        revoke.set_id(77);
        row("revoke an unknown lease", unary<pb::Lease>(&pb::Lease::Stub::LeaseRevoke, revoke), 5,
            "etcdserver: requested lease not found");
        pb::LeaseGrantRequest grant;
        grant.set_ttl(9'000'000'001);
        row("grant too long", unary<pb::Lease>(&pb::Lease::Stub::LeaseGrant, grant), 11,
            "etcdserver: too large lease TTL");
        pb::MemberAddRequest add;
        row("member add without URLs", unary<pb::Cluster>(&pb::Cluster::Stub::MemberAdd, add), 3,
            "etcdserver: given member URLs are invalid");
        for (const char* url : {"127.0.0.1:2380", "ftp://127.0.0.1:2380", "http://127.0.0.1", "http://:2380",
                                "http://127.0.0.1:99999", "http://127.0.0.1:23x"}) {
            pb::MemberAddRequest bad;
            bad.add_peerurls(url);
            row(url, unary<pb::Cluster>(&pb::Cluster::Stub::MemberAdd, bad), 3,
                "etcdserver: given member URLs are invalid");
        }
        row("member remove", unary<pb::Cluster>(&pb::Cluster::Stub::MemberRemove, pb::MemberRemoveRequest()), 2,
            "etcdserver: re-configuration failed due to not enough started members");
        row("member promote", unary<pb::Cluster>(&pb::Cluster::Stub::MemberPromote, pb::MemberPromoteRequest()), 9,
            "etcdserver: can only promote a learner member which is in sync with leader");
        pb::HashKVRequest hash;
        hash.set_revision(1000);
        row("hash of the future", unary<pb::Maintenance>(&pb::Maintenance::Stub::HashKV, hash), 11,
            "etcdserver: mvcc: required revision is a future revision");
        row("move leader", unary<pb::Maintenance>(&pb::Maintenance::Stub::MoveLeader, pb::MoveLeaderRequest()), 9,
            "etcdserver: bad leader transferee");
        row("auth", unary<pb::Auth>(&pb::Auth::Stub::AuthEnable, pb::AuthEnableRequest()), 12,
            "Raftarium does not implement the method /etcdserverpb.Auth/AuthEnable yet");
    }
    void badRequests() {
        QFETCH(Invoke, invoke);
        QFETCH(int, code);
        QFETCH(QString, text);
        test::ServedNode served;
        const grpc::Status status = invoke(served);
        QCOMPARE(QString::fromStdString(status.error_message()), text);
        QCOMPARE(static_cast<int>(status.error_code()), code);
    }

    void learnersServeNextToNothing() {
        test::ServedNode served;
        served.node().learner = true;
        const char* text = "etcdserver: rpc not supported for learner";
        for (const Invoke& invoke :
             {unary<pb::KV>(&pb::KV::Stub::Put, put("k", "v")), unary<pb::KV>(&pb::KV::Stub::Range, range("k")),
              unary<pb::Cluster>(&pb::Cluster::Stub::MemberList, pb::MemberListRequest()),
              unary<pb::Lease>(&pb::Lease::Stub::LeaseLeases, pb::LeaseLeasesRequest()),
              unary<pb::Maintenance>(&pb::Maintenance::Stub::Alarm, pb::AlarmRequest()),
              unary<pb::Maintenance>(&pb::Maintenance::Stub::HashKV, pb::HashKVRequest()),
              unary<pb::Maintenance>(&pb::Maintenance::Stub::Hash, pb::HashRequest()),
              unary<pb::Maintenance>(&pb::Maintenance::Stub::Defragment, pb::DefragmentRequest()),
              unary<pb::Maintenance>(&pb::Maintenance::Stub::MoveLeader, pb::MoveLeaderRequest())}) {
            const grpc::Status status = invoke(served);
            QCOMPARE(status.error_message(), std::string(text));
            QCOMPARE(static_cast<int>(status.error_code()), 14);
        }
        pb::RangeRequest local = range("k");
        local.set_serializable(true);
        QVERIFY(unary<pb::KV>(&pb::KV::Stub::Range, local)(served).ok());
        QVERIFY(unary<pb::Maintenance>(&pb::Maintenance::Stub::Status, pb::StatusRequest())(served).ok());
        // The store can be saved from a learner. (The fake node gets as far as its lack of files.)
        const auto stub = pb::Maintenance::NewStub(served.client());
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
        const auto reader = stub->Snapshot(&context, pb::SnapshotRequest());
        pb::SnapshotResponse part;
        while (reader->Read(&part)) {
        }
        const grpc::Status saved = reader->Finish();
        QVERIFY2(saved.error_message().find("this node has no files") != std::string::npos,
                 saved.error_message().c_str());
    }

    void hasLeaderIsHonoured() {
        test::ServedNode served;
        served.node().leader = 0;
        const auto stub = pb::Maintenance::NewStub(served.client());
        pb::StatusResponse response;
        grpc::ClientContext asking;
        asking.AddMetadata("hasleader", "true");
        const grpc::Status refused = stub->Status(&asking, {}, &response);
        QCOMPARE(refused.error_message(), std::string("etcdserver: no leader"));
        grpc::ClientContext plain;
        QVERIFY(stub->Status(&plain, {}, &response).ok());
        QCOMPARE(response.errors_size(), 1);
        QCOMPARE(response.errors(0), std::string("etcdserver: no leader"));
    }

    // Streams end when the leader has been away for three looks, one an election timeout; those that did not ask stay.
    void openStreamsEndWithoutALeaderIfTheyAsk() {
        test::ServedNode served;
        node::Pace pace = served.node().status().pace;
        pace.tickNs = base::kMillisecond;
        pace.electionTicks = 20;
        served.node().runOnLoop([&](node::RaftLoop& loop) { QVERIFY(loop.setPace(pace).ok()); });
        const auto watch = pb::Watch::NewStub(served.client());
        const auto lease = pb::Lease::NewStub(served.client());
        grpc::ClientContext askingWatch, plainWatch, askingLease;
        askingWatch.AddMetadata("hasleader", "true");
        askingLease.AddMetadata("hasleader", "true");
        const auto asking = watch->Watch(&askingWatch);
        const auto plain = watch->Watch(&plainWatch);
        const auto keepAlive = lease->LeaseKeepAlive(&askingLease);
        pb::WatchRequest create;
        create.mutable_create_request()->set_key("k");
        pb::WatchResponse response;
        for (const auto& stream : {asking.get(), plain.get()}) {
            QVERIFY(stream->Write(create));
            QVERIFY(stream->Read(&response));
            QVERIFY(response.created());
        }
        pb::LeaseKeepAliveRequest renew;
        renew.set_id(7);
        pb::LeaseKeepAliveResponse renewed;
        QVERIFY(keepAlive->Write(renew));
        QVERIFY(keepAlive->Read(&renewed));

        served.node().leader = 0;
        QVERIFY(!asking->Read(&response));
        QVERIFY(!keepAlive->Read(&renewed));
        for (const grpc::Status& status : {asking->Finish(), keepAlive->Finish()}) {
            QCOMPARE(status.error_message(), std::string("etcdserver: no leader"));
            QCOMPARE(static_cast<int>(status.error_code()), 14);
        }
        // The other one is still there, and works.
        create.mutable_create_request()->set_key("other");
        QVERIFY(plain->Write(create));
        QVERIFY(plain->Read(&response));
        QVERIFY(response.created());
        plainWatch.TryCancel();
    }

    void putAndRange() {
        test::ServedNode served;
        const auto stub = pb::KV::NewStub(served.client());
        const auto doPut = [&](pb::PutRequest request) {
            grpc::ClientContext context;
            pb::PutResponse response;
            const grpc::Status status = stub->Put(&context, request, &response);
            return status.ok() ? response : pb::PutResponse();
        };
        const pb::PutResponse first = doPut(put("a", "1"));
        QCOMPARE(first.header().cluster_id(), test::FakeNode::kClusterId);
        QCOMPARE(first.header().member_id(), test::FakeNode::kId);
        QCOMPARE(first.header().revision(), 2);
        QCOMPARE(first.header().raft_term(), 7U);
        QVERIFY(!first.has_prev_kv());
        pb::PutRequest again = put("a", "2");
        again.set_prev_kv(true);
        QCOMPARE(doPut(again).prev_kv().value(), std::string("1"));
        const std::string big(100'000, 'x');
        doPut(put("b", big));

        grpc::ClientContext context;
        pb::RangeResponse all;
        QVERIFY(stub->Range(&context, range("a", "z"), &all).ok());
        QCOMPARE(all.header().revision(), 4);
        QCOMPARE(all.count(), 2);
        QVERIFY(!all.more());
        QCOMPARE(all.kvs_size(), 2);
        QCOMPARE(all.kvs(0).key(), std::string("a"));
        QCOMPARE(all.kvs(0).create_revision(), 2);
        QCOMPARE(all.kvs(0).mod_revision(), 3);
        QCOMPARE(all.kvs(0).version(), 2);
        QVERIFY(all.kvs(1).value() == big);

        grpc::ClientContext limitedContext;
        pb::RangeRequest limited = range("a", "z");
        limited.set_limit(1);
        limited.set_keys_only(true);
        pb::RangeResponse one;
        QVERIFY(stub->Range(&limitedContext, limited, &one).ok());
        QVERIFY(one.more());
        QCOMPARE(one.kvs_size(), 1);
        QVERIFY(one.kvs(0).value().empty());
    }

    void readOnlyTransactionsTouchNoLog() {
        test::ServedNode served;
        const auto stub = pb::KV::NewStub(served.client());
        grpc::ClientContext putContext;
        pb::PutResponse ignored;
        QVERIFY(stub->Put(&putContext, put("a", "1"), &ignored).ok());
        const std::uint64_t before = served.node().appliedCount();
        pb::TxnRequest request;
        auto& compare = *request.add_compare();
        compare.set_key("a");
        compare.set_target(pb::Compare::VALUE);
        compare.set_value("1");
        *request.add_success()->mutable_request_range() = range("a");
        grpc::ClientContext context;
        pb::TxnResponse response;
        QVERIFY(stub->Txn(&context, request, &response).ok());
        QVERIFY(response.succeeded());
        QCOMPARE(response.header().member_id(), test::FakeNode::kId);
        QCOMPARE(response.responses(0).response_range().kvs(0).value(), std::string("1"));
        QCOMPARE(served.node().appliedCount(), before);
        // A refused read index refuses it, unless every read is serializable.
        served.node().refuseReads = true;
        grpc::ClientContext refusedContext;
        const grpc::Status refused = stub->Txn(&refusedContext, request, &response);
        QCOMPARE(refused.error_message(), std::string("etcdserver: request timed out"));
        request.mutable_success(0)->mutable_request_range()->set_serializable(true);
        grpc::ClientContext localContext;
        QVERIFY(stub->Txn(&localContext, request, &response).ok());
    }

    void fullBackendRaisesItsAlarm() {
        mvcc::StoreOptions options;
        options.quotaBytes = 10'000;
        test::ServedNode served(options);
        served.node().overrideSize(20'000);
        const auto invoke = unary<pb::KV>(&pb::KV::Stub::Put, put("k", "v"));
        const grpc::Status full = invoke(served);
        QCOMPARE(full.error_message(), std::string("etcdserver: mvcc: database space exceeded"));
        QCOMPARE(static_cast<int>(full.error_code()), 8);
        pb::StatusResponse status;
        const auto stub = pb::Maintenance::NewStub(served.client());
        const auto raised = [&] {
            grpc::ClientContext context;
            return stub->Status(&context, {}, &status).ok() && status.errors_size() == 1;
        };
        QTRY_VERIFY_WITH_TIMEOUT(raised(), 60'000);
        QVERIFY(QString::fromStdString(status.errors(0)).contains(QLatin1String("alarm:NOSPACE")));
    }

    void leasesHaveTheIdsAskedFor() {
        test::ServedNode served;
        const auto stub = pb::Lease::NewStub(served.client());
        const auto grant = [&](std::int64_t id, std::int64_t ttl) {
            pb::LeaseGrantRequest request;
            request.set_id(id);
            request.set_ttl(ttl);
            grpc::ClientContext context;
            pb::LeaseGrantResponse response;
            const grpc::Status status = stub->LeaseGrant(&context, request, &response);
            return std::pair{status, response};
        };
        QCOMPARE(grant(1234, 600).second.id(), 1234);
        QCOMPARE(grant(1234, 600).first.error_message(), std::string("etcdserver: lease already exists"));
        const auto chosen = grant(0, 0);
        QVERIFY(chosen.second.id() > 0);
        QCOMPARE(chosen.second.ttl(), 2);  // the minimum

        pb::LeaseTimeToLiveRequest ask;
        ask.set_id(1234);
        grpc::ClientContext ttlContext;
        pb::LeaseTimeToLiveResponse ttl;
        QVERIFY(stub->LeaseTimeToLive(&ttlContext, ask, &ttl).ok());
        QCOMPARE(ttl.grantedttl(), 600);
        QVERIFY(ttl.ttl() >= 598 && ttl.ttl() <= 600);
        QCOMPARE(ttl.header().member_id(), test::FakeNode::kId);
        ask.set_id(5555);
        grpc::ClientContext unknownContext;
        QVERIFY(stub->LeaseTimeToLive(&unknownContext, ask, &ttl).ok());
        QCOMPARE(ttl.ttl(), -1);
    }

    void keepAliveAnswersInOrder() {
        test::ServedNode served;
        const auto stub = pb::Lease::NewStub(served.client());
        pb::LeaseGrantRequest grant;
        grant.set_id(10);
        grant.set_ttl(100);
        grpc::ClientContext grantContext;
        pb::LeaseGrantResponse granted;
        QVERIFY(stub->LeaseGrant(&grantContext, grant, &granted).ok());
        grpc::ClientContext context;
        const auto stream = stub->LeaseKeepAlive(&context);
        for (const std::int64_t id : {10, 11, 10}) {
            pb::LeaseKeepAliveRequest request;
            request.set_id(id);
            QVERIFY(stream->Write(request));
        }
        for (const std::int64_t id : {10, 11, 10}) {
            pb::LeaseKeepAliveResponse response;
            QVERIFY(stream->Read(&response));
            QCOMPARE(response.id(), id);
            QCOMPARE(response.ttl(), id == 10 ? 100 : 0);
        }
        stream->WritesDone();
        QVERIFY(stream->Finish().ok());
    }

    void clusterHeadersHaveNoRevision() {
        test::ServedNode served;
        const auto stub = pb::Cluster::NewStub(served.client());
        grpc::ClientContext context;
        pb::MemberListResponse list;
        QVERIFY(stub->MemberList(&context, {}, &list).ok());
        QCOMPARE(list.header().revision(), 0);
        QCOMPARE(list.header().raft_term(), 7U);
        QCOMPARE(list.members_size(), 1);
        QCOMPARE(list.members(0).id(), test::FakeNode::kId);
        pb::MemberAddRequest add;
        add.add_peerurls("http://127.0.0.1:1");
        add.set_islearner(true);
        grpc::ClientContext addContext;
        pb::MemberAddResponse added;
        QVERIFY(stub->MemberAdd(&addContext, add, &added).ok());
        QVERIFY(added.member().id() != 0);
        QVERIFY(added.member().islearner());
        QCOMPARE(added.members_size(), 2);
    }

    void messagesOverTheLimit() {
        test::ServedNode served({}, 1'572'864);
        const grpc::Status status = unary<pb::KV>(&pb::KV::Stub::Put, put("k", std::string(2'200'000, 'v')))(served);
        QCOMPARE(static_cast<int>(status.error_code()), 8);
        QCOMPARE(QString::fromStdString(status.error_message()),
                 QStringLiteral("grpc: received message larger than max (2200008 vs. 2097152)"));
    }

    void malformedRequestsAreRefused_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QByteArray>("bytes");
        for (const char* method : {"/etcdserverpb.KV/Put", "/etcdserverpb.KV/Range", "/etcdserverpb.KV/Txn",
                                   "/etcdserverpb.KV/DeleteRange", "/etcdserverpb.Lease/LeaseGrant"}) {
            QTest::addRow("%s truncated", method) << QString::fromLatin1(method) << QByteArray::fromHex("0aff01");
            QTest::addRow("%s group", method) << QString::fromLatin1(method) << QByteArray::fromHex("0b");
            QTest::addRow("%s field 0", method) << QString::fromLatin1(method) << QByteArray::fromHex("0001");
        }
    }
    void malformedRequestsAreRefused() {
        QFETCH(QString, method);
        QFETCH(QByteArray, bytes);
        test::ServedNode served;
        grpc::GenericStub stub(served.client());
        grpc::CompletionQueue queue;
        grpc::ClientContext context;
        const grpc::Slice slice(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        const auto call = stub.PrepareUnaryCall(&context, method.toStdString(), grpc::ByteBuffer(&slice, 1), &queue);
        grpc::ByteBuffer response;
        grpc::Status status;
        call->StartCall();
        call->Finish(&response, &status, nullptr);
        void* tag = nullptr;
        bool ok = false;
        QVERIFY(queue.Next(&tag, &ok));
        QCOMPARE(static_cast<int>(status.error_code()), 13);
        QCOMPARE(served.node().appliedCount(), 0U);
    }

    void manyCallsAtOnce() {
        test::ServedNode served;
        const auto stub = pb::KV::NewStub(served.client());
        grpc::CompletionQueue queue;
        struct Call {
            grpc::ClientContext context;
            pb::PutResponse response;
            grpc::Status status;
            std::unique_ptr<grpc::ClientAsyncResponseReader<pb::PutResponse>> reader;
        };
        std::vector<std::unique_ptr<Call>> calls;
        for (int i = 0; i < 1000; ++i) {
            calls.push_back(std::make_unique<Call>());
            Call& call = *calls.back();
            call.reader = stub->AsyncPut(&call.context, put("k" + std::to_string(i), "v"), &queue);
            call.reader->Finish(&call.response, &call.status, &call);
        }
        std::set<std::int64_t> revisions;
        for (int i = 0; i < 1000; ++i) {
            void* tag = nullptr;
            bool ok = false;
            QVERIFY(queue.Next(&tag, &ok));
            const Call& call = *static_cast<Call*>(tag);
            QVERIFY(call.status.ok());
            revisions.insert(call.response.header().revision());
        }
        QCOMPARE(revisions.size(), 1000U);
        QCOMPARE(*revisions.rbegin(), 1001);
    }

    void stopEndsOpenStreams() {
        test::ServedNode served;
        const auto lease = pb::Lease::NewStub(served.client());
        grpc::ClientContext context;
        const auto stream = lease->LeaseKeepAlive(&context);
        pb::LeaseKeepAliveRequest request;
        request.set_id(1);
        QVERIFY(stream->Write(request));
        pb::LeaseKeepAliveResponse response;
        QVERIFY(stream->Read(&response));
        served.stop(10 * base::kSecond);
        QVERIFY(!stream->Read(&response));
        const grpc::Status status = stream->Finish();
        QCOMPARE(status.error_message(), std::string("etcdserver: no leader"));
    }
};

RAFTARIUM_TEST_CLASS(TestClientApi)
#include "test_client_api.moc"
