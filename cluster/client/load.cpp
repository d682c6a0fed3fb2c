// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/client/load.h"

#include "cluster/base/rng.h"
#include "cluster/client/watch_count.h"
#include "proto/etcd/rpc.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace raftarium::client {

namespace {

using Steady = std::chrono::steady_clock;
namespace pb = etcdserverpb;

std::int64_t sinceNs(Steady::time_point start) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now() - start).count();
}

// Key number n as keyBytes bytes, in decimal with leading zeros, cut from the left when it is longer.
std::string keyOf(std::uint64_t n, std::size_t bytes) {
    std::string digits = std::to_string(n);
    if (digits.size() < bytes) digits.insert(0, bytes - digits.size(), '0');
    return digits.substr(digits.size() - bytes);
}

// One call at a time, again and again: a closed loop.
struct Slot {
    pb::KV::Stub* kv = nullptr;
    pb::Lease::Stub* lease = nullptr;
    std::unique_ptr<grpc::ClientContext> context;
    Steady::time_point start;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<pb::PutResponse>> put;
    std::unique_ptr<grpc::ClientAsyncResponseReader<pb::RangeResponse>> range;
    std::unique_ptr<grpc::ClientAsyncResponseReader<pb::TxnResponse>> txn;
    std::unique_ptr<grpc::ClientAsyncResponseReader<pb::LeaseGrantResponse>> grant;
    pb::PutResponse putResponse;
    pb::RangeResponse rangeResponse;
    pb::TxnResponse txnResponse;
    pb::LeaseGrantResponse grantResponse;
};

class Generator {
public:
    explicit Generator(const LoadSpec& spec) : m_spec(spec), m_rng(spec.seed), m_value(spec.valueBytes, 'v') {}

    base::Status connect() {
        for (int i = 0; i < m_spec.connections; ++i) {
            grpc::ChannelArguments arguments;
            arguments.SetInt("raftarium.connection", i);  // a channel of its own, not a shared one
            arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
            arguments.SetMaxReceiveMessageSize(-1);
            const auto& endpoint = m_spec.endpoints[static_cast<std::size_t>(i) % m_spec.endpoints.size()];
            m_channels.push_back(grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), arguments));
            if (!m_channels.back()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5))) {
                return base::Error{base::Errc::unavailable, "cannot connect to " + endpoint + " within 5 s"};
            }
            m_kv.push_back(pb::KV::NewStub(m_channels.back()));
            m_lease.push_back(pb::Lease::NewStub(m_channels.back()));
        }
        return {};
    }

    LoadReport run(const std::function<void(std::uint64_t)>& progress) {
        const auto clients = static_cast<std::size_t>(m_spec.clients);
        m_slots.resize(std::min<std::size_t>(clients, m_spec.total));
        m_begin = Steady::now();
        for (std::size_t i = 0; i < m_slots.size(); ++i) {
            m_slots[i].kv = m_kv[i % m_kv.size()].get();
            m_slots[i].lease = m_lease[i % m_lease.size()].get();
            issue(m_slots[i]);
        }
        auto nextProgress = m_begin + std::chrono::milliseconds(100);
        void* tag = nullptr;
        bool ok = false;
        for (std::uint64_t done = 0; done < m_spec.total && m_queue.Next(&tag, &ok);) {
            ++done;
            finish(*static_cast<Slot*>(tag));
            if (m_issued < m_spec.total) issue(*static_cast<Slot*>(tag));
            if (progress && Steady::now() >= nextProgress) {
                progress(done);
                nextProgress = Steady::now() + std::chrono::milliseconds(100);
            }
        }
        m_report.seconds = static_cast<double>(sinceNs(m_begin)) / 1e9;
        m_queue.Shutdown();
        while (m_queue.Next(&tag, &ok)) {
        }
        return std::move(m_report);
    }

    const std::shared_ptr<grpc::Channel>& channel(std::size_t i) const { return m_channels[i % m_channels.size()]; }

