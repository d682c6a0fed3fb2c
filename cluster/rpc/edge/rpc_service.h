// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A gRPC service as a table of methods that exchange bytes: handlers decide how to read a request and write a reply, so
// the hot path reads in place and forwards a client's bytes without building messages. Unary calls take their handler;
// every kind of stream is served as a StreamCall. All handlers run on the completion thread.
#pragma once

#include "cluster/base/result.h"
#include "cluster/rpc/edge/completion_thread.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/async_unary_call.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class MessageLite;
}

namespace raftarium::rpc {

class RpcService;

// A message's bytes in one buffer; takes the string over without copying if it is large.
grpc::ByteBuffer toBuffer(const google::protobuf::MessageLite& message);
grpc::ByteBuffer toBuffer(std::string bytes);
// The buffer's bytes in one piece; `holder` keeps them alive.
std::string_view contiguous(const grpc::ByteBuffer& buffer, grpc::Slice& holder);

// One unary call. The handler ends it with reply() or fail(), at once or later, from any thread, exactly once.
class UnaryCall final : Tag, Task {
public:
    std::string_view request() const { return m_request; }
    // Fails the call and returns false if the request does not parse.
    bool parse(google::protobuf::MessageLite& message);
    const grpc::ServerContext& context() const { return *m_context; }

    void reply(grpc::ByteBuffer response);
    void reply(const google::protobuf::MessageLite& message) { reply(toBuffer(message)); }
    void fail(grpc::Status status);
    void fail(const base::Error& error);
    // Runs on the completion thread; for handlers that go on there after waiting for another thread.
    void resume(std::function<void(UnaryCall&)> work);

private:
    friend class RpcService;
    struct Method;
    enum class State : std::uint8_t { waiting, handling, finishing };

    UnaryCall(RpcService& service, Method& method) : m_service(service), m_method(method) {}
    void wait();
    void complete(bool ok) override;
    void run() override;
    void finish();

    RpcService& m_service;
    Method& m_method;
    // gRPC orders the threads that use it one after the other; it is atomic for the sanitizer, which cannot see that.
    std::atomic<State> m_state{State::waiting};
    std::optional<grpc::ServerContext> m_context;
    std::optional<grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>> m_writer;
    grpc::ByteBuffer m_requestBuffer;
    grpc::Slice m_requestSlice;
    std::string_view m_request;
    grpc::ByteBuffer m_response;
    grpc::Status m_status;
    std::function<void(UnaryCall&)> m_work;
};

// One streaming call: the object lives from the client's opening until after the last event, then deletes itself (or is
// deleted by release()). All virtual functions run on the completion thread.
class StreamCall {
public:
    virtual ~StreamCall();

protected:
    // The stream is open. Reading starts with read().
    virtual void opened() = 0;
    virtual void received(std::string_view message) = 0;  // ask for the next one with read()
    virtual void halfClosed() = 0;                        // the client sends nothing more, or is gone
    virtual void written() = 0;                           // the last write() is done; the next one is allowed
    virtual void failedWrite() {}                         // the client is gone; cancelled() follows
    virtual void cancelled() {}  // the call is over: by the client, its connection, or finish()
    // All is over and no event is pending. The default deletes the object.
    virtual void release() { delete this; }

    void sendInitialMetadata();  // at once, before the first write
    void read();
    void write(const grpc::ByteBuffer& message, bool moreFollows = false);  // one at a time
    void finish(grpc::Status status);  // after the write in flight; the first one counts
    bool writing() const { return m_writing; }
    bool finished() const { return m_finishing; }
    const grpc::ServerContext& context() const { return m_context; }
    grpc::ServerContext& context() { return m_context; }
    CompletionThread& completion() { return *m_completion; }
    std::string metadata(std::string_view key) const;  // empty if absent

private:
    friend class RpcService;
    struct Event final : Tag {
        void complete(bool ok) override { (call->*handler)(ok); }
        StreamCall* call = nullptr;
        void (StreamCall::*handler)(bool) = nullptr;
    };
    void wait(RpcService& service, std::size_t method, CompletionThread& completion);
    void onAccepted(bool ok);
    void onRead(bool ok);
    void onWritten(bool ok);
    void onFinished(bool ok);
    void onMetadata(bool ok);
    void startFinish();
    void onDone(bool ok);
    void leave();

    RpcService* m_service = nullptr;
    std::size_t m_method = 0;
    CompletionThread* m_completion = nullptr;
    grpc::ServerContext m_context;
    std::optional<grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> m_stream;
    grpc::ByteBuffer m_incoming;
    Event m_accepted, m_read, m_write, m_finish, m_metadata, m_done;
    int m_pending = 0;                           // events that will still come
    std::optional<grpc::Status> m_finishStatus;  // waits for the last write
    bool m_writing = false;
    bool m_headersSent = false;
    bool m_finishing = false;
    bool m_over = false;  // m_done arrived
};

class RpcService final : public grpc::Service {
public:
    using UnaryHandler = std::function<void(UnaryCall&)>;
    using StreamFactory = std::function<std::unique_ptr<StreamCall>()>;

    RpcService();
    ~RpcService() override;

    // `path` = "/package.Service/Method", a literal. `waiting` calls are asked for in advance. Before the server
    // starts.
    void addUnary(const char* path, UnaryHandler handler, int waiting = 1);
    void addStream(const char* path, StreamFactory make);
    // Messages over this are refused with etcd's text; 0 = no limit.
    void setMaxReceiveBytes(std::size_t bytes) { m_maxReceiveBytes = bytes; }
    // Asked of every call when set; an error ends the call with it.
    using Gate = std::function<grpc::Status(const grpc::ServerContext&)>;
    void setGate(Gate gate) { m_gate = std::move(gate); }
    // Ends the open streams of those callers. Completion thread.
    void finishStreams(const std::function<bool(const grpc::ServerContext&)>& whose, const grpc::Status& status);
    // After the server has started, on the completion thread or before there is one: asks for the first calls.
    void serve(CompletionThread& completion);
    // Calls that wait or are being handled. Once the server is shut down it falls to 0; only then may the
    // completion thread end.
    int liveCalls() const { return m_liveCalls.load(std::memory_order_acquire); }

private:
    friend class UnaryCall;
    friend class StreamCall;
    struct StreamMethod;
    void waitForStream(std::size_t index);

    CompletionThread* m_completion = nullptr;
    std::vector<std::unique_ptr<UnaryCall::Method>> m_unary;
    std::vector<std::unique_ptr<StreamMethod>> m_streams;
    std::size_t m_methodCount = 0;
    std::size_t m_maxReceiveBytes = 0;
    Gate m_gate;
    std::set<StreamCall*> m_open;
    std::atomic<int> m_liveCalls{0};
};

}  // namespace raftarium::rpc
