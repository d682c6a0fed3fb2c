// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Watches on real processes: nothing lost, doubled or out of order while members are killed; progress notifications
// beside real etcd; a client that does not read.
#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QTest>
#include <grpcpp/grpcpp.h>

using namespace raftarium::e2e;
namespace pb = etcdserverpb;

namespace {

pb::WatchRequest watchOf(const std::string& prefix, std::int64_t start) {
    pb::WatchRequest request;
    auto& create = *request.mutable_create_request();
    create.set_key(prefix);
    std::string end = prefix;
    ++end.back();
    create.set_range_end(end);
    create.set_start_revision(start);
    return request;
}

struct Seen {
    std::int64_t revision = 0;
    std::string key;
};

// Watches a prefix as a client library does: when the stream breaks, it goes on at another member with the revision
// after the last one it has seen.
class Follower {
public:
    Follower(std::vector<QString> endpoints, std::string prefix, std::size_t first)
        : m_endpoints(std::move(endpoints)), m_prefix(std::move(prefix)), m_at(first), m_thread([this] { run(); }) {}
    ~Follower() { stop(); }
    void stop() {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
            if (m_context) m_context->TryCancel();
        }
        if (m_thread.joinable()) m_thread.join();
    }
    std::vector<Seen> seen() const {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    std::int64_t reached() const {
        const std::lock_guard lock(m_mutex);
        return m_next - 1;
    }
    int streams() const { return m_streams; }

private:
    void run() {
        while (follow()) ++m_at;
    }
    bool follow() {
        grpc::ClientContext context;
        {
            const std::lock_guard lock(m_mutex);
            if (m_stopping) return false;
            m_context = &context;
        }
        const auto stub = pb::Watch::NewStub(openChannel(m_endpoints[m_at % m_endpoints.size()]));
        const auto stream = stub->Watch(&context);
        stream->Write(watchOf(m_prefix, m_next));
        pb::WatchResponse response;
        bool counted = false;
        while (stream->Read(&response)) {
            if (!std::exchange(counted, true)) ++m_streams;
            const std::lock_guard lock(m_mutex);
            for (const auto& event : response.events()) m_seen.push_back({event.kv().mod_revision(), event.kv().key()});
            if (response.events_size() > 0)
                m_next = response.events(response.events_size() - 1).kv().mod_revision() + 1;
        }
        const std::lock_guard lock(m_mutex);
        m_context = nullptr;
        return !m_stopping;
    }

    const std::vector<QString> m_endpoints;
    const std::string m_prefix;
    std::size_t m_at;
    mutable std::mutex m_mutex;
    grpc::ClientContext* m_context = nullptr;
    bool m_stopping = false;
    std::int64_t m_next = 1;
    std::vector<Seen> m_seen;
    std::atomic<int> m_streams{0};
    std::thread m_thread;
};

// What the store has: each key once, by its revision. The writer writes every key once.
std::vector<Seen> stored(const QString& endpoint, const std::string& prefix) {
    grpc::ClientContext context;
    pb::RangeRequest request;
    request.set_key(prefix);
    std::string end = prefix;
    ++end.back();
    request.set_range_end(end);
    request.set_keys_only(true);
    request.set_sort_target(pb::RangeRequest::MOD);
    request.set_sort_order(pb::RangeRequest::ASCEND);
    pb::RangeResponse response;
    std::vector<Seen> out;
    if (!pb::KV::NewStub(openChannel(endpoint))->Range(&context, request, &response).ok()) return out;
    for (const auto& kv : response.kvs()) out.push_back({kv.mod_revision(), kv.key()});
    return out;
}

}  // namespace

