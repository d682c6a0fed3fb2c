// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The etcd client against real etcd, where it is installed, and against servers that fail in ways etcd does not on
// demand.
#include "cluster/client/etcd_client.h"
#include "proto/etcd/rpc.grpc.pb.h"
#include "tests/inspect/etcd_process.h"
#include "tests/ports/free_ports.h"
#include "tests/runner/test_class.h"

#include <QTemporaryDir>
#include <QtTest>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <mutex>

using namespace raftarium;
using namespace raftarium::client;
namespace pb = etcdserverpb;

namespace {

using test::freePort;

std::string addressOf(int port) { return "127.0.0.1:" + std::to_string(port); }

// A server whose reads and writes fail as told.
class FakeEtcd final : public pb::KV::Service, public pb::Watch::Service {
public:
    explicit FakeEtcd(grpc::Status answer) : m_answer(std::move(answer)) {
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
        builder.RegisterService(static_cast<pb::KV::Service*>(this));
        builder.RegisterService(static_cast<pb::Watch::Service*>(this));
        m_server = builder.BuildAndStart();
    }
    ~FakeEtcd() override { m_server->Shutdown(std::chrono::system_clock::now()); }
    grpc::Status Range(grpc::ServerContext*, const pb::RangeRequest*, pb::RangeResponse* out) override {
        ++ranges;
        out->set_count(42);
        return m_answer;
    }
    grpc::Status Put(grpc::ServerContext*, const pb::PutRequest*, pb::PutResponse*) override {
        ++puts;
        return m_answer;
    }
    // One event per stream, of the revision after the one asked for, then the stream breaks; the fourth is canceled.
    grpc::Status Watch(grpc::ServerContext*,
                       grpc::ServerReaderWriter<pb::WatchResponse, pb::WatchRequest>* stream) override {
        pb::WatchRequest request;
        if (!stream->Read(&request)) return grpc::Status::OK;
        const std::int64_t start = request.create_request().start_revision();
        starts.push_back(start);
        pb::WatchResponse response;
        response.mutable_header()->set_revision(100);
        response.set_created(true);
        stream->Write(response);
        response.set_created(false);
        if (starts.size() == 4) {
            response.set_canceled(true);
            response.set_cancel_reason("enough");
        } else {
            response.add_events()->mutable_kv()->set_mod_revision(start == 0 ? 101 : start);
        }
        stream->Write(response);
        return {grpc::StatusCode::UNAVAILABLE, "going away"};
    }

    int port = 0;
    std::atomic<int> ranges = 0, puts = 0;
    std::vector<std::int64_t> starts;

private:
    grpc::Status m_answer;
    std::unique_ptr<grpc::Server> m_server;
};

// A server whose streams are answered as `serve` says, on a port that may be given.
class FakeStreams final : public pb::Watch::Service, public pb::Lease::Service {
public:
    using WatchStream = grpc::ServerReaderWriter<pb::WatchResponse, pb::WatchRequest>;
    using LeaseStream = grpc::ServerReaderWriter<pb::LeaseKeepAliveResponse, pb::LeaseKeepAliveRequest>;

    explicit FakeStreams(std::function<void(WatchStream&, std::int64_t start)> serve, int wanted = 0)
        : m_serve(std::move(serve)) {
        grpc::ServerBuilder builder;
        builder.AddListeningPort(addressOf(wanted), grpc::InsecureServerCredentials(), &port);
        builder.RegisterService(static_cast<pb::Watch::Service*>(this));
        builder.RegisterService(static_cast<pb::Lease::Service*>(this));
        m_server = builder.BuildAndStart();
    }
    ~FakeStreams() override { m_server->Shutdown(std::chrono::system_clock::now()); }
    grpc::Status Watch(grpc::ServerContext* context, WatchStream* stream) override {
        requireLeader = context->client_metadata().count("hasleader") > 0;
        pb::WatchRequest request;
        if (!stream->Read(&request)) return grpc::Status::OK;
        pb::WatchResponse created;
        created.mutable_header()->set_revision(100);
        created.set_created(true);
        stream->Write(created);
        m_serve(*stream, request.create_request().start_revision());
        while (stream->Read(&request)) {
        }
        return {grpc::StatusCode::UNAVAILABLE, "going away"};
    }
    // Like a frozen member: it takes the request and says nothing.
    grpc::Status LeaseKeepAlive(grpc::ServerContext*, LeaseStream* stream) override {
        pb::LeaseKeepAliveRequest request;
        while (stream->Read(&request)) {
            ++renewals;
            if (frozen) continue;
            pb::LeaseKeepAliveResponse response;
            response.set_id(request.id());
            response.set_ttl(60);
            stream->Write(response);
        }
        return grpc::Status::OK;
    }

