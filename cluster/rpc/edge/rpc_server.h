// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A gRPC server on a completion thread: its listeners and its table of methods. It ends in steps, because calls in
// progress need the node and the completion thread until they are answered.
#pragma once

#include "cluster/rpc/edge/rpc_service.h"

#include <grpcpp/generic/async_generic_service.h>

#include <memory>
#include <string>
#include <vector>

namespace raftarium::rpc {

struct Listener {
    std::string flag;  // the flag it comes from, for errors
    std::string url;   // http://host:port or unix:///path
};

class RpcServer {
public:
    RpcServer();
    ~RpcServer();

    RpcService& service() { return m_service; }
    // Makes a completion thread on a queue of this server, for this server and others. Call it before any start().
    std::unique_ptr<CompletionThread> makeCompletionThread(const char* threadName);

    // The methods must be registered before. Errors name the flag and the URL; then nothing listens.
    base::Status start(const std::vector<Listener>& listeners, CompletionThread& completion);
    // Accepts no new calls. Calls in progress may end until the deadline, and are canceled then.
    void stopAccepting(base::Nanoseconds grace);
    // Waits until the last call is answered. False if that does not happen in time. The completion thread may be shut
    // down only after all servers have ended.
    bool end(base::Nanoseconds within);

private:
    class UnknownMethod;

    std::unique_ptr<grpc::ServerBuilder> m_builder;
    std::unique_ptr<grpc::ServerCompletionQueue> m_unused;  // gRPC needs one for each server; it is not used
    CompletionThread* m_completion = nullptr;
    RpcService m_service;
    grpc::AsyncGenericService m_unknown;
    std::unique_ptr<grpc::Server> m_server;
    std::atomic<int> m_unknownCalls{0};
};

}  // namespace raftarium::rpc
