// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/watch_service.h"

#include "cluster/rpc/status.h"

#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <variant>

namespace raftarium::rpc {
namespace {

constexpr std::size_t kQueuedBatchesMax = 128;  // etcd's channel of a stream
constexpr std::size_t kQueuedControlMax = 1024;

struct WatcherOptions {
    bool prevKv = false;
    bool fragment = false;
};

// An answer to the client's own request, in line with the batches.
struct Control {
    WatchControl response;
    std::int64_t revision = 0;
    WatcherOptions options;
};

using Item = std::variant<mvcc::WatchBatch, Control>;

}  // namespace

class WatchStream final : public StreamCall, public mvcc::WatchSink, Task {
public:
    explicit WatchStream(WatchService& service) : m_service(service), m_context(service.m_context) {}

    // Store's thread.
    bool offer(mvcc::WatchBatch& batch) override {
        const std::lock_guard lock(m_mutex);
        if (m_closed) return true;  // nobody is there any more; the watcher goes with the stream
        if (m_batches >= kQueuedBatchesMax) return false;
        ++m_batches;
        m_queue.emplace_back(std::move(batch));
        wake();
        return true;
    }
    void endWith(const grpc::Status& status) { finish(status); }

private:
    void opened() override;
    void received(std::string_view message) override;
    void halfClosed() override {}
    void written() override { pump(); }
    void cancelled() override;
    void release() override;
    void run() override;

    void create(const etcdserverpb::WatchCreateRequest& request);
    void cancel(mvcc::WatchId watch);
    void progress();
    void enqueue(Control control);
    void wake();  // m_mutex held
    void pump();
    bool encodeNext();  // false: nothing queued

    WatchService& m_service;
    const ApiContext& m_context;
    mvcc::StreamId m_stream = 0;
    bool m_opening = false;
    bool m_released = false;
    bool m_readPaused = false;
    std::deque<grpc::ByteBuffer> m_outgoing;
    std::unordered_map<mvcc::WatchId, WatcherOptions> m_watchers;

