// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/peers/peer_transport.h"

#include "cluster/base/coding.h"
#include "cluster/rpc/edge/rpc_service.h"
#include "cluster/rpc/peers/peer_stream.h"
#include "cluster/rpc/peers/snapshot_sender.h"
#include "cluster/wire/message_codec.h"
#include "proto/raftarium/peer.pb.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <utility>

namespace raftarium::rpc {
namespace {

// How much may wait for one peer. etcd's stream has room for 4096 messages; the bytes limit the memory for a slow peer.
constexpr std::size_t kQueuedMessagesMax = 4096;
constexpr std::size_t kQueuedBytesMax = 64 << 20;
constexpr std::size_t kBatchBytes = 1 << 20;
// More than this is encoded on the completion thread, while the raft loop continues.
constexpr std::size_t kWriteHereBytes = 64 << 10;
constexpr base::Nanoseconds kFirstRetry = 20 * base::kMillisecond;
constexpr base::Nanoseconds kLastRetry = 500 * base::kMillisecond;
constexpr std::int64_t kForwardTimeoutMs = 5'000;
constexpr base::Nanoseconds kForwardLook = 50 * base::kMillisecond;

std::size_t roughSize(const raft::Message& message) {
    std::size_t size = 64 + message.context.size();
    for (const raft::Entry& entry : message.entries) size += 24 + entry.data.size();
    return size;
}

// One Envelope as field 1 of a MessageBatch.
void appendEnvelope(std::string& out, const node::Outgoing& outgoing) {
    const std::size_t messageSize = wire::encodedMessageSize(outgoing.message);
    const std::size_t size = 1 + base::varintSize(messageSize) + messageSize + 1 + base::varintSize(outgoing.counter);
    out.push_back((1 << 3) | 2);
    base::putVarint(out, size);
    out.push_back((1 << 3) | 2);
    base::putVarint(out, messageSize);
    wire::encodeMessage(outgoing.message, out);
    out.push_back(2 << 3);
    base::putVarint(out, outgoing.counter);
}

}  // namespace

// One other member. The raft loop fills its queue, and writes to the stream itself if it can, because waking the
// completion thread takes longer. Streams are opened and ended on the completion thread. The mutex of the peer is taken
// before that of the transport.
class PeerTransport::Peer final : public Task {
public:
    Peer(PeerTransport& transport, std::uint64_t id) : m_transport(transport), m_id(id) {}

    // With the transport's mutex held. False if the queue is full and the message is dropped.
    bool enqueue(node::Outgoing& outgoing) {
        const std::size_t size = roughSize(outgoing.message);
        if (m_queue.size() >= kQueuedMessagesMax || m_queuedBytes + size > kQueuedBytesMax) return false;
        m_queuedBytes += size;
        m_queue.push_back(std::move(outgoing));
        return true;
    }
    bool small() const { return m_queuedBytes <= kWriteHereBytes; }  // with the transport's mutex
    bool takeWake() { return !m_wakePosted.exchange(true); }
    // Writes the queue, unless a write is in progress, whose end will do it. False if there is no stream.
    bool pumpHere() {
        const std::lock_guard lock(m_streamMutex);
        if (!connected()) return false;
        pump();
        return true;
    }
    void setUrls(std::vector<std::string> urls) { m_urls = std::move(urls); }
    void setRemoved() { m_removed = true; }
    std::int64_t connectedSince() const { return m_connectedSince.load(std::memory_order_relaxed); }

    void run() override {
        bool removed = false;
        {
            const std::lock_guard lock(m_transport.m_mutex);
            removed = m_removed;
        }
        m_wakePosted = false;
        if (removed || m_transport.m_stopping) return close();
        if (m_stream == nullptr && !(m_retry && m_retry->pending())) connect();
        const std::lock_guard lock(m_streamMutex);
        pump();
    }
    void close() {
        if (m_retry && m_retry->pending()) {
            m_retry->stop([&transport = m_transport] {
                transport.m_completion->post([&transport] { transport.checkStopped(); });
            });
        }
        if (m_stream != nullptr) m_stream->cancel();
    }
    bool idle() const { return m_stream == nullptr && (!m_retry || !m_retry->pending()); }
    std::shared_ptr<grpc::Channel> channel();

private:
    void connect();
    // With m_streamMutex.
    void ended(const grpc::Status& status);
    bool connected() const { return m_stream != nullptr && m_stream->connected(); }
    void pump();