private:
    void pace() {
        if (m_spec.ratePerSecond <= 0) return;
        const auto due = m_begin + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(m_issued) *
                                                                                      1e9 / m_spec.ratePerSecond));
        std::this_thread::sleep_until(due);
    }

    // The first of `count` key numbers in a row.
    std::uint64_t nextKeys(std::uint64_t count) {
        return m_spec.sequentialKeys ? (m_issued - 1) * count % m_spec.keySpace : m_rng.below(m_spec.keySpace);
    }
    std::string nextKey() { return keyOf(nextKeys(1), m_spec.keyBytes); }

    void issue(Slot& slot) {
        pace();
        ++m_issued;
        slot.context = std::make_unique<grpc::ClientContext>();
        slot.start = Steady::now();
        switch (m_spec.kind) {
            case LoadKind::watch:
            case LoadKind::put: {
                pb::PutRequest request;
                request.set_key(nextKey());
                request.set_value(m_value);
                slot.put = slot.kv->AsyncPut(slot.context.get(), request, &m_queue);
                slot.put->Finish(&slot.putResponse, &slot.status, &slot);
                break;
            }
            case LoadKind::range: {
                pb::RangeRequest request;
                request.set_key(nextKey());
                request.set_serializable(m_spec.serializable);
                slot.range = slot.kv->AsyncRange(slot.context.get(), request, &m_queue);
                slot.range->Finish(&slot.rangeResponse, &slot.status, &slot);
                break;
            }
            case LoadKind::txn: {
                pb::TxnRequest request;
                const std::uint64_t first = nextKeys(static_cast<std::uint64_t>(m_spec.txnOps));
                for (int i = 0; i < m_spec.txnOps; ++i) {
                    auto* put = request.add_success()->mutable_request_put();
                    put->set_key(keyOf(first + static_cast<std::uint64_t>(i), m_spec.keyBytes));
                    put->set_value(m_value);
                }
                slot.txn = slot.kv->AsyncTxn(slot.context.get(), request, &m_queue);
                slot.txn->Finish(&slot.txnResponse, &slot.status, &slot);
                break;
            }
            case LoadKind::lease: {
                pb::LeaseGrantRequest request;
                request.set_ttl(600);
                slot.grant = slot.lease->AsyncLeaseGrant(slot.context.get(), request, &m_queue);
                slot.grant->Finish(&slot.grantResponse, &slot.status, &slot);
                break;
            }
        }
    }

    void finish(Slot& slot) {
        if (slot.status.ok()) {
            ++m_report.operations;
            m_report.latency.add(sinceNs(slot.start));
        } else {
            ++m_report.errors;
            if (m_report.firstError.empty()) m_report.firstError = slot.status.error_message();
        }
    }

    LoadSpec m_spec;
    base::Rng m_rng;
    std::string m_value;
    std::vector<std::shared_ptr<grpc::Channel>> m_channels;
    std::vector<std::unique_ptr<pb::KV::Stub>> m_kv;
    std::vector<std::unique_ptr<pb::Lease::Stub>> m_lease;
    grpc::CompletionQueue m_queue;
    std::vector<Slot> m_slots;
    Steady::time_point m_begin;
    std::uint64_t m_issued = 0;
    LoadReport m_report;
};

WatchCount countIn(const grpc::ByteBuffer& response) {
    grpc::Slice slice;
    if (!response.TrySingleSlice(&slice).ok() && !response.DumpToSingleSlice(&slice).ok()) return {};
    return countWatchEvents({reinterpret_cast<const char*>(slice.begin()), slice.size()});
}

