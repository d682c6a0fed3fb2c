// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/edge/rpc_server.h"

#include "cluster/rpc/edge/listen_url.h"

#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

namespace raftarium::rpc {
namespace {

constexpr int kTransportReceiveLimitBytes = 64 << 20;  // the services refuse much smaller messages, with etcd's text

// The only way to register the queue of another server: gRPC calls this just before a server starts.
class QueueSharing final : public grpc::Server::GlobalCallbacks {
public:
    static QueueSharing& instance() {
        static QueueSharing* const only = [] {
            auto* made = new QueueSharing;
            grpc::Server::SetGlobalCallbacks(made);
            return made;
        }();
        return *only;
    }
    std::unique_ptr<grpc::Server> start(grpc::ServerBuilder& builder, grpc::CompletionQueue& queue) {
        const std::lock_guard lock(m_mutex);
        m_queue = &queue;
        auto server = builder.BuildAndStart();
        m_queue = nullptr;
        return server;
    }
    void PreSynchronousRequest(grpc::ServerContext*) override {}
    void PostSynchronousRequest(grpc::ServerContext*) override {}
    void PreServerStart(grpc::Server* server) override {
        if (m_queue != nullptr) grpc_server_register_completion_queue(server->c_server(), m_queue->cq(), nullptr);
    }

private:
    std::mutex m_mutex;
    grpc::CompletionQueue* m_queue = nullptr;
};

}  // namespace

// Answers a call of an unknown method with the name of the method, so that the client sees what is missing.
class RpcServer::UnknownMethod final : Tag {
public:
    explicit UnknownMethod(RpcServer& server) : m_server(server), m_stream(&m_context) {
        m_server.m_unknownCalls.fetch_add(1, std::memory_order_relaxed);
        auto* queue = m_server.m_completion->queue();
        m_server.m_unknown.RequestCall(&m_context, &m_stream, queue, queue, static_cast<Tag*>(this));
    }
    ~UnknownMethod() override { m_server.m_unknownCalls.fetch_sub(1, std::memory_order_release); }

    void complete(bool ok) override {
        if (!ok || m_answered) {
            delete this;
            return;
        }
        m_answered = true;
        new UnknownMethod(m_server);
        m_stream.Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED,
                                     "Raftarium does not implement the method " + m_context.method() + " yet"),
                        static_cast<Tag*>(this));
    }

private:
    RpcServer& m_server;
    grpc::GenericServerContext m_context;
    grpc::GenericServerAsyncReaderWriter m_stream;
    bool m_answered = false;
};

RpcServer::RpcServer() : m_builder(std::make_unique<grpc::ServerBuilder>()) {}

RpcServer::~RpcServer() {
    m_server.reset();
    if (m_unused == nullptr) return;
    m_unused->Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (m_unused->Next(&tag, &ok)) {
    }
}

std::unique_ptr<CompletionThread> RpcServer::makeCompletionThread(const char* threadName) {
    return std::make_unique<CompletionThread>(m_builder->AddCompletionQueue(), threadName);
}

base::Status RpcServer::start(const std::vector<Listener>& listeners, CompletionThread& completion) {
    for (const Listener& listener : listeners) {
        if (base::Status free = checkListenable(listener.flag, listener.url); !free) return free;
    }
    m_builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // As in etcd: clients may ping every 5 s; the server pings idle connections after 2 h.
    m_builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    m_builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 7'200'000);
    m_builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
    // Probing the bandwidth takes a ping for each burst and gains nothing in the networks where members run.
    m_builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    m_builder->SetMaxReceiveMessageSize(kTransportReceiveLimitBytes);
    // So a call passes fewer filters and counters: no compression (etcd has none either), no channelz.
    m_builder->AddChannelArgument(GRPC_ARG_MINIMAL_STACK, 1);
    m_builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
    std::vector<int> ports(listeners.size(), -1);
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        const base::Result<ListenUrl> url = parseListenUrl(listeners[i].url);
        m_builder->AddListeningPort(url->address(), grpc::InsecureServerCredentials(), &ports[i]);
    }
    m_builder->RegisterService(&m_service);
    m_builder->RegisterAsyncGenericService(&m_unknown);
    m_unused = m_builder->AddCompletionQueue();
    m_server = QueueSharing::instance().start(*m_builder, *completion.queue());
    if (m_server == nullptr) {
        std::string which;
        for (const Listener& listener : listeners)
            which += (which.empty() ? "" : ", ") + listener.flag + " " + listener.url;
        return base::Error{base::Errc::unavailable, which + ": cannot listen (does another process use this address?)"};
    }
    m_completion = &completion;
    // Other servers may use the completion thread already, so even the first calls must be made there.
    completion.runAndWait([this, &completion] {
        m_service.serve(completion);
        new UnknownMethod(*this);
    });
    return {};
}

void RpcServer::stopAccepting(base::Nanoseconds grace) {
    if (m_server != nullptr) m_server->Shutdown(std::chrono::system_clock::now() + std::chrono::nanoseconds(grace));
}

bool RpcServer::end(base::Nanoseconds within) {
    // Every open call will still begin operations, which is not allowed on a queue that is shut down.
    const auto giveUp = std::chrono::steady_clock::now() + std::chrono::nanoseconds(within);
    while (m_service.liveCalls() > 0 || m_unknownCalls.load(std::memory_order_acquire) > 0) {
        if (std::chrono::steady_clock::now() > giveUp) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace raftarium::rpc