    PeerTransport& m_transport;
    const std::uint64_t m_id;

    // With the transport's mutex.
    std::vector<std::string> m_urls;
    std::deque<node::Outgoing> m_queue;
    std::size_t m_queuedBytes = 0;
    bool m_removed = false;

    std::atomic<bool> m_wakePosted{false};
    std::atomic<std::int64_t> m_connectedSince{0};

    std::mutex m_streamMutex;
    PeerStream* m_stream = nullptr;  // set on the completion thread with the mutex held

    // Completion thread.
    std::string m_url;
    std::size_t m_nextUrl = 0;
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<Timer> m_retry;
    base::Nanoseconds m_retryAfter = kFirstRetry;
};

std::shared_ptr<grpc::Channel> PeerTransport::Peer::channel() {
    std::string url;
    {
        const std::lock_guard lock(m_transport.m_mutex);
        if (m_urls.empty()) return nullptr;
        url = m_urls[m_nextUrl % m_urls.size()];
    }
    if (url != m_url || m_channel == nullptr) {
        m_url = url;
        m_channel = openPeerChannel(url);
    }
    return m_channel;
}

void PeerTransport::Peer::connect() {
    if (m_transport.m_stopping) return;
    const std::shared_ptr<grpc::Channel> to = channel();
    if (to == nullptr) return;
    const node::NodeStatus self = m_transport.m_node->status();
    PeerStream::Callbacks callbacks;
    callbacks.connected = [this] {
        m_retryAfter = kFirstRetry;
        m_connectedSince.store(monotonicNow(), std::memory_order_relaxed);
    };
    callbacks.writable = [this] { pump(); };
    callbacks.ended = [this](const grpc::Status& status) { ended(status); };
    const std::lock_guard lock(m_streamMutex);
    m_stream = PeerStream::open(*m_transport.m_completion, to,
                                {self.clusterId, self.nodeId, m_id, self.incarnation, self.firstStart}, m_streamMutex,
                                std::move(callbacks));
}

void PeerTransport::Peer::ended(const grpc::Status& status) {
    m_stream = nullptr;
    m_connectedSince.store(0, std::memory_order_relaxed);
    ++m_nextUrl;
    bool removed = false;
    {
        const std::lock_guard lock(m_transport.m_mutex);
        removed = m_removed;
    }
    if (m_transport.m_stopping || removed) {
        m_transport.m_completion->post([&transport = m_transport] { transport.checkStopped(); });
        return;
    }
    // The status with which a peer refuses a removed member (see checkPeer).
    if (status.error_code() == grpc::StatusCode::ABORTED) m_transport.toldRemoved();
    if (status.error_code() == grpc::StatusCode::ALREADY_EXISTS)
        m_transport.m_node->post([why = status.error_message()](node::RaftLoop& raft) { raft.knownToPeer(why); });
    m_transport.reportUnreachable(m_id);
    if (!m_retry) m_retry = std::make_unique<Timer>(*m_transport.m_completion);
    m_retry->start(m_retryAfter, [this] { connect(); });
    m_retryAfter = std::min(2 * m_retryAfter, kLastRetry);
}

void PeerTransport::Peer::pump() {
    const bool connected = this->connected();
    if (connected && !m_stream->writable()) return;
    std::vector<node::Outgoing> batch;
    {
        const std::lock_guard lock(m_transport.m_mutex);
        std::size_t bytes = 0;
        while (!m_queue.empty() && (!connected || bytes < kBatchBytes)) {
            const std::size_t size = roughSize(m_queue.front().message);
            bytes += size;
            m_queuedBytes -= size;
            batch.push_back(std::move(m_queue.front()));
            m_queue.pop_front();
        }
    }
    if (batch.empty()) return;
    if (!connected) return m_transport.reportUnreachable(m_id);
    std::string bytes;
    for (const node::Outgoing& outgoing : batch) appendEnvelope(bytes, outgoing);
    m_stream->write(toBuffer(std::move(bytes)));
}

// --- Forwarded calls -----------------------------------------------------------------------------------------------

class PeerTransport::ForwardCall final : Tag {
public:
    ForwardCall(PeerTransport& transport, ForwardDone done) : m_transport(transport), m_done(std::move(done)) {}

