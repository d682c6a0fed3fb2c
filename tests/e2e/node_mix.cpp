// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One random mix of operations on our member and on a real etcd, side by side: the same responses, errors, revisions,
// hashes and watch events. RAFTARIUM_MIX_COUNT and RAFTARIUM_MIX_SEED choose how many and which (2000, 1).
#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/e2e/random_requests.h"
#include "tests/runner/test_class.h"

#include <QTest>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <map>

using namespace raftarium::e2e;
namespace pb = etcdserverpb;

namespace {

struct Answer {
    std::string text;  // the response without what differs between clusters, or the error
    bool ok = false;
    std::int64_t revision = 0;
};

void strip(pb::ResponseHeader* header) {
    header->clear_cluster_id();
    header->clear_member_id();
    header->clear_raft_term();
}
// Seconds that have passed are no difference; that there is no such lease is. etcd lists the keys in no order.
void settle(pb::LeaseTimeToLiveResponse& response) {
    if (response.ttl() > 0) response.set_ttl(1);
    std::sort(response.mutable_keys()->begin(), response.mutable_keys()->end());
}
template <typename Response>
void settle(Response&) {}

// One server, asked without waiting for the other.
class Server {
public:
    explicit Server(const QString& endpoint)
        : m_channel(openChannel(endpoint)),
          m_kv(pb::KV::NewStub(m_channel)),
          m_lease(pb::Lease::NewStub(m_channel)),
          m_maintenance(pb::Maintenance::NewStub(m_channel)),
          m_watch(pb::Watch::NewStub(m_channel)) {
        m_stream = m_watch->Watch(&m_watchContext);
        m_reader = std::thread([this] { readWatches(); });
    }
    ~Server() {
        m_watchContext.TryCancel();
        m_reader.join();
    }

    void ask(const Request& request) {
        std::visit([this](const auto& message) { start(message); }, request);
    }
    Answer answer() {
        void* tag = nullptr;
        bool ok = false;
        m_queue.Next(&tag, &ok);
        return m_finish();
    }

    std::string hash(std::int64_t revision) {
        grpc::ClientContext context;
        pb::HashKVRequest request;
        request.set_revision(revision);
        pb::HashKVResponse response;
        const grpc::Status status = m_maintenance->HashKV(&context, request, &response);
        if (!status.ok()) return status.error_message();
        return std::to_string(response.hash()) + " of " + std::to_string(response.header().revision()) +
               ", compacted at " + std::to_string(response.compact_revision());
    }
    std::vector<std::int64_t> leases() {
        grpc::ClientContext context;
        pb::LeaseLeasesResponse response;
        if (!m_lease->LeaseLeases(&context, {}, &response).ok()) return {-1};
        std::vector<std::int64_t> ids;
        for (const auto& lease : response.leases()) ids.push_back(lease.id());
        std::sort(ids.begin(), ids.end());
        return ids;
    }

    // The answer to the creation.
    Answer watch(const pb::WatchCreateRequest& request) {
        pb::WatchRequest message;
        *message.mutable_create_request() = request;
        std::unique_lock lock(m_mutex);
        m_created.reset();
        m_stream->Write(message);
        m_changed.wait_for(lock, std::chrono::seconds(60), [this] { return m_created.has_value(); });
        if (!m_created) return {"no answer", false, 0};
        Answer out;
        out.ok = !m_created->canceled();
        out.revision = m_created->watch_id();
        strip(m_created->mutable_header());
        out.text = m_created->ShortDebugString();
        return out;
    }
    void cancelWatch(std::int64_t id) {
        pb::WatchRequest message;
        message.mutable_cancel_request()->set_watch_id(id);
        m_stream->Write(message);
    }
    // The events of a watcher, one text each, once there are so many; "canceled at N" counts as one.
    std::vector<std::string> eventsOf(std::int64_t id, std::size_t atLeast) {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, std::chrono::seconds(60), [&] { return m_events[id].size() >= atLeast; });
        return m_events[id];
    }
    // How many events a watcher has to get, by what the first one, on all keys, has got up to this revision.
    std::size_t expectedEvents(const pb::WatchCreateRequest& watch, std::int64_t from, std::int64_t upTo) {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, std::chrono::seconds(60),
                           [&] { return !m_all.empty() && m_all.back().revision >= upTo; });
        const auto filtered = [&](bool deleted) {
            for (const int filter : watch.filters())
                if (filter == (deleted ? pb::WatchCreateRequest::NODELETE : pb::WatchCreateRequest::NOPUT)) return true;
            return false;
        };
        const std::string key = watch.key().empty() ? std::string(1, '\0') : watch.key();
        const std::string& end = watch.range_end();
        std::size_t count = 0;
        for (auto it = m_all.rbegin(); it != m_all.rend() && it->revision >= from; ++it) {
            const bool inside =
                end.empty() ? it->key == key : it->key >= key && (end == std::string(1, '\0') || it->key < end);
            if (inside && !filtered(it->deleted)) ++count;
        }
        return count;
    }
    bool waitCanceled(std::int64_t id) {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(60), [&] { return m_canceled.contains(id); });
    }

