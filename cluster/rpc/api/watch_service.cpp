// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/watch_service.h"

#include "cluster/rpc/api/watch_items.h"
#include "cluster/rpc/edge/status.h"

#include <deque>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

namespace raftarium::rpc {
namespace {

// Batches that wait for the network: so many, and two for each watcher of the stream, so that the queue has room for a
// change that all of them watch. The batches share their events.
constexpr std::size_t kQueuedBatchesMax = 128;  // as etcd's channel of a stream
constexpr std::size_t kQueuedControlMax = 1024;

}  // namespace

class WatchStream final : public StreamCall, public mvcc::WatchSink, Task {
public:
    explicit WatchStream(WatchService& service) : m_service(service), m_context(service.m_context) {}

    // Raft loop.
    bool offer(mvcc::WatchBatch& batch) override {
        const std::lock_guard lock(m_mutex);
        if (m_closed) return true;  // the client has left; the watcher ends with the stream
        if (m_batches >= kQueuedBatchesMax + 2 * m_watchers) {
            m_refused = true;
            return false;
        }
        ++m_batches;
        if (batch.canceled && m_watchers > 0) --m_watchers;
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
    void enqueue(WatchAnswer answer);
    void wake();  // m_mutex held
    void pump();
    bool encodeMore();  // false: nothing queued
    void encode(const WatchAnswer& answer, HeaderValues header);

    WatchService& m_service;
    const ApiContext& m_context;
    mvcc::StreamId m_stream = 0;
    bool m_opening = false;
    bool m_released = false;
    bool m_readPaused = false;
    std::deque<grpc::ByteBuffer> m_outgoing;
    std::vector<WatchItem> m_taken;  // taken from the queue; the first m_encoded are encoded
    std::size_t m_encoded = 0;
    WatchJoiner m_joiner;
    std::vector<grpc::ByteBuffer> m_responses;

    std::mutex m_mutex;
    std::vector<WatchItem> m_queue;
    std::size_t m_batches = 0;  // in m_queue
    std::size_t m_watchers = 0;
    bool m_refused = false;  // a batch was refused since the queue was last taken
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
    m_context.node().ask(&node::RaftLoop::openWatchStream, *this, [this](mvcc::StreamId id) {
        completion().post([this, id] {
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
            // The answer is a batch of the whole stream.
            m_context.node().post([id = m_stream](node::RaftLoop& raft) { raft.requestWatchProgress(id); });
            break;
        case etcdserverpb::WatchRequest::REQUEST_UNION_NOT_SET:
            break;  // a request of a later version; ignored, as in etcd
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
    watch.fragment = request.fragment();
    watch.progressNotify = request.progress_notify();
    for (const int filter : request.filters()) {
        if (filter == etcdserverpb::WatchCreateRequest::NOPUT) watch.noPut = true;
        if (filter == etcdserverpb::WatchCreateRequest::NODELETE) watch.noDelete = true;
    }
    m_context.node().ask(&node::RaftLoop::createWatch, m_stream, std::move(watch),
                         [this](const base::Result<mvcc::WatchCreated>& made) {
                             WatchAnswer answer;
                             answer.response.created = true;
                             if (made) {
                                 answer.response.watch = made->id;
                                 answer.revision = made->revision;
                             } else {
                                 answer.response.canceled = true;
                                 answer.response.cancelReason = made.error().text;
                             }
                             enqueue(std::move(answer));
                         });
}

void WatchStream::cancel(mvcc::WatchId watch) {
    m_context.node().ask(&node::RaftLoop::cancelWatch, m_stream, watch, [this, watch](bool existed) {
        if (!existed) return;  // etcd does not answer either
        WatchAnswer answer;
        answer.response.watch = watch;
        answer.response.canceled = true;
        enqueue(std::move(answer));
    });
}

// Runs on the raft loop, so that the answer is in the right order with the batches.
void WatchStream::enqueue(WatchAnswer answer) {
    const std::lock_guard lock(m_mutex);
    if (m_closed) return;
    if (answer.response.created && !answer.response.canceled) ++m_watchers;
    if (answer.response.canceled && !answer.response.created && m_watchers > 0) --m_watchers;
    m_queue.emplace_back(std::move(answer));
    wake();
}

void WatchStream::wake() {
    if (m_wakePosted) return;
    m_wakePosted = true;
    completion().post(*this);
}

void WatchStream::run() {
    {
        const std::lock_guard lock(m_mutex);
        m_wakePosted = false;
    }
    pump();
}

void WatchStream::encode(const WatchAnswer& answer, HeaderValues header) {
    header.revision = answer.revision != 0 ? answer.revision : m_context.revision();
    m_outgoing.push_back(encodeWatchControl(header, answer.response));
}

// Takes a bounded number of items, so that a slow client's responses are not encoded in advance.
bool WatchStream::encodeMore() {
    constexpr std::size_t kResponsesAtOnce = 64;
    if (m_encoded == m_taken.size()) {
        m_taken.clear();
        m_encoded = 0;
        bool room = false, crowded = false;
        {
            const std::lock_guard lock(m_mutex);
            m_taken.swap(m_queue);
            // Joining is tried only if some watcher certainly has more than one batch.
            crowded = std::exchange(m_batches, 0) > m_watchers;
            room = std::exchange(m_refused, false);
        }
        if (crowded) m_joiner.join(m_taken);
        if (room) m_context.node().post([id = m_stream](node::RaftLoop& raft) { raft.retryWatchStream(id); });
        if (m_taken.empty()) return false;
    }
    HeaderValues header{m_context.clusterId(), m_context.memberId(), 0, m_context.node().status().term};
    for (; m_encoded < m_taken.size() && m_outgoing.size() < kResponsesAtOnce; ++m_encoded) {
        WatchItem& item = m_taken[m_encoded];
        if (const auto* answer = std::get_if<WatchAnswer>(&item)) {
            encode(*answer, header);
            continue;
        }
        auto& batch = std::get<mvcc::WatchBatch>(item);
        header.revision = batch.revision;
        m_responses.clear();
        m_service.m_encoder.encodeBatch(header, batch, batch.fragment ? m_context.config().maxRequestBytes : 0,
                                        m_responses);
        for (grpc::ByteBuffer& response : m_responses) m_outgoing.push_back(std::move(response));
        batch.events = {};
    }
    return true;
}

void WatchStream::pump() {
    if (writing() || finished()) return;
    if (m_outgoing.empty() && !encodeMore()) return;
    grpc::ByteBuffer response = std::move(m_outgoing.front());
    m_outgoing.pop_front();
    const bool follows = !m_outgoing.empty() || m_encoded < m_taken.size();
    bool more = follows;
    {
        const std::lock_guard lock(m_mutex);
        more = more || !m_queue.empty();
    }
    // Small responses share a packet, which is sent with the last one that is ready.
    write(response, follows);
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
    m_refused = false;
}

void WatchStream::release() {
    m_released = true;
    if (m_opening) return;
    if (m_stream == 0) {
        delete this;
        return;
    }
    // After this answer no callback of the node uses the stream.
    m_context.node().ask(&node::RaftLoop::closeWatchStream, m_stream,
                         [this] { completion().post([this] { delete this; }); });
}

}  // namespace raftarium::rpc