    std::mutex m_mutex;
    std::deque<Item> m_queue;
    std::size_t m_batches = 0;
    bool m_wakePosted = false;
    bool m_closed = false;
};

void WatchService::registerMethods(RpcService& service) {
    service.addStream("/etcdserverpb.Watch/Watch", [this] { return std::make_unique<WatchStream>(*this); });
}

void WatchService::finishAll() {
    m_stopping = true;
    for (WatchStream* stream : m_streams) stream->endWith(toStatus(mvcc::ApiError::noLeader));
}

void WatchStream::opened() {
    m_service.m_streams.insert(this);
    if (finished()) return;
    if (m_service.m_stopping) {
        finish(toStatus(mvcc::ApiError::noLeader));
        return;
    }
    if (m_context.node().status().learner) {
        finish(toStatus(mvcc::ApiError::notSupportedForLearner));
        return;
    }
    m_opening = true;
    m_context.node().openWatchStream(*this, [this](mvcc::StreamId id) {
        loop().post([this, id] {
            m_opening = false;
            m_stream = id;
            if (m_released) {
                release();
            } else {
                read();
            }
        });
    });
}

void WatchStream::received(std::string_view message) {
    etcdserverpb::WatchRequest request;
    if (!request.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
        finish(grpc::Status(grpc::StatusCode::INTERNAL, "grpc: error unmarshalling request: the message is malformed"));
        return;
    }
    switch (request.request_union_case()) {
        case etcdserverpb::WatchRequest::kCreateRequest:
            create(request.create_request());
            break;
        case etcdserverpb::WatchRequest::kCancelRequest:
            cancel(request.cancel_request().watch_id());
            break;
        case etcdserverpb::WatchRequest::kProgressRequest:
            progress();
            break;
        case etcdserverpb::WatchRequest::REQUEST_UNION_NOT_SET:
            break;  // for later versions' requests, as etcd does
    }
    {
        const std::lock_guard lock(m_mutex);
        m_readPaused = m_queue.size() - m_batches >= kQueuedControlMax;
    }
    if (!m_readPaused) read();
}

void WatchStream::create(const etcdserverpb::WatchCreateRequest& request) {
    mvcc::WatchRequest watch;
    watch.key = request.key();
    watch.rangeEnd = request.range_end();
    watch.startRevision = request.start_revision();
    watch.id = request.watch_id();
    watch.prevKv = request.prev_kv();
    watch.progressNotify = request.progress_notify();
    for (const int filter : request.filters()) {
        if (filter == etcdserverpb::WatchCreateRequest::NOPUT) watch.noPut = true;
        if (filter == etcdserverpb::WatchCreateRequest::NODELETE) watch.noDelete = true;
    }
    const WatcherOptions options{request.prev_kv(), request.fragment()};
    m_context.node().createWatch(m_stream, std::move(watch),
                                 [this, options](const base::Result<mvcc::WatchCreated>& made) {
                                     Control control;
                                     control.response.created = true;
                                     control.options = options;
                                     if (made) {
                                         control.response.watch = made->id;
                                         control.revision = made->revision;
                                     } else {
                                         control.response.canceled = true;
                                         control.response.cancelReason = made.error().text;
                                     }
                                     enqueue(std::move(control));
                                 });
}

void WatchStream::cancel(mvcc::WatchId watch) {
    m_context.node().cancelWatch(m_stream, watch, [this, watch](bool existed) {
        if (!existed) return;  // etcd does not answer either
        Control control;
        control.response.watch = watch;
        control.response.canceled = true;
        enqueue(std::move(control));
    });
}

void WatchStream::progress() {
    m_context.node().streamProgress(m_stream, [this](bool synced, std::int64_t revision) {
        // A promise for watchers that are still catching up would be false; later versions of etcd keep silent, too.
        if (!synced) return;
        Control control;
        control.response.watch = -1;
        control.revision = revision;
        enqueue(std::move(control));
    });
}

// Store's thread, so that the answer stands before or after the batches as it should.
void WatchStream::enqueue(Control control) {
    const std::lock_guard lock(m_mutex);
    if (m_closed) return;
    m_queue.emplace_back(std::move(control));
    wake();
}

void WatchStream::wake() {
    if (m_wakePosted) return;
    m_wakePosted = true;
    loop().post(*this);
}

void WatchStream::run() {
    {
        const std::lock_guard lock(m_mutex);
        m_wakePosted = false;
    }
    pump();
}

bool WatchStream::encodeNext() {
    Item item;
    {
        const std::lock_guard lock(m_mutex);
        if (m_queue.empty()) return false;
        item = std::move(m_queue.front());
        m_queue.pop_front();
        if (std::holds_alternative<mvcc::WatchBatch>(item)) --m_batches;
    }
    HeaderValues header{m_context.clusterId(), m_context.memberId(), 0, m_context.node().status().term};
    if (auto* control = std::get_if<Control>(&item)) {
        if (control->response.created && !control->response.canceled) {
            m_watchers[control->response.watch] = control->options;
        } else if (control->response.canceled) {
            m_watchers.erase(control->response.watch);
        }
        header.revision = control->revision != 0 ? control->revision : m_context.revision();
        m_outgoing.push_back(encodeWatchControl(header, control->response));
        return true;
    }
    const auto& batch = std::get<mvcc::WatchBatch>(item);
    header.revision = batch.revision;
    WatcherOptions options;
    if (const auto found = m_watchers.find(batch.watch); found != m_watchers.end()) {
        options = found->second;
        if (batch.canceled) m_watchers.erase(found);
    }
    std::vector<grpc::ByteBuffer> responses;
    const std::size_t fragmentBytes = options.fragment ? m_context.config().maxRequestBytes : 0;
    m_service.m_encoder.encodeBatch(header, batch, options.prevKv, fragmentBytes, responses);
    for (grpc::ByteBuffer& response : responses) m_outgoing.push_back(std::move(response));
    return true;
}

void WatchStream::pump() {
    if (writing() || finished()) return;
    if (m_outgoing.empty() && !encodeNext()) return;
    grpc::ByteBuffer response = std::move(m_outgoing.front());
    m_outgoing.pop_front();
    bool more = !m_outgoing.empty();
    {
        const std::lock_guard lock(m_mutex);
        more = more || !m_queue.empty();
    }
    write(response);  // not buffered: a stream whose client is slow must not wait for a write that never comes
    if (m_readPaused && !more) {
        m_readPaused = false;
        read();
    }
}

void WatchStream::cancelled() {
    m_service.m_streams.erase(this);
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_queue.clear();
    m_batches = 0;
}

void WatchStream::release() {
    m_released = true;
    if (m_opening) return;
    if (m_stream == 0) {
        delete this;
        return;
    }
    // After this answer no callback of the node refers to the stream.
    m_context.node().closeWatchStream(m_stream, [this] { loop().post([this] { delete this; }); });
}

}  // namespace raftarium::rpc