private:
    template <typename Reader, typename Response>
    void await(std::shared_ptr<grpc::ClientContext> context, std::unique_ptr<Reader> reader, Response* kind) {
        static_cast<void>(kind);
        auto response = std::make_shared<Response>();
        auto status = std::make_shared<grpc::Status>();
        reader->Finish(response.get(), status.get(), this);
        m_finish = [context, response, status, held = std::shared_ptr<Reader>(std::move(reader))] {
            Answer out;
            out.ok = status->ok();
            if (!out.ok) {
                out.text = "error " + std::to_string(status->error_code()) + ": " + status->error_message();
                return out;
            }
            out.revision = response->header().revision();
            strip(response->mutable_header());
            settle(*response);
            out.text = response->ShortDebugString();
            return out;
        };
    }
    std::shared_ptr<grpc::ClientContext> context() {
        auto out = std::make_shared<grpc::ClientContext>();
        out->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
        return out;
    }
    void start(const pb::PutRequest& r) {
        auto c = context();
        await(c, m_kv->AsyncPut(c.get(), r, &m_queue), static_cast<pb::PutResponse*>(nullptr));
    }
    void start(const pb::DeleteRangeRequest& r) {
        auto c = context();
        await(c, m_kv->AsyncDeleteRange(c.get(), r, &m_queue), static_cast<pb::DeleteRangeResponse*>(nullptr));
    }
    void start(const pb::RangeRequest& r) {
        auto c = context();
        await(c, m_kv->AsyncRange(c.get(), r, &m_queue), static_cast<pb::RangeResponse*>(nullptr));
    }
    void start(const pb::TxnRequest& r) {
        auto c = context();
        await(c, m_kv->AsyncTxn(c.get(), r, &m_queue), static_cast<pb::TxnResponse*>(nullptr));
    }
    void start(const pb::CompactionRequest& r) {
        auto c = context();
        await(c, m_kv->AsyncCompact(c.get(), r, &m_queue), static_cast<pb::CompactionResponse*>(nullptr));
    }
    void start(const pb::LeaseGrantRequest& r) {
        auto c = context();
        await(c, m_lease->AsyncLeaseGrant(c.get(), r, &m_queue), static_cast<pb::LeaseGrantResponse*>(nullptr));
    }
    void start(const pb::LeaseRevokeRequest& r) {
        auto c = context();
        await(c, m_lease->AsyncLeaseRevoke(c.get(), r, &m_queue), static_cast<pb::LeaseRevokeResponse*>(nullptr));
    }
    void start(const pb::LeaseTimeToLiveRequest& r) {
        auto c = context();
        await(c, m_lease->AsyncLeaseTimeToLive(c.get(), r, &m_queue),
              static_cast<pb::LeaseTimeToLiveResponse*>(nullptr));
    }

    void readWatches() {
        pb::WatchResponse response;
        while (m_stream->Read(&response)) {
            const std::lock_guard lock(m_mutex);
            if (response.created()) {
                m_created = response;
                if (!response.canceled()) m_canceled.erase(response.watch_id());
            } else if (response.canceled()) {
                m_events[response.watch_id()].push_back("canceled at " + std::to_string(response.compact_revision()));
                m_canceled.insert(response.watch_id());
            }
            for (const auto& event : response.events()) {
                m_events[response.watch_id()].push_back(event.ShortDebugString());
                if (response.watch_id() == 0)
                    m_all.push_back(
                        {event.kv().mod_revision(), event.kv().key(), event.type() == mvccpb::Event::DELETE});
            }
            m_changed.notify_all();
        }
    }

    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<pb::KV::Stub> m_kv;
    std::unique_ptr<pb::Lease::Stub> m_lease;
    std::unique_ptr<pb::Maintenance::Stub> m_maintenance;
    std::unique_ptr<pb::Watch::Stub> m_watch;
    grpc::CompletionQueue m_queue;
    std::function<Answer()> m_finish;

    grpc::ClientContext m_watchContext;
    std::unique_ptr<grpc::ClientReaderWriter<pb::WatchRequest, pb::WatchResponse>> m_stream;
    std::thread m_reader;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::optional<pb::WatchResponse> m_created;
    std::map<std::int64_t, std::vector<std::string>> m_events;
    struct Change {
        std::int64_t revision = 0;
        std::string key;
        bool deleted = false;
    };
    std::vector<Change> m_all;  // of watcher 0
    std::set<std::int64_t> m_canceled;
};