    void start(const std::shared_ptr<grpc::Channel>& channel, std::uint64_t to, const grpc::ByteBuffer& request) {
        m_transport.m_forwards.insert(this);
        m_to = to;
        m_context.AddMetadata(kClusterIdKey, base::hexId(m_transport.m_node->status().clusterId));
        m_context.AddMetadata(kToKey, base::hexId(to));
        m_context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(kForwardTimeoutMs));
        grpc::GenericStub stub(channel);
        m_reader = stub.PrepareUnaryCall(&m_context, kForwardMethod, request, m_transport.m_completion->queue());
        m_reader->StartCall();
        m_reader->Finish(&m_response, &m_status, static_cast<Tag*>(this));
    }
    std::uint64_t to() const { return m_to; }
    void cancel() { m_context.TryCancel(); }

private:
    void complete(bool) override {
        const std::unique_ptr<ForwardCall> self(this);
        m_transport.m_forwards.erase(this);
        peer::v1::ForwardResponse response;
        grpc::Slice holder;
        if (!m_status.ok()) {
            m_done({grpc::StatusCode::UNAVAILABLE, m_status.error_message()}, {});
        } else if (const std::string_view bytes = contiguous(m_response, holder);
                   !response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
            m_done({grpc::StatusCode::INTERNAL, "the leader's answer does not parse"}, {});
        } else {
            m_done({static_cast<grpc::StatusCode>(response.code()), response.text()},
                   std::move(*response.mutable_response()));
        }
        m_transport.checkStopped();
    }

    PeerTransport& m_transport;
    ForwardDone m_done;
    std::uint64_t m_to = 0;
    grpc::ClientContext m_context;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> m_reader;
    grpc::ByteBuffer m_response;
    grpc::Status m_status;
};

// --- Transport -----------------------------------------------------------------------------------------------------

PeerTransport::PeerTransport() = default;
PeerTransport::~PeerTransport() = default;

void PeerTransport::start(node::Node& node, CompletionThread& completion) {
    const std::lock_guard lock(m_mutex);
    m_node = &node;
    m_completion = &completion;
    for (auto& [id, peer] : m_peers) {
        if (peer->takeWake()) completion.post(*peer);
    }
}

void PeerTransport::stop() {
    if (m_completion == nullptr) return;
    std::promise<void> stopped;
    m_completion->post([this, &stopped] {
        m_stopping = true;
        m_stopped = [&stopped] { stopped.set_value(); };
        std::vector<std::shared_ptr<Peer>> peers;
        {
            const std::lock_guard lock(m_mutex);
            for (auto& [id, peer] : m_peers) peers.push_back(peer);
        }
        for (const auto& peer : peers) peer->close();
        for (SnapshotSender* sender : m_snapshots) sender->cancel();
        for (ForwardCall* call : m_forwards) call->cancel();
        if (m_forwardTimer) m_forwardTimer->stop([this] { checkStopped(); });
        checkStopped();
    });
    stopped.get_future().wait();
}

void PeerTransport::toldRemoved() {
    if (const auto tell = std::exchange(m_whenRemoved, nullptr)) tell();
}

void PeerTransport::checkStopped() {
    std::erase_if(m_removed, [](const std::shared_ptr<Peer>& peer) { return peer->idle() && peer.use_count() == 1; });
    if (!m_stopping || !m_stopped || !m_forwards.empty() || !m_snapshots.empty() || !m_removed.empty()) return;
    if (m_forwardTimer && m_forwardTimer->pending()) return;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [id, peer] : m_peers) {
            if (!peer->idle()) return;
        }
    }
    std::exchange(m_stopped, nullptr)();
}

void PeerTransport::send(std::vector<node::Outgoing>& messages) {
    struct Filled {
        std::shared_ptr<Peer> peer;
        bool small = false;
    };
    std::vector<Filled> filled;
    std::vector<std::uint64_t> lost;
    {
        const std::lock_guard lock(m_mutex);
        for (node::Outgoing& outgoing : messages) {
            const auto found = m_peers.find(outgoing.message.to);
            if (found == m_peers.end()) continue;
            const std::shared_ptr<Peer>& peer = found->second;
            if (!peer->enqueue(outgoing)) {
                if (lost.empty() || lost.back() != found->first) lost.push_back(found->first);
            }
            const auto same = [&peer](const Filled& each) { return each.peer == peer; };
            if (std::none_of(filled.begin(), filled.end(), same)) filled.push_back({peer});
        }
        for (Filled& each : filled) each.small = each.peer->small();
    }
    messages.clear();
    for (const auto& [peer, small] : filled) {
        if (small && peer->pumpHere()) continue;
        if (m_completion != nullptr && peer->takeWake()) m_completion->post(*peer);
    }
    for (const std::uint64_t id : lost) {
        if (m_node != nullptr) reportUnreachable(id);
    }
}