// Watchers on all keys the load writes, spread over one stream a connection; counts what they get.
class WatchCounter {
public:
    base::Status open(Generator& generator, const LoadSpec& spec) {
        const int streams = std::min(spec.connections, spec.watchers);
        for (int i = 0; i < streams; ++i) {
            auto& stream = *m_streams.emplace_back(std::make_unique<Stream>());
            using Method = grpc::internal::RpcMethod;
            stream.rpc.reset(grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
                generator.channel(static_cast<std::size_t>(i)).get(),
                Method("/etcdserverpb.Watch/Watch", Method::BIDI_STREAMING), &stream.context));
            const int count = spec.watchers / streams + (i < spec.watchers % streams ? 1 : 0);
            for (int n = 0; n < count; ++n) {
                pb::WatchRequest request;
                request.mutable_create_request()->set_key(std::string(1, '\0'));
                request.mutable_create_request()->set_range_end(std::string(1, '\0'));
                const grpc::Slice bytes(request.SerializeAsString());
                if (!stream.rpc->Write(grpc::ByteBuffer(&bytes, 1))) return failed();
            }
            for (int created = 0; created < count;) {
                grpc::ByteBuffer response;
                if (!stream.rpc->Read(&response)) return failed();
                if (countIn(response).created) ++created;
            }
            stream.reader = std::thread([&stream, this] {
                for (grpc::ByteBuffer response; stream.rpc->Read(&response); response.Clear())
                    m_events += countIn(response).events;
            });
        }
        return {};
    }

    // Waits for `expected` events, or until none came for two seconds.
    std::uint64_t drain(std::uint64_t expected) {
        auto last = m_events.load();
        auto quietSince = Steady::now();
        while (m_events < expected && Steady::now() - quietSince < std::chrono::seconds(2)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (m_events != last) {
                last = m_events;
                quietSince = Steady::now();
            }
        }
        return m_events;
    }

    ~WatchCounter() {
        for (auto& stream : m_streams) {
            stream->context.TryCancel();
            if (stream->reader.joinable()) stream->reader.join();
        }
    }

private:
    struct Stream {
        grpc::ClientContext context;
        std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> rpc;
        std::thread reader;
    };
    static base::Status failed() {
        return base::Error{base::Errc::unavailable, "the watch stream ended while opening"};
    }

    std::vector<std::unique_ptr<Stream>> m_streams;
    std::atomic<std::uint64_t> m_events{0};
};

base::Status check(const LoadSpec& spec) {
    const auto bad = [](const std::string& text) { return base::Error{base::Errc::invalidArgument, text}; };
    if (spec.endpoints.empty()) return bad("no endpoint given");
    if (spec.clients < 1 || spec.clients > 100'000) return bad("clients must be 1 to 100000");
    if (spec.connections < 1 || spec.connections > 10'000) return bad("connections must be 1 to 10000");
    if (spec.keyBytes < 1 || spec.keyBytes > 1 << 20) return bad("key size must be 1 byte to 1 MiB");
    if (spec.valueBytes > 1 << 30) return bad("value size must be below 1 GiB");
    if (spec.total < 1) return bad("total must be at least 1");
    if (spec.keySpace < 1) return bad("key space must be at least 1");
    if (spec.txnOps < 1 || spec.txnOps > 128) return bad("operations of a txn must be 1 to 128");
    if (spec.watchers < 1 || spec.watchers > 1'000'000) return bad("watchers must be 1 to 1000000");
    return {};
}

}  // namespace

std::optional<LoadKind> parseLoadKind(std::string_view text) {
    for (const auto kind : {LoadKind::put, LoadKind::range, LoadKind::txn, LoadKind::lease, LoadKind::watch}) {
        if (text == loadKindName(kind)) return kind;
    }
    return std::nullopt;
}

const char* loadKindName(LoadKind kind) {
    constexpr const char* kNames[] = {"put", "range", "txn", "lease", "watch"};
    return kNames[static_cast<std::size_t>(kind)];
}

base::Result<LoadReport> runLoad(const LoadSpec& spec, const std::function<void(std::uint64_t)>& progress) {
    if (auto checked = check(spec); !checked) return checked.error();
    Generator generator(spec);
    if (auto connected = generator.connect(); !connected) return connected.error();
    if (spec.kind != LoadKind::watch) return generator.run(progress);

    WatchCounter watchers;
    if (auto opened = watchers.open(generator, spec); !opened) return opened.error();
    const auto begin = Steady::now();
    LoadReport report = generator.run(progress);
    report.watchEvents = watchers.drain(report.operations * static_cast<std::uint64_t>(spec.watchers));
    report.seconds = static_cast<double>(sinceNs(begin)) / 1e9;
    return report;
}

}  // namespace raftarium::client
