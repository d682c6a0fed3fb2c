// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/load/load.h"

#include "cluster/base/rng.h"
#include "cluster/load/load_connections_internal.h"
#include "cluster/load/load_watchers_internal.h"
#include "proto/etcd/rpc.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <deque>
#include <memory>

namespace raftarium::load {

namespace {

using Steady = std::chrono::steady_clock;
namespace pb = etcdserverpb;

std::int64_t sinceNs(Steady::time_point start) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now() - start).count();
}

// Key number n in decimal, with leading zeros up to `bytes` digits; of a longer number the last digits.
std::string keyOf(std::uint64_t n, std::size_t bytes) {
    std::string digits = std::to_string(n);
    if (digits.size() < bytes) digits.insert(0, bytes - digits.size(), '0');
    return digits.substr(digits.size() - bytes);
}

// A client: it makes one call at a time and then the next one (a closed loop).
struct Slot {
    std::size_t connection = 0;
    std::unique_ptr<grpc::ClientContext> context;
    Steady::time_point due, start;
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
        if (auto opened = m_connections.open(m_spec.endpoints, m_spec.connections); !opened) return opened;
        for (std::size_t i = 0; i < m_connections.size(); ++i) {
            m_kv.push_back(pb::KV::NewStub(m_connections.channel(i)));
            m_lease.push_back(pb::Lease::NewStub(m_connections.channel(i)));
        }
        m_report.unreachable = m_connections.unreachable();
        return {};
    }

    LoadReport run(const std::function<void(std::uint64_t)>& progress) {
        const auto clients = static_cast<std::size_t>(m_spec.clients);
        m_slots.resize(std::min<std::size_t>(clients, m_spec.total));
        for (std::size_t i = 0; i < m_slots.size(); ++i) {
            m_slots[i].connection = i % m_kv.size();
            m_idle.push_back(&m_slots[i]);
        }
        m_begin = Steady::now();
        auto nextProgress = m_begin + std::chrono::milliseconds(100);
        for (std::uint64_t done = 0; done < m_spec.total;) {
            issueWhatIsDue();
            void* tag = nullptr;
            bool ok = false;
            const auto got = m_queue.AsyncNext(&tag, &ok, nextWake());
            if (got == grpc::CompletionQueue::SHUTDOWN) break;
            if (got == grpc::CompletionQueue::GOT_EVENT) {
                ++done;
                finish(*static_cast<Slot*>(tag));
                m_idle.push_back(static_cast<Slot*>(tag));
            }
            if (progress && Steady::now() >= nextProgress) {
                progress(done);
                nextProgress = Steady::now() + std::chrono::milliseconds(100);
            }
        }
        m_report.seconds = static_cast<double>(sinceNs(m_begin)) / 1e9;
        m_queue.Shutdown();
        void* tag = nullptr;
        for (bool ok = false; m_queue.Next(&tag, &ok);) {
        }
        return std::move(m_report);
    }

    const LoadConnections& connections() const { return m_connections; }

private:
    bool rated() const { return m_spec.ratePerSecond > 0; }
    // The place of the next operation in the schedule.
    Steady::time_point due() const {
        return m_begin + std::chrono::nanoseconds(
                             static_cast<std::int64_t>(static_cast<double>(m_issued) * 1e9 / m_spec.ratePerSecond));
    }

    // Does not wait for the next place in the schedule: an answer in the queue would look slow meanwhile.
    void issueWhatIsDue() {
        while (!m_idle.empty() && m_issued < m_spec.total) {
            Slot& slot = *m_idle.front();
            if (rated()) {
                slot.due = due();
                const auto late = Steady::now() - slot.due;
                if (late < Steady::duration::zero()) return;
                m_report.lateness.add(std::chrono::duration_cast<std::chrono::nanoseconds>(late).count());
            }
            m_idle.pop_front();
            issue(slot);
        }
    }

    gpr_timespec nextWake() const {
        if (!rated() || m_idle.empty() || m_issued >= m_spec.total) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
        const auto wait = std::chrono::duration_cast<std::chrono::nanoseconds>(due() - Steady::now()).count();
        return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(wait, GPR_TIMESPAN));
    }

    // The first of `count` key numbers in a row.
    std::uint64_t nextKeys(std::uint64_t count) {
        return m_spec.sequentialKeys ? (m_issued - 1) * count % m_spec.keySpace : m_rng.below(m_spec.keySpace);
    }
    std::string nextKey() { return keyOf(nextKeys(1), m_spec.keyBytes); }

    void issue(Slot& slot) {
        ++m_issued;
        slot.context = std::make_unique<grpc::ClientContext>();
        pb::KV::Stub& kv = *m_kv[slot.connection];
        slot.start = Steady::now();
        switch (m_spec.kind) {
            case LoadKind::watch:
            case LoadKind::put: {
                pb::PutRequest request;
                request.set_key(nextKey());
                request.set_value(m_value);
                slot.put = kv.AsyncPut(slot.context.get(), request, &m_queue);
                slot.put->Finish(&slot.putResponse, &slot.status, &slot);
                break;
            }
            case LoadKind::range: {
                pb::RangeRequest request;
                request.set_key(nextKey());
                request.set_serializable(m_spec.serializable);
                slot.range = kv.AsyncRange(slot.context.get(), request, &m_queue);
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
                slot.txn = kv.AsyncTxn(slot.context.get(), request, &m_queue);
                slot.txn->Finish(&slot.txnResponse, &slot.status, &slot);
                break;
            }
            case LoadKind::lease: {
                pb::LeaseGrantRequest request;
                request.set_ttl(600);
                slot.grant = m_lease[slot.connection]->AsyncLeaseGrant(slot.context.get(), request, &m_queue);
                slot.grant->Finish(&slot.grantResponse, &slot.status, &slot);
                break;
            }
        }
    }

    void finish(Slot& slot) {
        if (slot.status.ok()) {
            ++m_report.operations;
            m_report.latency.add(sinceNs(slot.start));
            if (rated()) m_report.fromSchedule.add(sinceNs(slot.due));
        } else {
            ++m_report.errors;
            // The client's next call goes to another server.
            if (slot.status.error_code() == grpc::StatusCode::UNAVAILABLE)
                slot.connection = (slot.connection + 1) % m_kv.size();
            if (m_report.firstError.empty()) m_report.firstError = slot.status.error_message();
        }
    }

    LoadSpec m_spec;
    base::Rng m_rng;
    std::string m_value;
    LoadConnections m_connections;
    std::vector<std::unique_ptr<pb::KV::Stub>> m_kv;
    std::vector<std::unique_ptr<pb::Lease::Stub>> m_lease;
    grpc::CompletionQueue m_queue;
    std::vector<Slot> m_slots;
    std::deque<Slot*> m_idle;  // the one that is idle for the longest time first, so that all connections are used
    Steady::time_point m_begin;
    std::uint64_t m_issued = 0;
    LoadReport m_report;
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
    if (auto opened = watchers.open(generator.connections(), spec); !opened) return opened.error();
    const auto begin = Steady::now();
    LoadReport report = generator.run(progress);
    report.watchEvents = watchers.drain(report.operations * static_cast<std::uint64_t>(spec.watchers));
    report.seconds = static_cast<double>(sinceNs(begin)) / 1e9;
    return report;
}

}  // namespace raftarium::load
