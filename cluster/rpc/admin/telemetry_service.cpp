// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/admin/telemetry_service.h"

#include "cluster/node/telemetry/telemetry_values.h"
#include "cluster/rpc/admin/telemetry_sampler.h"
#include "cluster/rpc/api/version.h"
#include "proto/raftarium/telemetry.pb.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <utility>

namespace raftarium::rpc {
namespace {

namespace pb = telemetry::v1;

constexpr std::size_t kBatchEventsMax = 512;
constexpr base::Nanoseconds kBatchWait = 5 * base::kMillisecond;
constexpr std::uint32_t kDefaultEventsPerSecond = 20'000;
// A node under load: an event costs it, and whoever reads it, some 10 us together.
constexpr std::uint32_t kBusyEventsPerSecond = 500;
constexpr double kBusyShare = 0.25;  // of one core
constexpr double kCalmShare = 0.12;
constexpr base::Nanoseconds kLookEvery = 100 * base::kMillisecond;

base::Nanoseconds processCpuNs() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * base::kSecond + used.tv_nsec;
}

}  // namespace

class TelemetryStream final : public StreamCall, Task {
public:
    explicit TelemetryStream(TelemetryService& service) : m_service(service), m_context(service.m_context) {}
    void lastBatch();
    std::uint32_t askedPerSecond() const { return m_asked; }  // 0 = has not said

private:
    void opened() override;
    void received(std::string_view message) override;
    void halfClosed() override {}
    void written() override;
    void cancelled() override;
    void release() override;
    void run() override;  // the hub has something new

    void begin(const telemetry::Event& state);
    void wake();  // any thread
    void pump();

    TelemetryService& m_service;
    const ApiContext& m_context;
    std::unique_ptr<node::TelemetryHub::Cursor> m_cursor;
    std::unique_ptr<TelemetrySampler> m_sampler;
    std::unique_ptr<Timer> m_timer;
    std::vector<telemetry::Event> m_events;
    std::atomic<bool> m_wakePosted{false};
    std::uint32_t m_asked = 0;
    std::uint64_t m_skipUpTo = 0;  // events the full state already contains
    bool m_resumed = false;
    bool m_asking = false;  // the full state is on its way
    bool m_begun = false;
    bool m_ending = false;
    bool m_over = false;
    bool m_released = false;
};

void TelemetryService::registerMethods(RpcService& service) {
    service.addStream("/raftarium.telemetry.v1.Telemetry/Subscribe",
                      [this] { return std::make_unique<TelemetryStream>(*this); });
}

void TelemetryService::finishAll() {
    m_stopping = true;
    const std::set<TelemetryStream*> streams = m_streams;
    for (TelemetryStream* stream : streams) stream->lastBatch();
}

void TelemetryService::adaptBudget(base::Nanoseconds now, bool streamsChanged) {
    if (now - m_lookedAt >= kLookEvery) {
        const base::Nanoseconds cpu = processCpuNs();
        const double share = static_cast<double>(cpu - m_cpuThen) / static_cast<double>(now - m_lookedAt);
        // Nobody looked while nobody listened: what was used in that time says nothing about now.
        if (m_lookedAt != 0 && now - m_lookedAt < base::kSecond) m_busy = share > (m_busy ? kCalmShare : kBusyShare);
        m_lookedAt = now;
        m_cpuThen = cpu;
    } else if (!streamsChanged) {
        return;
    }
    std::uint64_t most = 0;
    for (const TelemetryStream* stream : m_streams) {
        const std::uint32_t asked = stream->askedPerSecond();
        most = std::max<std::uint64_t>(most, asked != 0 ? asked
                                             : m_busy   ? kBusyEventsPerSecond
                                                        : kDefaultEventsPerSecond);
    }
    m_gathered = m_busy && most == kBusyEventsPerSecond;
    m_context.node().telemetry().setBudget(most == 0 ? node::TelemetryHub::kEverything : most);
}

void TelemetryStream::opened() {
    m_service.m_streams.insert(this);
    if (finished()) return;
    if (m_service.m_stopping) return finish({grpc::StatusCode::UNAVAILABLE, "the node is stopping"});
    read();
}