void PeerTransport::reportUnreachable(std::uint64_t peer) {
    m_node->post([peer](node::RaftLoop& raft) { raft.peerUnreachable(peer); });
}

void PeerTransport::sendSnapshot(node::Outgoing outgoing, const std::string& path, std::function<void(bool)> done) {
    if (m_completion == nullptr) return done(false);
    std::string message;
    wire::encodeMessage(outgoing.message, message);
    m_completion->post([this, to = outgoing.message.to, message = std::move(message), counter = outgoing.counter, path,
                        done = std::move(done)]() mutable {
        std::shared_ptr<Peer> peer;
        {
            const std::lock_guard lock(m_mutex);
            if (const auto found = m_peers.find(to); found != m_peers.end()) peer = found->second;
        }
        const std::shared_ptr<grpc::Channel> channel = peer == nullptr || m_stopping ? nullptr : peer->channel();
        if (channel == nullptr) return done(false);
        const node::NodeStatus self = m_node->status();
        auto holder = std::make_shared<SnapshotSender*>(nullptr);
        *holder = SnapshotSender::open(*m_completion, channel, {self.clusterId, self.nodeId, to, self.incarnation},
                                       std::move(message), counter, path,
                                       [this, holder, done = std::move(done)](bool accepted) {
                                           m_snapshots.erase(*holder);
                                           done(accepted);
                                           checkStopped();
                                       });
        if (*holder != nullptr) m_snapshots.insert(*holder);
    });
}

void PeerTransport::setPeer(std::uint64_t id, const std::vector<std::string>& peerUrls) {
    const std::lock_guard lock(m_mutex);
    std::shared_ptr<Peer>& peer = m_peers[id];
    if (peer == nullptr) peer = std::make_shared<Peer>(*this, id);
    peer->setUrls(peerUrls);
    if (m_completion != nullptr && peer->takeWake()) m_completion->post(*peer);
}

void PeerTransport::removePeer(std::uint64_t id) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_peers.find(id);
    if (found == m_peers.end()) return;
    const std::shared_ptr<Peer> peer = found->second;
    peer->setRemoved();
    m_peers.erase(found);
    if (m_completion == nullptr) return;
    m_completion->post([this, peer] {
        m_removed.push_back(peer);  // it exists until its stream has ended
        peer->run();
    });
}

std::int64_t PeerTransport::connectedSince(std::uint64_t id) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_peers.find(id);
    return found == m_peers.end() ? 0 : found->second->connectedSince();
}

void PeerTransport::forward(std::uint64_t member, const std::string& method, const std::string& request,
                            ForwardDone done) {
    m_completion->post([this, member, method, request, done = std::move(done)] {
        std::shared_ptr<Peer> peer;
        {
            const std::lock_guard lock(m_mutex);
            if (const auto found = m_peers.find(member); found != m_peers.end()) peer = found->second;
        }
        const std::shared_ptr<grpc::Channel> channel = peer == nullptr ? nullptr : peer->channel();
        if (channel == nullptr || m_stopping) {
            done({grpc::StatusCode::UNAVAILABLE, "no way to member " + base::hexId(member)}, {});
            return;
        }
        peer::v1::ForwardRequest message;
        message.set_method(method);
        message.set_request(request);
        (new ForwardCall(*this, done))->start(channel, member, toBuffer(message));
        if (!m_forwardTimer) m_forwardTimer = std::make_unique<Timer>(*m_completion);
        if (!m_forwardTimer->pending()) m_forwardTimer->start(kForwardLook, [this] { watchForwards(); });
    });
}

void PeerTransport::watchForwards() {
    if (m_forwards.empty() || m_stopping) return;
    const std::uint64_t leader = m_node->status().leader;
    for (ForwardCall* call : m_forwards)
        if (call->to() != leader) call->cancel();
    m_forwardTimer->start(kForwardLook, [this] { watchForwards(); });
}

}  // namespace raftarium::rpc