    int port = 0;
    std::atomic<int> renewals = 0;
    std::atomic<bool> requireLeader = false, frozen = false;

private:
    std::function<void(WatchStream&, std::int64_t)> m_serve;
    std::unique_ptr<grpc::Server> m_server;
};

void writeEvent(FakeStreams::WatchStream& stream, std::int64_t revision) {
    pb::WatchResponse response;
    response.mutable_header()->set_revision(revision);
    response.add_events()->mutable_kv()->set_mod_revision(revision);
    stream.Write(response);
}

struct Watched {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<WatchUpdate> updates;
    std::vector<WatchEvent> events;
    std::optional<base::Error> end;

    std::function<void(WatchUpdate)> onUpdate() {
        return [this](WatchUpdate update) {
            const std::lock_guard lock(mutex);
            events.insert(events.end(), update.events.begin(), update.events.end());
            updates.push_back(std::move(update));
            changed.notify_all();
        };
    }
    std::function<void(base::Error)> onEnd() {
        return [this](base::Error error) {
            const std::lock_guard lock(mutex);
            end = std::move(error);
            changed.notify_all();
        };
    }
    template <typename Condition>
    bool wait(Condition condition, std::chrono::milliseconds atMost = std::chrono::seconds(60)) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, atMost, condition);
    }
};

}  // namespace

class TestEtcdClient : public QObject {
    Q_OBJECT
private slots:
    void prefixEnds_data();
    void prefixEnds();
    void deadEndpointIsPassedOver();
    void nobodyThere();
    void badEndpoints();
    void readsGoToTheNextWritesDoNot();
    void watchGoesOnAfterABreak();

    void watchOutlivesItsServer();
    void compactedWatchHasAReason();
    void progressIsWhereAWatchGoesOn();
    void renewalsLeaveAFrozenServer();

    void keysAndErrors();
    void leases();
    void maintenance();
    void watches();
    void handleDestroyedInItsCallback();
    void historyOfAllLives();
    void historyEndsAtTheHorizon();
    void cleanupTestCase();

private:
    // A client of a real etcd, started on first use; null if it does not answer.
    std::unique_ptr<EtcdClient> etcd();

    QTemporaryDir m_directory;
    std::unique_ptr<fixture::EtcdProcess> m_etcd;
};

std::unique_ptr<EtcdClient> TestEtcdClient::etcd() {
    if (!m_etcd) {
        m_etcd = std::make_unique<fixture::EtcdProcess>(m_directory.filePath("e"));
        if (!m_etcd->start()) return nullptr;
    }
    auto made = EtcdClient::create({{m_etcd->clientUrl().toStdString()}, 20'000, 20'000});
    return made->range("any").ok() ? std::move(made) : nullptr;
}

void TestEtcdClient::cleanupTestCase() { m_etcd.reset(); }

#define NEED_ETCD(client)                                                            \
    if (fixture::program("etcd").isEmpty() || fixture::program("etcdctl").isEmpty()) \
        QSKIP("needs etcd and etcdctl (packages etcd-server and etcd-client)");      \
    const auto client = etcd();                                                      \
    QVERIFY2(client, "etcd does not answer")