void TelemetryStream::received(std::string_view message) {
    pb::SubscribeRequest request;
    if (m_cursor != nullptr || !request.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
        return finish({grpc::StatusCode::INVALID_ARGUMENT, "one SubscribeRequest is expected"});
    }
    m_asked = request.max_events_per_second();
    m_sampler = std::make_unique<TelemetrySampler>(m_asked == 0 ? kDefaultEventsPerSecond : m_asked);
    m_timer = std::make_unique<Timer>(completion());
    m_service.adaptBudget(monotonicNow(), true);
    node::TelemetryHub& hub = m_context.node().telemetry();
    m_resumed = request.after_sequence() != 0 && request.incarnation() == m_context.node().status().incarnation;
    // The cursor stands before the state is taken, so that no event falls between the two.
    m_cursor = hub.subscribe(m_resumed ? request.after_sequence() : hub.lastSequence(), [this] { wake(); });
    m_asking = true;
    const bool posted = m_context.node().post([this](node::RaftLoop& raft) {
        completion().post([this, state = raft.fullState()] {
            m_asking = false;
            if (m_released) return release();
            begin(state);
        });
    });
    if (!posted) m_asking = false;
}

void TelemetryStream::begin(const telemetry::Event& state) {
    if (m_over || finished()) return;
    m_begun = true;
    if (!m_resumed) m_skipUpTo = state.sequence;
    google::protobuf::Arena arena;
    auto& batch = *google::protobuf::Arena::CreateMessage<pb::EventBatch>(&arena);
    telemetry::encodeFullState(state, node::describer(), batch);
    batch.mutable_node()->set_version(std::string(kRaftariumVersion));
    write(toBuffer(batch));
}

// The timer's reads arm the hub again while an earlier wake-up still waits its turn: a second one must not follow it.
void TelemetryStream::wake() {
    if (!m_wakePosted.exchange(true, std::memory_order_acq_rel)) completion().post(*this);
}

void TelemetryStream::run() {
    m_wakePosted.store(false, std::memory_order_release);
    if (m_over || !m_begun || writing() || m_timer->pending()) return;
    // A busy node's loop has gathered already, and each timer costs it.
    if (m_service.m_gathered) return pump();
    // A few milliseconds make one write of what would be hundreds.
    m_timer->start(kBatchWait, [this] { pump(); });
}

void TelemetryStream::pump() {
    if (m_over || writing() || finished()) return;
    while (true) {
        m_events.clear();
        if (m_cursor->read(m_events, kBatchEventsMax) == 0) {
            if (m_ending) finish(grpc::Status::OK);
            return;
        }
        if (m_skipUpTo != 0) {
            std::erase_if(m_events, [this](const auto& event) { return event.sequence <= m_skipUpTo; });
        }
        const base::Nanoseconds now = monotonicNow();
        m_service.adaptBudget(now, false);
        m_sampler->thin(m_events, now);
        if (!m_events.empty()) break;
    }
    google::protobuf::Arena arena;
    auto& batch = *google::protobuf::Arena::CreateMessage<pb::EventBatch>(&arena);
    telemetry::encodeEvents(m_events, node::describer(), batch);
    write(toBuffer(batch));
}

void TelemetryStream::written() {
    if (m_ending || m_service.m_gathered) return pump();
    // Reading until nothing is left is what arms the hub's wake-up again; a pause keeps the batches large.
    if (!m_timer->pending())
        m_timer->start(m_events.size() >= kBatchEventsMax / 2 ? 0 : kBatchWait, [this] { pump(); });
}

void TelemetryStream::lastBatch() {
    m_ending = true;
    if (!m_begun) return finish({grpc::StatusCode::UNAVAILABLE, "the node is stopping"});
    pump();
}

void TelemetryStream::cancelled() {
    m_over = true;
    m_service.m_streams.erase(this);
    m_cursor.reset();
    m_service.adaptBudget(monotonicNow(), true);
}

void TelemetryStream::release() {
    m_released = true;
    m_cursor.reset();
    if (m_asking) return;
    const auto remove = [this] { completion().post([this] { delete this; }); };  // behind a wake-up that may be posted
    if (m_timer == nullptr) return remove();
    m_timer->stop(remove);
}

}  // namespace raftarium::rpc
