// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Watch streams over a node without consensus: order of answers, cancellation, fragments, progress, a slow client.

#include "cluster/rpc/api/watch_encoder.h"
#include "proto/etcd/rpc.grpc.pb.h"
#include "tests/rpc/served_node.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
namespace pb = etcdserverpb;

namespace {

pb::WatchRequest create(const std::string& key, const std::string& end = {}, std::int64_t start = 0) {
    pb::WatchRequest request;
    request.mutable_create_request()->set_key(key);
    request.mutable_create_request()->set_range_end(end);
    request.mutable_create_request()->set_start_revision(start);
    return request;
}

struct Client {
    explicit Client(const test::ServedNode& served)
        : watch(pb::Watch::NewStub(served.client())), kv(pb::KV::NewStub(served.client())) {
        stream = watch->Watch(&context);
    }
    ~Client() {
        if (stream == nullptr) return;
        context.TryCancel();
        pb::WatchResponse rest;
        while (stream->Read(&rest)) {
        }
        stream->Finish();
    }
    bool put(const std::string& key, const std::string& value) const {
        grpc::ClientContext putContext;
        pb::PutRequest request;
        request.set_key(key);
        request.set_value(value);
        pb::PutResponse response;
        return kv->Put(&putContext, request, &response).ok();
    }
    pb::WatchResponse read() const {
        pb::WatchResponse response;
        if (!stream->Read(&response)) response.set_cancel_reason("the stream has ended");
        return response;
    }

    std::unique_ptr<pb::Watch::Stub> watch;
    std::unique_ptr<pb::KV::Stub> kv;
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReaderWriter<pb::WatchRequest, pb::WatchResponse>> stream;
};

}  // namespace

class TestWatchApi : public QObject {
    Q_OBJECT
private slots:
    void createdComesFirst() {
        test::ServedNode served;
        const Client client(served);
        QVERIFY(client.put("a", "0"));
        QVERIFY(client.stream->Write(create("a", {}, 1)));
        const pb::WatchResponse created = client.read();
        QVERIFY(created.created());
        QVERIFY(!created.canceled());
        QCOMPARE(created.watch_id(), 0);
        QCOMPARE(created.header().revision(), 2);
        QCOMPARE(created.header().member_id(), test::FakeNode::kId);
        const pb::WatchResponse history = client.read();
        QCOMPARE(history.events_size(), 1);
        QCOMPARE(history.events(0).kv().value(), std::string("0"));
        QVERIFY(client.put("a", "1"));
        const pb::WatchResponse live = client.read();
        QCOMPARE(live.events(0).kv().mod_revision(), 3);
        QCOMPARE(live.header().revision(), 3);
        QVERIFY(!live.events(0).has_prev_kv());
    }

    void previousPairOnlyWhereAskedFor() {
        test::ServedNode served;
        const Client client(served);
        QVERIFY(client.put("a", "old"));
        pb::WatchRequest with = create("a");
        with.mutable_create_request()->set_prev_kv(true);
        QVERIFY(client.stream->Write(create("a")));
        QVERIFY(client.stream->Write(with));
        QCOMPARE(client.read().watch_id(), 0);
        QCOMPARE(client.read().watch_id(), 1);
        QVERIFY(client.put("a", "new"));
        for (int i = 0; i < 2; ++i) {
            const pb::WatchResponse response = client.read();
            QCOMPARE(response.events(0).has_prev_kv(), response.watch_id() == 1);
            if (response.watch_id() == 1) QCOMPARE(response.events(0).prev_kv().value(), std::string("old"));
        }
    }