void TestEtcdClient::prefixEnds_data() {
    QTest::addColumn<QByteArray>("prefix");
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("plain") << QByteArray("abc") << QByteArray("abd");
    QTest::newRow("ff at the end") << QByteArray("a\xff\xff") << QByteArray("b");
    QTest::newRow("only ff") << QByteArray("\xff\xff") << QByteArray("\0", 1);
    QTest::newRow("empty") << QByteArray() << QByteArray("\0", 1);
    QTest::newRow("high") << QByteArray("\x7f") << QByteArray("\x80");
}
void TestEtcdClient::prefixEnds() {
    QFETCH(QByteArray, prefix);
    QFETCH(QByteArray, end);
    QCOMPARE(QByteArray::fromStdString(prefixEnd(prefix.toStdString())), end);
}

void TestEtcdClient::deadEndpointIsPassedOver() {
    FakeEtcd alive(grpc::Status::OK);
    const auto client = EtcdClient::create({{addressOf(freePort()), "http://" + addressOf(alive.port)}});
    for (int i = 0; i < 3; ++i) {
        const auto got = client->range("k");
        QVERIFY2(got.ok(), got.ok() ? "" : got.error().text.c_str());
        QCOMPARE(got->count, 42);
    }
    QVERIFY(client->put("k", "v").ok());
}

void TestEtcdClient::nobodyThere() {
    const std::string address = addressOf(freePort());
    const auto client = EtcdClient::create({{address}, 200, 1000});
    const auto got = client->range("k");
    QVERIFY(!got.ok());
    QCOMPARE(got.error().code, base::Errc::unavailable);
    QVERIFY(got.error().text.find(address) != std::string::npos);
    QVERIFY2(got.error().text.find("onnection refused") != std::string::npos, got.error().text.c_str());
}

void TestEtcdClient::badEndpoints() {
    for (const std::vector<std::string>& endpoints :
         {std::vector<std::string>{}, {""}, {"http://"}, {"https://127.0.0.1:2379"}}) {
        const auto got = EtcdClient::create({endpoints, 100, 100})->range("k");
        QVERIFY(!got.ok());
        QCOMPARE(got.error().code, base::Errc::invalidArgument);
    }
}

void TestEtcdClient::readsGoToTheNextWritesDoNot() {
    FakeEtcd sick({grpc::StatusCode::UNAVAILABLE, "etcdserver: no leader"}), well(grpc::Status::OK);
    const auto client = EtcdClient::create({{addressOf(sick.port), addressOf(well.port)}});
    const auto put = client->put("k", "v");
    QVERIFY(!put.ok());
    QCOMPARE(put.error().code, base::Errc::unavailable);
    QCOMPARE(put.error().text, std::string("etcdserver: no leader"));
    QCOMPARE(sick.puts + well.puts, 1);
    QVERIFY(client->range("k").ok());
    QCOMPARE(well.ranges.load(), 1);
    QVERIFY(client->put("k", "v").ok());  // the one that answered is asked first from now on
}

void TestEtcdClient::watchGoesOnAfterABreak() {
    FakeEtcd server(grpc::Status::OK);
    const auto client = EtcdClient::create({{addressOf(server.port)}});
    Watched got;
    const auto handle = client->watch("k", {}, got.onUpdate(), got.onEnd());
    QVERIFY(got.wait([&] { return got.end.has_value(); }));
    QCOMPARE(got.end->text, std::string("enough"));
    QVERIFY((server.starts == std::vector<std::int64_t>{0, 102, 103, 104}));
    QCOMPARE(got.events.size(), 3U);
    QCOMPARE(std::count_if(got.updates.begin(), got.updates.end(), [](const WatchUpdate& u) { return u.created; }), 1);
}

