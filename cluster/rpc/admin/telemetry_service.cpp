// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/admin/telemetry_service.h"

#include "cluster/base/version.h"
#include "cluster/node/telemetry/telemetry_sampler.h"
#include "cluster/node/telemetry/telemetry_values.h"
#include "proto/raftarium/telemetry.pb.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace raftarium::rpc {
namespace {

namespace pb = telemetry::v1;

constexpr std::size_t kBatchEventsMax = 512;
constexpr base::Nanoseconds kBatchWait = 5 * base::kMillisecond;

}  // namespace

class TelemetryStream final : public StreamCall, Task {
public:
    explicit TelemetryStream(TelemetryService& service) : m_service(service), m_context(service.m_context) {}
    void lastBatch();

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
    std::unique_ptr<node::TelemetrySampler> m_sampler;
    std::unique_ptr<Timer> m_timer;
    std::vector<telemetry::Event> m_events;
    std::atomic<bool> m_wakePosted{false};
    std::uint64_t m_skipUpTo = 0;  // events the full state already contains
    bool m_resumed = false;
    bool m_asking = false;  // the full state is on its way
    bool m_begun = false;
    bool m_ending = false;
    bool m_over = false;
    bool m_released = false;
};

TelemetryService::TelemetryService(const ApiContext& context)
    : m_context(context), m_rates(context.node().telemetry(), node::processCpuNs) {}

void TelemetryService::registerMethods(RpcService& service) {
    service.addStream("/raftarium.telemetry.v1.Telemetry/Subscribe",
                      [this] { return std::make_unique<TelemetryStream>(*this); });
}

void TelemetryService::finishAll() {
    m_stopping = true;
    const std::set<TelemetryStream*> streams = m_streams;
    for (TelemetryStream* stream : streams) stream->lastBatch();
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
    const std::uint32_t asked = request.max_events_per_second();
    m_sampler = std::make_unique<node::TelemetrySampler>(node::TelemetryRates::rateOf(asked));
    m_timer = std::make_unique<Timer>(completion());
    m_service.m_rates.add(this, asked, monotonicNow());
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
    batch.mutable_node()->set_version(std::string(base::raftariumVersion()));
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
    if (m_service.m_rates.gathered()) return pump();
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
        m_service.m_rates.update(now);
        m_sampler->thin(m_events, now);
        if (!m_events.empty()) break;
    }
    google::protobuf::Arena arena;
    auto& batch = *google::protobuf::Arena::CreateMessage<pb::EventBatch>(&arena);
    telemetry::encodeEvents(m_events, node::describer(), batch);
    write(toBuffer(batch));
}

void TelemetryStream::written() {
    if (m_ending || m_service.m_rates.gathered()) return pump();
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
    m_service.m_rates.remove(this, monotonicNow());
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
