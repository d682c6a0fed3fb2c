// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A gRPC service as a table of methods that exchange bytes. Handlers decide how to read a request and write a reply, so
// that frequent requests are read in place and forwarded without building messages. A unary call has a handler; every
// kind of stream is a StreamCall. All handlers run on the completion thread.
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

// The bytes of a message as a buffer. A large string is moved into it, not copied.
grpc::ByteBuffer toBuffer(const google::protobuf::MessageLite& message);
grpc::ByteBuffer toBuffer(std::string bytes);
// The bytes of the buffer in one piece. `holder` owns them.
std::string_view contiguous(const grpc::ByteBuffer& buffer, grpc::Slice& holder);

// One unary call. The handler calls reply() or fail() exactly once, at once or later, on any thread.
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
    // Runs on the completion thread, for handlers that continue there after another thread has answered.
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
    // Threads use it one after the other, ordered by gRPC. It is atomic because the thread sanitizer does not see that
    // order.
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

// One streaming call. The object exists from the client's opening until after the last event; then it deletes itself,
// or release() does. All virtual functions run on the completion thread.
class StreamCall {
public:
    virtual ~StreamCall();

protected:
    // The stream is open. Reading starts with read().
    virtual void opened() = 0;
    virtual void received(std::string_view message) = 0;  // read() asks for the next one
    virtual void halfClosed() = 0;                        // the client will send no more, or is disconnected
    virtual void written() = 0;                           // the last write() is done, and the next one is allowed
    virtual void failedWrite() {}                         // the client is disconnected; cancelled() follows
    virtual void cancelled() {}  // the call has ended: by the client, its connection, or finish()
    // The call has ended and no event is pending. The default deletes the object.
    virtual void release() { delete this; }

    void sendInitialMetadata();  // at once, before the first write
    void read();
    void write(const grpc::ByteBuffer& message, bool moreFollows = false);  // one at a time
    void finish(grpc::Status status);  // after the write in progress; only the first finish() counts
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
    int m_pending = 0;                           // pending events
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

    // `path` is a literal "/package.Service/Method". The server is ready for `waiting` calls at a time. Call it before
    // the server starts.
    void addUnary(const char* path, UnaryHandler handler, int waiting = 1);
    void addStream(const char* path, StreamFactory make);
    // Larger messages are refused with etcd's text; 0 = no limit.
    void setMaxReceiveBytes(std::size_t bytes) { m_maxReceiveBytes = bytes; }
    // If set, it is called for every call; an error ends the call.
    using Gate = std::function<grpc::Status(const grpc::ServerContext&)>;
    void setGate(Gate gate) { m_gate = std::move(gate); }
    // Ends the open streams of these callers. Completion thread.
    void finishStreams(const std::function<bool(const grpc::ServerContext&)>& whose, const grpc::Status& status);
    // Asks for the first calls. After the server has started; on the completion thread or before that runs.
    void serve(CompletionThread& completion);
    // Calls that wait or are being handled. After the shutdown of the server it falls to 0; then the completion thread
    // may end.
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