// With one endpoint, longer away than the client gives any of its calls to connect.
void TestEtcdClient::watchOutlivesItsServer() {
    auto server = std::make_unique<FakeStreams>([](auto& stream, std::int64_t) { writeEvent(stream, 101); });
    const int port = server->port;
    const auto client = EtcdClient::create({{addressOf(port)}, 100, 1000});
    Watched got;
    WatchOptions options;
    options.requireLeader = true;
    const auto handle = client->watch("k", options, got.onUpdate(), got.onEnd());
    QVERIFY(got.wait([&] { return got.events.size() == 1; }));
    QVERIFY(server->requireLeader);
    server.reset();
    // While this one gives up, the one with the watch has had its time to connect several times over.
    const auto twin = EtcdClient::create({{addressOf(port)}, 1000, 1000});
    QCOMPARE(twin->range("k").error().code, base::Errc::unavailable);
    QVERIFY(!got.wait([&] { return got.end.has_value(); }, std::chrono::milliseconds(1)));
    std::atomic<std::int64_t> resumedAt = 0;
    server = std::make_unique<FakeStreams>(
        [&](auto& stream, std::int64_t start) {
            resumedAt = start;
            writeEvent(stream, start);
        },
        port);
    QCOMPARE(server->port, port);
    QVERIFY(got.wait([&] { return got.events.size() == 2; }));
    QCOMPARE(resumedAt.load(), 102);
    QCOMPARE(got.events[1].kv.modRevision, 102);
    QVERIFY(!got.end);
}

// etcd's servers tell the revision, not the reason (seen with 3.4.23).
void TestEtcdClient::compactedWatchHasAReason() {
    const FakeStreams server([](auto& stream, std::int64_t) {
        pb::WatchResponse response;
        response.set_canceled(true);
        response.set_compact_revision(17);
        stream.Write(response);
    });
    const auto client = EtcdClient::create({{addressOf(server.port)}});
    Watched got;
    const auto handle = client->watch("k", {}, got.onUpdate(), got.onEnd());
    QVERIFY(got.wait([&] { return got.end.has_value(); }));
    QCOMPARE(got.end->text, std::string("etcdserver: mvcc: required revision has been compacted"));
    QCOMPARE(got.updates.back().cancelReason, got.end->text);
    QCOMPARE(got.updates.back().compactRevision, 17);
}

// A quiet watch that heard of progress does not ask for revisions that may be compacted by now.
void TestEtcdClient::progressIsWhereAWatchGoesOn() {
    std::mutex mutex;
    std::vector<std::int64_t> starts;
    const auto serve = [&](auto& stream, std::int64_t start) {
        {
            const std::lock_guard lock(mutex);
            starts.push_back(start);
        }
        pb::WatchResponse progress;
        progress.mutable_header()->set_revision(500);
        stream.Write(progress);
    };
    auto server = std::make_unique<FakeStreams>(serve);
    const int port = server->port;
    const auto client = EtcdClient::create({{addressOf(port)}});
    Watched got;
    const auto handle = client->watch("k", {}, got.onUpdate(), got.onEnd());
    const auto heard = [&] {
        return std::count_if(got.updates.begin(), got.updates.end(), [](const auto& u) { return u.isProgress(); });
    };
    QVERIFY(got.wait([&] { return heard() == 1; }));
    server.reset();
    server = std::make_unique<FakeStreams>(serve, port);
    QVERIFY(got.wait([&] { return heard() == 2; }));
    const std::lock_guard lock(mutex);
    QVERIFY((starts == std::vector<std::int64_t>{0, 501}));
}

void TestEtcdClient::renewalsLeaveAFrozenServer() {
    FakeStreams frozen({}), well({});
    frozen.frozen = true;
    const auto client = EtcdClient::create({{addressOf(frozen.port), addressOf(well.port)}, 20'000, 20'000});
    const auto first = client->leaseKeepAliveOnce(7);
    QVERIFY2(first.ok(), first.ok() ? "" : first.error().text.c_str());
    QCOMPARE(first->ttl, 60);
    QVERIFY(client->leaseKeepAliveOnce(7).ok());
    QCOMPARE(frozen.renewals.load(), 1);  // the one that answered is asked first from now on
    QCOMPARE(well.renewals.load(), 2);
}

