// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One watch, with a stream and a thread of its own. After a break it continues at the next revision, on any endpoint.
#include "cluster/client/etcd_client.h"
#include "cluster/client/etcd_connection.h"
#include "proto/etcd/rpc.grpc.pb.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace raftarium::client {

namespace pb = etcdserverpb;

namespace {

using Steady = std::chrono::steady_clock;

WatchUpdate updateOf(const pb::WatchResponse& in) {
    WatchUpdate out{headerOf(in.header()), in.created(), in.canceled(), in.compact_revision(), in.cancel_reason(), {}};
    out.events.reserve(static_cast<std::size_t>(in.events_size()));
    for (const auto& event : in.events())
        out.events.push_back({event.type() == mvccpb::Event::DELETE, keyValueOf(event.kv()), event.has_prev_kv(),
                              keyValueOf(event.prev_kv())});
    // Servers give no reason with a compaction; compactRevision says it.
    if (out.canceled && out.cancelReason.empty()) {
        out.cancelReason = out.compactRevision != 0 ? "etcdserver: mvcc: required revision has been compacted"
                                                    : "the server gave no reason";
    }
    return out;
}

// A server may accept a stream and end it at once, again and again.
std::chrono::milliseconds pauseAfter(std::size_t failures) {
    return failures < 2 ? std::chrono::milliseconds(0)
                        : std::chrono::milliseconds(
                              std::min<std::int64_t>(1000, std::int64_t{25} << std::min<std::size_t>(failures, 6)));
}

// Shared by the handle and its thread, so that a handle may be destroyed inside its own callback.
class Watching {
public:
    Watching(std::shared_ptr<Endpoints> endpoints, std::int64_t dialTimeoutMs, std::string key, WatchOptions options,
             std::function<void(WatchUpdate)> onUpdate, std::function<void(base::Error)> onEnd)
        : m_endpoints(std::move(endpoints)),
          m_dialTimeoutMs(dialTimeoutMs),
          m_key(std::move(key)),
          m_options(std::move(options)),
          m_onUpdate(std::move(onUpdate)),
          m_onEnd(std::move(onEnd)) {}

    void run() {
        const auto giveUpAt = Steady::now() + std::chrono::milliseconds(m_dialTimeoutMs);
        base::Error reason;
        // How many streams in a row brought nothing.
        for (std::size_t failures = 0; !m_stop; ++failures) {
            if (m_useful) failures = 1;
            m_useful = false;
            waitFor(pauseAfter(failures));
            const auto endpoint = m_endpoints->choose(m_dialTimeoutMs, &m_stop);
            if (!endpoint.ok()) {
                reason = endpoint.error();
                if (!m_created || reason.code != base::Errc::unavailable) break;
                continue;
            }
            const End end = follow(**endpoint);
            reason = end.error;
            if (end.final) break;
            m_endpoints->avoid(*endpoint);  // it may be stopping
            if (!m_created && failures >= 2 && Steady::now() >= giveUpAt) break;
        }
        if (!m_stop && m_onEnd) m_onEnd(reason);
    }

    void stop() {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
        m_stopped.notify_all();
        if (m_context) m_context->TryCancel();
    }

private:
    struct End {
        bool final = false;
        base::Error error;
    };

    // Reads until the stream breaks (not final) or the watch has ended.
    End follow(const Endpoint& endpoint) {
        grpc::ClientContext context;
        if (m_options.requireLeader) context.AddMetadata("hasleader", "true");
        {
            const std::lock_guard lock(m_mutex);
            if (m_stop) return {true, {}};
            m_context = &context;
        }
        const End end = read(endpoint, context);
        const std::lock_guard lock(m_mutex);
        m_context = nullptr;
        return end;
    }

    End read(const Endpoint& endpoint, grpc::ClientContext& context) {
        const auto stub = pb::Watch::NewStub(endpoint.channel);
        const auto stream = stub->Watch(&context);
        pb::WatchRequest request;
        auto& create = *request.mutable_create_request();
        create.set_key(m_key);
        create.set_range_end(m_options.rangeEnd);
        create.set_start_revision(m_options.startRevision);
        create.set_prev_kv(m_options.prevKv);
        create.set_progress_notify(m_options.progressNotify);
        pb::WatchResponse response;
        for (bool going = stream->Write(request); going && stream->Read(&response);) {
            WatchUpdate update = updateOf(response);
            const bool over = update.canceled;
            const bool compacted = update.compactRevision != 0;
            const End end{true, {compacted ? base::Errc::outOfRange : base::Errc::aborted, update.cancelReason}};
            remember(update);
            const bool repeated = update.created && m_created;
            m_created = m_created || update.created;
            if (!m_stop && !repeated && m_onUpdate) m_onUpdate(std::move(update));
            if (over || m_stop) {
                context.TryCancel();
                (void)stream->Finish();
                return end;
            }
        }
        const grpc::Status status = stream->Finish();
        if (status.ok()) return {false, {base::Errc::unavailable, endpoint.target + " ended the watch stream"}};
        const bool mayComeBack = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                                 status.error_code() == grpc::StatusCode::CANCELLED ||
                                 status.error_code() == grpc::StatusCode::INTERNAL ||
                                 status.error_code() == grpc::StatusCode::UNKNOWN;
        return {!mayComeBack, errorOf(status, endpoint.target)};
    }

    // Remembers where to continue after a break.
    void remember(const WatchUpdate& update) {
        if (update.created && m_options.startRevision == 0) m_options.startRevision = update.header.revision + 1;
        if (!update.events.empty()) m_options.startRevision = update.events.back().kv.modRevision + 1;
        // Otherwise a watch without events would later ask for revisions that are compacted by then.
        if (update.isProgress())
            m_options.startRevision = std::max(m_options.startRevision, update.header.revision + 1);
        m_useful = m_useful || !update.events.empty() || update.isProgress();
    }

    void waitFor(std::chrono::milliseconds pause) {
        std::unique_lock lock(m_mutex);
        m_stopped.wait_for(lock, pause, [this] { return m_stop.load(); });
    }

    std::shared_ptr<Endpoints> m_endpoints;
    std::int64_t m_dialTimeoutMs;
    std::string m_key;
    WatchOptions m_options;
    std::function<void(WatchUpdate)> m_onUpdate;
    std::function<void(base::Error)> m_onEnd;
    bool m_useful = false;   // the last stream brought events or progress
    bool m_created = false;  // on any endpoint
    std::atomic<bool> m_stop = false;
    std::mutex m_mutex;
    std::condition_variable m_stopped;
    grpc::ClientContext* m_context = nullptr;  // under m_mutex
};

class Handle final : public WatchHandle {
public:
    explicit Handle(std::shared_ptr<Watching> watching)
        : m_watching(std::move(watching)), m_thread([shared = m_watching] { shared->run(); }) {}
    ~Handle() override {
        m_watching->stop();
        if (m_thread.get_id() == std::this_thread::get_id())
            m_thread.detach();
        else
            m_thread.join();
    }

private:
    std::shared_ptr<Watching> m_watching;
    std::thread m_thread;
};

}  // namespace

std::unique_ptr<WatchHandle> startWatch(std::shared_ptr<Endpoints> endpoints, std::int64_t dialTimeoutMs,
                                        const std::string& key, const WatchOptions& options,
                                        std::function<void(WatchUpdate)> onUpdate,
                                        std::function<void(base::Error)> onEnd) {
    return std::make_unique<Handle>(std::make_shared<Watching>(std::move(endpoints), dialTimeoutMs, key, options,
                                                               std::move(onUpdate), std::move(onEnd)));
}

}  // namespace raftarium::client
