// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"
#include "cluster/base/coding.h"
#include "cluster/client/admin_client.h"
#include "cluster/client/channels_internal.h"
#include "cluster/telemetry/codec.h"
#include "proto/raftarium/telemetry.grpc.pb.h"

#include <grpcpp/client_context.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace raftarium::client {

namespace pb = telemetry::v1;

namespace {

constexpr std::chrono::milliseconds kPauseFirst{50}, kPauseLongest{500};
constexpr std::int64_t kConnectSliceMs = 1000;

class Stream final : public TelemetryStream {
public:
    Stream(const std::string& address, std::uint64_t node, Callbacks callbacks)
        : m_endpoints({address}), m_node(node), m_callbacks(std::move(callbacks)), m_thread([this] { run(); }) {}

    ~Stream() override {
        {
            const std::lock_guard lock(m_mutex);
            m_stop = true;
            if (m_context) m_context->TryCancel();
        }
        m_wake.notify_all();
        m_thread.join();
    }

private:
    void run() {
        auto pause = kPauseFirst;
        while (!m_stop) {
            const auto endpoint = m_endpoints.choose(kConnectSliceMs, &m_stop);
            std::string reason = endpoint.ok() ? follow(**endpoint) : endpoint.error().text;
            if (m_open) pause = kPauseFirst;
            ended(reason);
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, pause, [&] { return m_stop.load(); });
            pause = std::min(pause * 2, kPauseLongest);
        }
    }

    // Reads until the stream breaks; says why it did.
    std::string follow(const Endpoint& endpoint) {
        grpc::ClientContext context;
        {
            const std::lock_guard lock(m_mutex);
            if (m_stop) return {};
            m_context = &context;
        }
        const auto stub = pb::Telemetry::NewStub(endpoint.channel);
        pb::SubscribeRequest request;
        request.set_incarnation(m_incarnation);
        request.set_after_sequence(m_sequence);
        const auto reader = stub->Subscribe(&context, request);
        std::string refusal;
        pb::EventBatch batch;
        while (refusal.empty() && reader->Read(&batch)) refusal = take(batch);
        if (!refusal.empty()) context.TryCancel();
        const grpc::Status status = reader->Finish();
        const std::lock_guard lock(m_mutex);
        m_context = nullptr;
        if (!refusal.empty()) return refusal;
        return status.ok() ? "the node closed the stream" : errorOf(status, endpoint.target).text;
    }

    // Gives the batch on; a text says why the stream must not be read on.
    std::string take(const pb::EventBatch& batch) {
        if (batch.has_node()) {
            if (m_node != 0 && batch.node().node_id() != m_node)
                return "node " + base::hexId(batch.node().node_id()) + " answers where " + base::hexId(m_node) +
                       " was expected";
            m_node = batch.node().node_id();
            if (batch.node().incarnation() != m_incarnation) m_sequence = 0;
            m_incarnation = batch.node().incarnation();
        }
        if (m_node == 0) return "the node does not say who it is";
        std::vector<observe::Event> events;
        (void)telemetry::decodeBatch(batch, m_node, events);
        // After a reconnect a node may send again what had come before the break.
        std::erase_if(events, [&](const observe::Event& event) {
            return event.sequence <= m_sequence && event.sequence != 0 &&
                   !std::holds_alternative<observe::Boxed<observe::FullState>>(event.kind);
        });
        for (const auto& event : events)
            if (!std::holds_alternative<observe::Boxed<observe::FullState>>(event.kind))
                m_sequence = std::max(m_sequence, event.sequence);
        // A new subscription without a place to go on from begins after the full state.
        if (m_sequence == 0 && batch.has_full_state()) m_sequence = batch.full_state().sequence();
        m_open = true;
        if (m_callbacks.onBatch) m_callbacks.onBatch(m_node, batch);
        if (m_callbacks.onEvents && !events.empty()) m_callbacks.onEvents(m_node, std::move(events));
        return {};
    }

    void ended(const std::string& reason) {
        if (!m_open || m_stop) return;
        m_open = false;
        if (!m_callbacks.onEvents) return;
        observe::Event event{m_clock.monotonicNow(), m_node, 0, observe::StreamEnded{reason}};
        m_callbacks.onEvents(m_node, {std::move(event)});
    }

    Endpoints m_endpoints;
    std::uint64_t m_node;
    Callbacks m_callbacks;
    base::SystemClock m_clock;
    std::uint64_t m_incarnation = 0, m_sequence = 0;
    bool m_open = false;  // something came since the last break
    std::atomic<bool> m_stop = false;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    grpc::ClientContext* m_context = nullptr;  // under m_mutex
    std::thread m_thread;                      // last: it uses all of the above
};

}  // namespace

std::unique_ptr<TelemetryStream> TelemetryStream::open(const std::string& address, std::uint64_t node,
                                                       Callbacks callbacks) {
    return std::make_unique<Stream>(address, node, std::move(callbacks));
}

}  // namespace raftarium::client