int numberOf(const char* variable, int otherwise) {
    const int number = qEnvironmentVariableIntValue(variable);
    return number > 0 ? number : otherwise;
}

}  // namespace

class TestNodeMix : public QObject {
    Q_OBJECT
private slots:
    void sameAsEtcd() {
        if (!etcdIsInstalled()) QSKIP("etcd is not installed: nothing to compare with (apt-get install etcd-server)");
        const int count = numberOf("RAFTARIUM_MIX_COUNT", 2000);
        m_mix = std::make_unique<RandomRequests>(static_cast<std::uint64_t>(numberOf("RAFTARIUM_MIX_SEED", 1)));
        NodeCluster ours(Engine::raftarium, findPorts(1), {QStringLiteral("--unsafe-no-fsync")});
        NodeCluster etcd(Engine::etcd, findPorts(1), {QStringLiteral("--unsafe-no-fsync")});
        ours.startAll();
        etcd.startAll();
        QVERIFY(ours.waitHealthy());
        QVERIFY(etcd.waitHealthy());
        m_ours = std::make_unique<Server>(ours.endpoint(0));
        m_etcd = std::make_unique<Server>(etcd.endpoint(0));

        pb::WatchCreateRequest all;
        all.set_key(std::string(1, '\0'));
        all.set_range_end(std::string(1, '\0'));
        all.set_prev_kv(true);
        compareWatch(all);
        for (int i = 0; i < count && !QTest::currentTestFailed(); ++i) {
            step(i);
            if (i % 50 == 49) compareHashes(i);
            if (i % 20 == 19 && m_mix->revision() > 1) moveWatchers();
        }
        if (!QTest::currentTestFailed()) compareEvents();
        qInfo("%d operations (%d refused), revision %lld, %d hashes, %d watchers, %zu events", count, m_refused,
              static_cast<long long>(m_mix->revision()), m_hashes, m_watchCount, m_eventCount);
        m_ours.reset();
        m_etcd.reset();
    }

private:
    static QByteArray bytes(const std::string& text) { return QByteArray::fromStdString(text); }

    void step(int number) {
        const Request request = m_mix->next();
        // etcd looks a watcher's previous pair up when it sends, which a compaction must not come before.
        if (std::holds_alternative<pb::CompactionRequest>(request))
            for (const Live& live : m_live) static_cast<void>(settle(live));
        m_ours->ask(request);
        m_etcd->ask(request);
        const Answer ours = m_ours->answer();
        const Answer etcd = m_etcd->answer();
        if (ours.text != etcd.text) {
            const std::string text =
                std::visit([](const auto& m) { return m.GetTypeName() + " " + m.ShortDebugString(); }, request);
            QFAIL(qPrintable(QStringLiteral("operation %1\n%2\nours: %3\netcd: %4")
                                 .arg(number)
                                 .arg(QString(bytes(text)), QString(bytes(ours.text)), QString(bytes(etcd.text)))));
        }
        if (!etcd.ok) {
            ++m_refused;
            return;
        }
        m_mix->reached(etcd.revision);
        if (const auto* compaction = std::get_if<pb::CompactionRequest>(&request))
            m_mix->compacted(compaction->revision());
    }