class TestNodeWatch : public QObject {
    Q_OBJECT
private slots:
    void followersMissNothingWhileMembersDie() {
        NodeCluster cluster(Engine::raftarium, findPorts(3),
                            {"--heartbeat-interval=50", "--election-timeout=600", "--snapshot-count=500"});
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        std::vector<std::unique_ptr<Follower>> followers;
        for (std::size_t i = 0; i < 6; ++i)
            followers.push_back(std::make_unique<Follower>(cluster.endpoints(), "w", i));
        std::vector<std::unique_ptr<Writer>> writers;
        for (int i = 0; i < 3; ++i)
            writers.push_back(std::make_unique<Writer>(cluster.endpoint(i), "w" + std::to_string(i) + "-", 2));
        for (int round = 0; round < 6; ++round) {
            int leader = -1;
            QVERIFY(waitUntil([&] { return (leader = leaderOf(cluster.endpoints())) >= 0; }));
            const int victim = round % 2 == 0 ? leader : (leader + 1) % 3;
            std::size_t before = 0;
            for (const auto& writer : writers) before += writer->count();
            cluster.kill(victim);
            QVERIFY(waitUntil([&] {
                std::size_t now = 0;
                for (const auto& writer : writers) now += writer->count();
                return now > before + 200;
            }));
            cluster.start(victim);
            QVERIFY(cluster.waitHealthy());
            // What all have seen may be compacted away under them.
            std::int64_t reached = followers[0]->reached();
            for (const auto& follower : followers) reached = std::min(reached, follower->reached());
            if (reached > 1) static_cast<void>(cluster.ctl(victim, {"compact", QString::number(reached)}));
        }
        for (const auto& writer : writers) writer->stop();
        QVERIFY(cluster.waitHealthy());
        std::vector<Seen> all;
        QVERIFY(waitUntil([&] { return (all = stored(cluster.endpoint(0), "w")).size() > 1000; }));
        int streams = 0;
        for (const auto& follower : followers) {
            QVERIFY(waitUntil([&] { return follower->reached() >= all.back().revision; }));
            follower->stop();
            const std::vector<Seen> seen = follower->seen();
            QCOMPARE(seen.size(), all.size());
            for (std::size_t i = 0; i < all.size(); ++i) {
                QCOMPARE(seen[i].revision, all[i].revision);
                QCOMPARE(seen[i].key, all[i].key);
            }
            streams += follower->streams();
        }
        // They did have to begin anew.
        QVERIFY2(streams >= 6 + 6, qPrintable(QString::number(streams)));
    }

    void progress_data() {
        QTest::addColumn<bool>("etcd");
        QTest::newRow("raftarium") << false;
        QTest::newRow("etcd") << true;
    }
    void progress() {
        QFETCH(bool, etcd);
        if (etcd && !etcdIsInstalled()) QSKIP("etcd is not installed");
        NodeCluster cluster(etcd ? Engine::etcd : Engine::raftarium, findPorts(1),
                            {"--experimental-watch-progress-notify-interval=200ms"});
        cluster.startAll();
        QVERIFY2(cluster.waitHealthy(), cluster.log(0));
        const auto channel = openChannel(cluster.endpoint(0));
        QVERIFY(putKey(channel, "other", "1"));
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
        const auto stub = pb::Watch::NewStub(channel);
        const auto stream = stub->Watch(&context);
        pb::WatchRequest asks = watchOf("p", 0);
        asks.mutable_create_request()->set_progress_notify(true);
        const pb::WatchRequest silent = watchOf("p", 0);
        QVERIFY(stream->Write(asks));
        QVERIFY(stream->Write(silent));
        pb::WatchResponse response;
        for (int created = 0; created < 2;) {
            QVERIFY(stream->Read(&response));
            if (response.created()) ++created;
        }
        // Quiet: notified again and again, with the store's revision.
        for (int i = 0; i < 3; ++i) {
            QVERIFY(stream->Read(&response));
            QVERIFY(!response.created() && response.events_size() == 0 && !response.canceled());
            QCOMPARE(response.watch_id(), 0);
            QCOMPARE(response.header().revision(), 2);
        }
        QVERIFY(putKey(channel, "other", "2"));
        while (response.header().revision() < 3) {
            QVERIFY(stream->Read(&response));
            QCOMPARE(response.events_size(), 0);
        }
        // An event comes to both, a notification still to the first only.
        QVERIFY(putKey(channel, "p1", "1"));
        std::set<std::int64_t> told;
        while (told.size() < 2) {
            QVERIFY(stream->Read(&response));
            if (response.events_size() > 0)
                told.insert(response.watch_id());
            else
                QCOMPARE(response.watch_id(), 0);
        }
        pb::WatchRequest manual;
        manual.mutable_progress_request();
        QVERIFY(stream->Write(manual));
        do {
            QVERIFY(stream->Read(&response));
            QCOMPARE(response.events_size(), 0);
        } while (response.watch_id() == 0);
        QCOMPARE(response.watch_id(), -1);
        QCOMPARE(response.header().revision(), 4);
        context.TryCancel();
    }

