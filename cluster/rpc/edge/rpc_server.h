// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A gRPC server on one completion thread: its listeners, its table of methods, and an end in steps, because the calls
// that are under way need the node and that thread until they are answered.
#pragma once

#include "cluster/rpc/edge/rpc_service.h"

#include <grpcpp/generic/async_generic_service.h>

#include <memory>
#include <string>
#include <vector>

namespace raftarium::rpc {

struct Listener {
    std::string flag;  // which setting asked for it, for errors
    std::string url;   // http://host:port or unix:///path
};

class RpcServer {
public:
    RpcServer();
    ~RpcServer();

    RpcService& service() { return m_service; }
    // A completion thread on a queue of this server, for it and others; before any start().
    std::unique_ptr<CompletionThread> makeCompletionThread(const char* threadName);

    // Methods must be registered. Errors name the flag and the URL; nothing listens then.
    base::Status start(const std::vector<Listener>& listeners, CompletionThread& completion);
    // No new calls; those under way may end until then, and are cancelled afterwards.
    void stopAccepting(base::Nanoseconds grace);
    // Waits for the last call; what answers it must have done so, or do so within the time. False: it did not. Only
    // when all servers have ended may their completion thread be shut down.
    bool end(base::Nanoseconds within);

private:
    class UnknownMethod;

    std::unique_ptr<grpc::ServerBuilder> m_builder;
    std::unique_ptr<grpc::ServerCompletionQueue> m_unused;  // gRPC wants one for each server; nothing happens on it
    CompletionThread* m_completion = nullptr;
    RpcService m_service;
    grpc::AsyncGenericService m_unknown;
    std::unique_ptr<grpc::Server> m_server;
    std::atomic<int> m_unknownCalls{0};
};

}  // namespace raftarium::rpc