void TestEtcdClient::keysAndErrors() {
    NEED_ETCD(client);
    const auto put = client->put("a/1", "one");
    QVERIFY(put.ok() && put->header.revision > 1 && !put->hasPrev);
    PutOptions withPrev;
    withPrev.prevKv = true;
    const auto again = client->put("a/1", "uno", withPrev);
    QVERIFY(again.ok() && again->hasPrev);
    QCOMPARE(again->prevKv.value, std::string("one"));
    QVERIFY(client->put("a/2", "two").ok());
    RangeOptions prefix;
    prefix.rangeEnd = prefixEnd("a/");
    const auto all = client->range("a/", prefix);
    QVERIFY(all.ok());
    QCOMPARE(all->kvs.size(), 2U);
    QCOMPARE(all->kvs[0].value, std::string("uno"));
    QCOMPARE(all->kvs[0].version, 2);
    RangeOptions past;
    past.revision = put->header.revision;
    QCOMPARE(client->range("a/1", past)->kvs.at(0).value, std::string("one"));
    past.revision = again->header.revision + 1000;
    const auto future = client->range("a/1", past);
    QVERIFY(!future.ok());
    QCOMPARE(future.error().code, base::Errc::outOfRange);
    QCOMPARE(future.error().text, std::string("etcdserver: mvcc: required revision is a future revision"));
    QCOMPARE(client->put("", "x").error().code, base::Errc::invalidArgument);
    const auto removed = client->remove("a/", prefixEnd("a/"), true);
    QCOMPARE(removed->deleted, 2);
    QCOMPARE(removed->prevKvs.size(), 2U);
    const std::string large(5'000'000 / 4, 'x');  // together more than gRPC's default limit for an answer
    for (int i = 0; i < 4; ++i) QVERIFY(client->put("big/" + std::to_string(i), large).ok());
    prefix.rangeEnd = prefixEnd("big/");
    QCOMPARE(client->range("big/", prefix)->kvs.size(), 4U);
}

void TestEtcdClient::leases() {
    NEED_ETCD(client);
    const auto granted = client->leaseGrant(60, 77);
    QVERIFY(granted.ok());
    QCOMPARE(granted->id, 77);
    QCOMPARE(client->leaseGrant(60, 77).error().text, std::string("etcdserver: lease already exists"));
    PutOptions leased;
    leased.lease = 77;
    QVERIFY(client->put("leased", "v", leased).ok());
    const auto info = client->leaseTimeToLive(77, true);
    QVERIFY(info.ok());
    QCOMPARE(info->grantedTtl, 60);
    QVERIFY((info->keys == std::vector<std::string>{"leased"}));
    QCOMPARE(client->leaseKeepAliveOnce(77)->ttl, 60);
    QVERIFY((*client->leases() == std::vector<std::int64_t>{77}));
    QVERIFY(client->leaseRevoke(77).ok());
    QCOMPARE(client->range("leased")->count, 0);
    QCOMPARE(client->leaseKeepAliveOnce(77).error().code, base::Errc::notFound);
    QCOMPARE(client->leaseRevoke(77).error().code, base::Errc::notFound);
}

void TestEtcdClient::maintenance() {
    NEED_ETCD(client);
    const auto members = client->members();
    QVERIFY(members.ok());
    QCOMPARE(members->second.size(), 1U);
    QCOMPARE(members->second[0].name, std::string("n1"));
    const auto status = client->status();
    QVERIFY(status.ok());
    QCOMPARE(status->leader, members->second[0].id);
    QVERIFY(!status->version.empty() && status->dbSize > 0 && status->raftTerm > 1);
    QVERIFY(client->hashKv(0)->hash != 0);
    QVERIFY(client->defragment().ok());
    QVERIFY(!client->moveLeader(12345).ok());
}