    void compareHashes(int number) {
        const std::int64_t low = std::max<std::int64_t>(m_mix->compacted() + 1, 1);
        const std::int64_t revisions[] = {0, low + static_cast<std::int64_t>(m_mix->below(static_cast<std::uint64_t>(
                                                       std::max<std::int64_t>(m_mix->revision() - low, 0) + 2)))};
        for (const std::int64_t revision : revisions) {
            const std::string ours = m_ours->hash(revision);
            std::string etcd = m_etcd->hash(revision);
            // Where nothing lives at the revision, etcd hashes every row that is there, also those that a compaction
            // has yet to delete or to commit as deleted (HashByRev skips none when its set to keep is empty).
            if (ours != etcd) waitUntil([&] { return (etcd = m_etcd->hash(revision)) == ours; }, 5'000);
            QVERIFY2(ours == etcd, qPrintable(QStringLiteral("after operation %1, hashkv at %2: ours %3, etcd %4")
                                                  .arg(number)
                                                  .arg(revision)
                                                  .arg(QString(bytes(ours)), QString(bytes(etcd)))));
            ++m_hashes;
        }
        QCOMPARE(m_ours->leases(), m_etcd->leases());
    }

    struct Live {
        std::int64_t id = 0;
        std::int64_t from = 0;
        pb::WatchCreateRequest request;
    };

    void compareWatch(pb::WatchCreateRequest request) {
        // Whether a delete at the compacted revision itself is still there depends on how far the compaction is.
        if (request.start_revision() > 0 && request.start_revision() == m_mix->compacted())
            request.set_start_revision(m_mix->compacted() + 1);
        const Answer ours = m_ours->watch(request);
        const Answer etcd = m_etcd->watch(request);
        QVERIFY2(ours.text == etcd.text, qPrintable(QStringLiteral("watch %1\nours: %2\netcd: %3")
                                                        .arg(QString(bytes(request.ShortDebugString())),
                                                             QString(bytes(ours.text)), QString(bytes(etcd.text)))));
        ++m_watchCount;
        if (!etcd.ok) return;
        const std::int64_t start = request.start_revision();
        if (start != 0 && start < m_mix->compacted()) {
            QVERIFY(m_ours->waitCanceled(etcd.revision) && m_etcd->waitCanceled(etcd.revision));
            compareEventsOf(etcd.revision, 1);
            return;
        }
        m_live.push_back({etcd.revision, start != 0 ? start : m_mix->revision() + 1, request});
        // What it has to catch up with is sent before the next compaction, which comes at two moments on two servers.
        if (start == 0 || start > m_mix->revision()) return;
        settle(m_live.back());
        passCatchUp();
    }

    // etcd looks every 100 ms for watchers that are behind, even when there is nothing for them, and would cancel one
    // that a compaction overtakes meanwhile. It takes all of them in one look: what came before this one has been seen
    // to.
    void passCatchUp() {
        pb::WatchCreateRequest last;
        last.set_key(std::string(1, '\0'));
        last.set_range_end(std::string(1, '\0'));
        last.set_start_revision(m_mix->revision());
        const Answer ours = m_ours->watch(last);
        const Answer etcd = m_etcd->watch(last);
        QVERIFY2(ours.ok && ours.text == etcd.text, ours.text.c_str());
        QVERIFY(!m_etcd->eventsOf(etcd.revision, 1).empty());
        m_ours->cancelWatch(etcd.revision);
        m_etcd->cancelWatch(etcd.revision);
        QVERIFY(m_ours->waitCanceled(etcd.revision) && m_etcd->waitCanceled(etcd.revision));
    }

    void moveWatchers() {
        if (m_live.size() > 20) {
            const std::size_t at = 1 + m_mix->below(m_live.size() - 1);
            const Live live = m_live[at];
            m_live.erase(m_live.begin() + static_cast<std::ptrdiff_t>(at));
            const std::size_t events = settle(live);
            m_ours->cancelWatch(live.id);
            m_etcd->cancelWatch(live.id);
            QVERIFY(m_ours->waitCanceled(live.id) && m_etcd->waitCanceled(live.id));
            compareEventsOf(live.id, events + 1);
        }
        compareWatch(m_mix->watch());
    }

    // Waits until the watcher has on both servers what there is for it; how many events.
    std::size_t settle(const Live& live) {
        const std::size_t events = m_etcd->expectedEvents(live.request, live.from, m_mix->revision());
        static_cast<void>(m_ours->eventsOf(live.id, events));
        static_cast<void>(m_etcd->eventsOf(live.id, events));
        return events;
    }

    void compareEventsOf(std::int64_t id, std::size_t atLeast) {
        const auto ours = m_ours->eventsOf(id, atLeast);
        const auto etcd = m_etcd->eventsOf(id, atLeast);
        for (std::size_t i = 0; i < std::max(ours.size(), etcd.size()); ++i) {
            const std::string a = i < ours.size() ? ours[i] : "none";
            const std::string b = i < etcd.size() ? etcd[i] : "none";
            QVERIFY2(a == b, qPrintable(QStringLiteral("watcher %1, event %2 of %3 and %4\nours: %5\netcd: %6")
                                            .arg(id)
                                            .arg(i)
                                            .arg(ours.size())
                                            .arg(etcd.size())
                                            .arg(QString(bytes(a)), QString(bytes(b)))));
        }
        QVERIFY2(ours.size() >= atLeast,
                 qPrintable(QStringLiteral("watcher %1: %2 of %3 events").arg(id).arg(ours.size()).arg(atLeast)));
        m_eventCount += etcd.size();
    }
    void compareEvents() {
        for (const Live& live : m_live) compareEventsOf(live.id, settle(live));
    }

    std::unique_ptr<RandomRequests> m_mix;
    std::unique_ptr<Server> m_ours;
    std::unique_ptr<Server> m_etcd;
    std::vector<Live> m_live;
    int m_refused = 0;
    int m_hashes = 0;
    int m_watchCount = 0;
    std::size_t m_eventCount = 0;
};

RAFTARIUM_TEST_CLASS(TestNodeMix)
#include "node_mix.moc"