    // Asked for while the history is still being read; also with a watcher beside that has nothing to catch up with.
    // etcd does not answer at all then.
    void progressWhileCatchingUp() {
        constexpr int kPuts = 5'000;
        NodeCluster cluster(Engine::raftarium, findPorts(1), {"--unsafe-no-fsync"});
        cluster.startAll();
        QVERIFY2(cluster.waitHealthy(), cluster.log(0));
        const auto channel = openChannel(cluster.endpoint(0));
        for (int i = 0; i < kPuts; ++i) QVERIFY(putKey(channel, "k" + std::to_string(i), "v"));
        const auto stub = pb::Watch::NewStub(channel);
        pb::WatchRequest manual;
        manual.mutable_progress_request();
        for (const bool withSynced : {false, true}) {
            grpc::ClientContext context;
            context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
            const auto stream = stub->Watch(&context);
            QVERIFY(stream->Write(watchOf("nosuchkey", 2)));
            if (withSynced) QVERIFY(stream->Write(watchOf("other", 0)));
            QVERIFY(stream->Write(manual) && stream->Write(manual));
            pb::WatchResponse response;
            for (int answers = 0; answers < 2;) {
                QVERIFY(stream->Read(&response));
                QVERIFY(!response.canceled() && response.events_size() == 0);
                if (response.created()) continue;
                QCOMPARE(response.watch_id(), -1);
                QCOMPARE(response.header().revision(), kPuts + 1);
                ++answers;
            }
            context.TryCancel();
        }
    }

    // More than all buffers on the way hold; the writer goes on meanwhile, and in the end everything comes.
    void aClientThatDoesNotReadHoldsNobodyUp() {
        constexpr int kPuts = 600;
        NodeCluster cluster(Engine::raftarium, findPorts(1));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        const auto channel = openChannel(cluster.endpoint(0));
        grpc::ClientContext context;
        const auto stub = pb::Watch::NewStub(openChannel(cluster.endpoint(0)));
        const auto stream = stub->Watch(&context);
        pb::WatchResponse response;
        for (int i = 0; i < 3; ++i) {
            QVERIFY(stream->Write(watchOf("s", 0)));
            QVERIFY(stream->Read(&response) && response.created());
        }
        const std::string value(64 << 10, 'x');
        for (int i = 0; i < kPuts; ++i) QVERIFY(putKey(channel, "s" + std::to_string(i), value, 30'000));
        std::vector<std::int64_t> last(3, 1);
        for (int events = 0; events < 3 * kPuts;) {
            QVERIFY(stream->Read(&response));
            for (const auto& event : response.events()) {
                QCOMPARE(event.kv().mod_revision(), last[static_cast<std::size_t>(response.watch_id())] + 1);
                last[static_cast<std::size_t>(response.watch_id())] = event.kv().mod_revision();
                ++events;
            }
        }
        context.TryCancel();
    }
};

RAFTARIUM_TEST_CLASS(TestNodeWatch)
#include "node_watch.moc"