void TestEtcdClient::watches() {
    NEED_ETCD(client);
    const auto first = client->put("w", "1");
    Watched got;
    WatchOptions options;
    options.startRevision = first->header.revision;
    options.prevKv = true;
    {
        const auto handle = client->watch("w", options, got.onUpdate(), got.onEnd());
        QVERIFY(client->put("w", "2").ok());
        QVERIFY(client->remove("w").ok());
        QVERIFY(got.wait([&] { return got.events.size() >= 3; }));
    }
    QVERIFY(!got.end);
    QVERIFY(got.updates.front().created);
    QCOMPARE(got.events[0].kv.value, std::string("1"));
    QCOMPARE(got.events[1].prevKv.value, std::string("1"));
    QVERIFY(got.events[2].deleted && got.events[2].hasPrev);
    QCOMPARE(got.events[2].kv.modRevision, first->header.revision + 2);
}

void TestEtcdClient::handleDestroyedInItsCallback() {
    NEED_ETCD(client);
    std::mutex mutex;
    std::condition_variable changed;
    std::unique_ptr<WatchHandle> handle;
    bool gone = false;
    {
        const std::lock_guard lock(mutex);
        handle = client->watch(
            "w", {},
            [&](const WatchUpdate&) {
                const std::lock_guard inner(mutex);
                handle.reset();
                gone = true;
                changed.notify_all();
            },
            nullptr);
    }
    std::unique_lock lock(mutex);
    QVERIFY(changed.wait_for(lock, std::chrono::seconds(60), [&] { return gone; }));
}

void TestEtcdClient::historyOfAllLives() {
    NEED_ETCD(client);
    QVERIFY(client->history("never", 10)->empty());
    std::vector<std::pair<std::string, std::int64_t>> expected;  // value, "" = deleted; revision
    const auto put = [&](const char* value) {
        expected.insert(expected.begin(), {value, client->put("h", value)->header.revision});
    };
    const auto remove = [&] { expected.insert(expected.begin(), {"", client->remove("h")->header.revision}); };
    const auto check = [&](std::size_t max) {
        const auto got = client->history("h", max);
        QVERIFY2(got.ok(), got.ok() ? "" : got.error().text.c_str());
        QCOMPARE(got->size(), std::min(max, expected.size()));
        for (std::size_t i = 0; i < got->size(); ++i) {
            QCOMPARE((*got)[i].value, expected[i].first);
            QCOMPARE((*got)[i].modRevision, expected[i].second);
            QCOMPARE((*got)[i].version == 0, expected[i].first.empty());
        }
    };
    put("1");
    put("2");
    (void)client->put("other", "x");
    remove();
    (void)client->put("other", "y");
    put("3");
    put("4");
    check(100);
    check(2);
    check(3);
    remove();
    check(100);
    put("5");
    put("6");
    put("7");
    check(100);
    check(1);
}

void TestEtcdClient::historyEndsAtTheHorizon() {
    NEED_ETCD(client);
    std::vector<std::int64_t> revisions;
    for (int i = 0; i < 6; ++i) revisions.push_back(client->put("c", std::to_string(i))->header.revision);
    QVERIFY(client->compact(revisions[2], true).ok());
    auto got = client->history("c", 100);
    QVERIFY(got.ok());
    QCOMPARE(got->size(), 4U);
    QCOMPARE(got->back().modRevision, revisions[2]);
    // The life that began before the horizon, seen from a later one.
    const std::int64_t deleted = client->remove("c")->header.revision;
    const std::int64_t reborn = client->put("c", "again")->header.revision;
    got = client->history("c", 100);
    QVERIFY(got.ok());
    QCOMPARE(got->at(0).modRevision, reborn);
    QCOMPARE(got->at(1).modRevision, deleted);
    QCOMPARE(got->at(1).version, 0);
    QCOMPARE(got->at(2).modRevision, revisions[5]);
    QVERIFY(client->compact(client->put("other", "z")->header.revision, true).ok());
    got = client->history("c", 100);
    QVERIFY(got.ok());
    QCOMPARE(got->size(), 1U);
    const auto compacted = client->compact(1, false);
    QVERIFY(!compacted.ok());
    QCOMPARE(compacted.error().code, base::Errc::outOfRange);
}

RAFTARIUM_TEST_CLASS(TestEtcdClient)
#include "test_etcd_client.moc"