    void failedCreates_data() {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("end");
        QTest::addColumn<qint64>("id");
        QTest::addColumn<QString>("reason");
        QTest::newRow("empty range") << QByteArray("b") << QByteArray("a") << qint64(0)
                                     << QStringLiteral("mvcc: watcher range is empty");
        QTest::newRow("taken id") << QByteArray("b") << QByteArray() << qint64(5)
                                  << QStringLiteral("mvcc: duplicate watch ID provided on the WatchStream");
    }
    void failedCreates() {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, end);
        QFETCH(qint64, id);
        QFETCH(QString, reason);
        test::ServedNode served;
        const Client client(served);
        pb::WatchRequest first = create("x");
        first.mutable_create_request()->set_watch_id(5);
        QVERIFY(client.stream->Write(first));
        QCOMPARE(client.read().watch_id(), 5);
        pb::WatchRequest bad = create(key.toStdString(), end.toStdString());
        bad.mutable_create_request()->set_watch_id(id);
        QVERIFY(client.stream->Write(bad));
        const pb::WatchResponse response = client.read();
        QVERIFY(response.created());
        QVERIFY(response.canceled());
        QCOMPARE(response.watch_id(), -1);
        QCOMPARE(QString::fromStdString(response.cancel_reason()), reason);
    }

    void cancelledWatchersSeeNothingMore() {
        test::ServedNode served;
        const Client client(served);
        QVERIFY(client.stream->Write(create("a")));
        QVERIFY(client.stream->Write(create("b")));
        QCOMPARE(client.read().watch_id(), 0);
        QCOMPARE(client.read().watch_id(), 1);
        pb::WatchRequest unknown;
        unknown.mutable_cancel_request()->set_watch_id(77);  // no answer
        QVERIFY(client.stream->Write(unknown));
        pb::WatchRequest cancel;
        cancel.mutable_cancel_request()->set_watch_id(0);
        QVERIFY(client.stream->Write(cancel));
        const pb::WatchResponse canceled = client.read();
        QVERIFY(canceled.canceled());
        QCOMPARE(canceled.watch_id(), 0);
        QVERIFY(canceled.header().revision() > 0);
        QVERIFY(client.put("a", "1"));
        QVERIFY(client.put("b", "1"));
        QCOMPARE(client.read().watch_id(), 1);
    }

    void compactedStartIsCancelled() {
        test::ServedNode served;
        const Client client(served);
        for (int i = 0; i < 5; ++i) QVERIFY(client.put("a", std::to_string(i)));
        grpc::ClientContext context;
        pb::CompactionRequest compact;
        compact.set_revision(4);
        pb::CompactionResponse ignored;
        QVERIFY(client.kv->Compact(&context, compact, &ignored).ok());
        QVERIFY(client.stream->Write(create("a", {}, 2)));
        QVERIFY(client.read().created());
        const pb::WatchResponse canceled = client.read();
        QVERIFY(canceled.canceled());
        QCOMPARE(canceled.compact_revision(), 4);
        QVERIFY(canceled.cancel_reason().empty());
    }

    void manualProgress() {
        test::ServedNode served;
        const Client client(served);
        QVERIFY(client.put("a", "1"));
        QVERIFY(client.stream->Write(create("a")));
        QVERIFY(client.read().created());
        pb::WatchRequest progress;
        progress.mutable_progress_request();
        QVERIFY(client.stream->Write(progress));
        const pb::WatchResponse response = client.read();
        QCOMPARE(response.watch_id(), -1);
        QCOMPARE(response.header().revision(), 2);
        QCOMPARE(response.events_size(), 0);
    }

    // Asked for while the history is still being read: one answer each, when it has been.
    void manualProgressWhileCatchingUp() {
        test::ServedNode served;
        const Client client(served);
        constexpr int kPuts = 3'000;
        for (int i = 0; i < kPuts; ++i) QVERIFY(client.put("a", "1"));
        pb::WatchRequest progress;
        progress.mutable_progress_request();
        QVERIFY(client.stream->Write(create("a", {}, 2)));
        QVERIFY(client.stream->Write(create("nosuchkey", {}, 2)));
        QVERIFY(client.stream->Write(progress));
        QVERIFY(client.stream->Write(progress));
        std::int64_t heard = 1;
        for (int answers = 0; answers < 2;) {
            const pb::WatchResponse response = client.read();
            QVERIFY2(response.cancel_reason().empty(), response.cancel_reason().c_str());
            for (const auto& event : response.events()) QCOMPARE(event.kv().mod_revision(), ++heard);
            if (response.created() || response.events_size() > 0) continue;
            QCOMPARE(response.watch_id(), -1);
            QCOMPARE(response.header().revision(), kPuts + 1);
            QCOMPARE(heard, kPuts + 1);
            ++answers;
        }
    }

    void largeResponsesAreSplitWhenAllowed_data() {
        QTest::addColumn<bool>("fragment");
        QTest::newRow("fragment") << true;
        QTest::newRow("whole") << false;
    }
    void largeResponsesAreSplitWhenAllowed() {
        QFETCH(bool, fragment);
        test::ServedNode served({}, 10'000);
        const Client client(served);
        for (int i = 0; i < 12; ++i) QVERIFY(client.put("a" + std::to_string(i), std::string(2'000, 'x')));
        pb::WatchRequest request = create("a", "b", 1);
        request.mutable_create_request()->set_fragment(fragment);
        QVERIFY(client.stream->Write(request));
        QVERIFY(client.read().created());
        int events = 0;
        int pieces = 0;
        bool more = true;
        while (more) {
            const pb::WatchResponse piece = client.read();
            QVERIFY2(piece.events_size() > 0, piece.cancel_reason().c_str());
            events += piece.events_size();
            ++pieces;
            if (fragment) QVERIFY(piece.ByteSizeLong() < 10'000);
            more = fragment ? piece.fragment() : events < 12;
        }
        QCOMPARE(events, 12);
        QCOMPARE(pieces > 1, fragment);
    }

    // 2,000 large events for a client that reads nothing: puts go on, and later every event arrives, once, in order.
    void slowClientsLoseNothingAndHoldNobody() {
        test::ServedNode served;
        const Client slow(served);
        const Client writer(served);
        QVERIFY(slow.stream->Write(create("k")));
        QVERIFY(slow.read().created());
        const int count = 2'000;
        for (int i = 0; i < count; ++i) QVERIFY(writer.put("k", std::string(5'000, 'x')));
        std::int64_t expected = 2;
        while (expected < 2 + count) {
            const pb::WatchResponse response = slow.read();
            QVERIFY2(response.events_size() > 0, response.cancel_reason().c_str());
            for (const auto& event : response.events()) QCOMPARE(event.kv().mod_revision(), expected++);
        }
    }

    void manyWatchersOfOneKey() {
        test::ServedNode served;
        const Client client(served);
        const int count = 500;
        for (int i = 0; i < count; ++i) QVERIFY(client.stream->Write(create("k")));
        for (int i = 0; i < count; ++i) QCOMPARE(client.read().watch_id(), i);
        QVERIFY(client.put("k", "v"));
        std::set<std::int64_t> seen;
        for (int i = 0; i < count; ++i) {
            const pb::WatchResponse response = client.read();
            QCOMPARE(response.events(0).kv().value(), std::string("v"));
            seen.insert(response.watch_id());
        }
        QCOMPARE(seen.size(), static_cast<std::size_t>(count));
    }

    void stopEndsTheStream() {
        test::ServedNode served;
        Client client(served);
        QVERIFY(client.stream->Write(create("k")));
        QVERIFY(client.read().created());
        served.stop(10 * base::kSecond);
        pb::WatchResponse response;
        QVERIFY(!client.stream->Read(&response));
        const grpc::Status status = client.stream->Finish();
        QCOMPARE(status.error_message(), std::string("etcdserver: no leader"));
        client.stream.reset();
    }
};

RAFTARIUM_TEST_CLASS(TestWatchApi)
#include "test_watch_api.moc"
