// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/edge/rpc_service.h"

#include "cluster/rpc/edge/status.h"

#include <google/protobuf/message_lite.h>
#include <grpcpp/impl/rpc_service_method.h>

#include <utility>

namespace raftarium::rpc {
namespace {

using ServiceMethod = grpc::internal::RpcServiceMethod;
using RpcMethod = grpc::internal::RpcMethod;

std::string tooLargeText(std::size_t size, std::size_t limit) {
    return "grpc: received message larger than max (" + std::to_string(size) + " vs. " + std::to_string(limit) + ")";
}

}  // namespace

grpc::ByteBuffer toBuffer(const google::protobuf::MessageLite& message) {
    grpc::Slice slice(message.ByteSizeLong());
    message.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
    return {&slice, 1};
}

grpc::ByteBuffer toBuffer(std::string bytes) {
    constexpr std::size_t kCopyBelow = 1024;
    if (bytes.size() < kCopyBelow) {
        const grpc::Slice slice(bytes);
        return {&slice, 1};
    }
    auto* owned = new std::string(std::move(bytes));
    const grpc::Slice slice(
        owned->data(), owned->size(), [](void* data) { delete static_cast<std::string*>(data); }, owned);
    return {&slice, 1};
}

std::string_view contiguous(const grpc::ByteBuffer& buffer, grpc::Slice& holder) {
    if (!buffer.Valid()) return {};
    if (!buffer.TrySingleSlice(&holder).ok() && !buffer.DumpToSingleSlice(&holder).ok()) return {};
    return {reinterpret_cast<const char*>(holder.begin()), holder.size()};
}

// --- Unary ---------------------------------------------------------------------------------------------------------

struct UnaryCall::Method {
    std::size_t index = 0;
    int waiting = 1;
    RpcService::UnaryHandler handler;
    std::vector<std::unique_ptr<UnaryCall>> idle;
};

bool UnaryCall::parse(google::protobuf::MessageLite& message) {
    if (message.ParseFromArray(m_request.data(), static_cast<int>(m_request.size()))) return true;
    fail(grpc::Status(grpc::StatusCode::INTERNAL, "grpc: error unmarshalling request: the message is malformed"));
    return false;
}

void UnaryCall::wait() {
    m_service.m_liveCalls.fetch_add(1, std::memory_order_relaxed);
    m_state.store(State::waiting, std::memory_order_relaxed);
    m_context.emplace();
    m_writer.emplace(&*m_context);
    auto* queue = m_service.m_completion->queue();
    m_service.RequestAsyncUnary(static_cast<int>(m_method.index), &*m_context, &m_requestBuffer, &*m_writer, queue,
                                queue, static_cast<Tag*>(this));
}

void UnaryCall::complete(bool ok) {
    if (m_state.load(std::memory_order_acquire) == State::waiting) {
        if (!ok) {  // the server stops
            m_service.m_liveCalls.fetch_sub(1, std::memory_order_release);
            delete this;
            return;
        }
        // Another call object takes the place of this one in the queue before the handler runs.
        if (m_method.idle.empty()) {
            (new UnaryCall(m_service, m_method))->wait();
        } else {
            UnaryCall* next = m_method.idle.back().release();
            m_method.idle.pop_back();
            next->wait();
        }
        m_state.store(State::handling, std::memory_order_relaxed);
        m_request = contiguous(m_requestBuffer, m_requestSlice);
        const std::size_t limit = m_service.m_maxReceiveBytes;
        if (limit != 0 && m_request.size() > limit) {
            fail(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, tooLargeText(m_request.size(), limit)));
            return;
        }
        if (m_service.m_gate) {
            if (const grpc::Status status = m_service.m_gate(*m_context); !status.ok()) {
                fail(status);
                return;
            }
        }
        m_method.handler(*this);
        return;
    }
    // The call has ended: its resources are released, and the object waits for its next use.
    m_service.m_liveCalls.fetch_sub(1, std::memory_order_release);
    m_writer.reset();
    m_context.reset();
    m_requestBuffer.Clear();
    m_requestSlice = grpc::Slice();
    m_response.Clear();
    m_status = grpc::Status();
    constexpr std::size_t kIdleMax = 256;
    if (m_method.idle.size() < kIdleMax) {
        m_method.idle.emplace_back(this);
    } else {
        delete this;
    }
}

void UnaryCall::reply(grpc::ByteBuffer response) {
    m_response = std::move(response);
    if (m_service.m_completion->onThread()) {
        finish();
    } else {
        m_service.m_completion->answer(*this);
    }
}

void UnaryCall::fail(grpc::Status status) {
    m_status = std::move(status);
    m_response.Clear();
    if (m_service.m_completion->onThread()) {
        finish();
    } else {
        m_service.m_completion->answer(*this);
    }
}

void UnaryCall::fail(const base::Error& error) { fail(toStatus(error)); }

void UnaryCall::resume(std::function<void(UnaryCall&)> work) {
    m_work = std::move(work);
    m_service.m_completion->post(*this);
}

void UnaryCall::run() {
    if (m_work) {
        const auto work = std::exchange(m_work, nullptr);
        work(*this);
        return;
    }
    finish();
}

// Runs on any thread. The call may have ended, and the object may be in use again, before gRPC's function returns.
void UnaryCall::finish() {
    m_state.store(State::finishing, std::memory_order_release);
    if (m_status.ok()) {
        m_writer->Finish(m_response, m_status, static_cast<Tag*>(this));
    } else {
        m_writer->FinishWithError(m_status, static_cast<Tag*>(this));
    }
}

// --- Streams -------------------------------------------------------------------------------------------------------

struct RpcService::StreamMethod {
    std::size_t index = 0;
    StreamFactory make;
};

StreamCall::~StreamCall() {
    if (m_service != nullptr) m_service->m_liveCalls.fetch_sub(1, std::memory_order_release);
}

void StreamCall::wait(RpcService& service, std::size_t method, CompletionThread& completion) {
    service.m_liveCalls.fetch_add(1, std::memory_order_relaxed);
    m_service = &service;
    m_method = method;
    m_completion = &completion;
    m_stream.emplace(&m_context);
    const auto bind = [this](Event& event, void (StreamCall::*handler)(bool)) {
        event.call = this;
        event.handler = handler;
    };
    bind(m_accepted, &StreamCall::onAccepted);
    bind(m_read, &StreamCall::onRead);
    bind(m_write, &StreamCall::onWritten);
    bind(m_finish, &StreamCall::onFinished);
    bind(m_metadata, &StreamCall::onMetadata);
    bind(m_done, &StreamCall::onDone);
    m_context.AsyncNotifyWhenDone(static_cast<Tag*>(&m_done));
    const auto index = static_cast<int>(service.m_streams[method]->index);
    service.RequestAsyncBidiStreaming(index, &m_context, &*m_stream, completion.queue(), completion.queue(),
                                      static_cast<Tag*>(&m_accepted));
}

void StreamCall::onAccepted(bool ok) {
    if (!ok) {  // the server stops; no call came, so that none ends
        delete this;
        return;
    }
    m_pending = 1;  // m_done
    m_service->waitForStream(m_method);
    m_service->m_open.insert(this);
    if (m_service->m_gate) {
        if (grpc::Status status = m_service->m_gate(m_context); !status.ok()) {
            opened();
            finish(std::move(status));
            return;
        }
    }
    opened();
}

void StreamCall::sendInitialMetadata() {
    ++m_pending;
    m_stream->SendInitialMetadata(static_cast<Tag*>(&m_metadata));
}

void StreamCall::read() {
    ++m_pending;
    m_stream->Read(&m_incoming, static_cast<Tag*>(&m_read));
}

void StreamCall::write(const grpc::ByteBuffer& message, bool moreFollows) {
    m_writing = true;
    ++m_pending;
    grpc::WriteOptions options;
    // Writing a buffered message completes at once, but its headers do not. So the first message is not buffered.
    if (moreFollows && m_headersSent) options.set_buffer_hint();
    m_stream->Write(message, options, static_cast<Tag*>(&m_write));
}

void StreamCall::finish(grpc::Status status) {
    if (m_finishing || m_over) return;
    m_finishing = true;
    m_finishStatus = std::move(status);
    if (!m_writing) startFinish();
}

void StreamCall::startFinish() {
    ++m_pending;
    m_stream->Finish(*m_finishStatus, static_cast<Tag*>(&m_finish));
}

std::string StreamCall::metadata(std::string_view key) const {
    const auto& all = m_context.client_metadata();
    const auto found = all.find(grpc::string_ref(key.data(), key.size()));
    if (found == all.end()) return {};
    return {found->second.data(), found->second.size()};
}

void StreamCall::onRead(bool ok) {
    if (ok) {
        grpc::Slice holder;
        const std::string_view message = contiguous(m_incoming, holder);
        const std::size_t limit = m_service->m_maxReceiveBytes;
        if (limit != 0 && message.size() > limit) {
            finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, tooLargeText(message.size(), limit)));
        } else if (!m_finishing) {
            received(message);
        }
    } else {
        halfClosed();
    }
    leave();
}

void StreamCall::onWritten(bool ok) {
    m_writing = false;
    m_headersSent = true;
    if (m_finishing) {
        startFinish();
    } else if (ok) {
        written();
    } else {
        failedWrite();
    }
    leave();
}

void StreamCall::onFinished(bool) { leave(); }

void StreamCall::onMetadata(bool) { leave(); }

void StreamCall::onDone(bool) {
    m_over = true;
    m_service->m_open.erase(this);
    cancelled();
    leave();
}

void StreamCall::leave() {
    if (--m_pending == 0 && m_over) release();
}

// --- Service -------------------------------------------------------------------------------------------------------

RpcService::RpcService() = default;
RpcService::~RpcService() = default;

void RpcService::addUnary(const char* path, UnaryHandler handler, int waiting) {
    AddMethod(new ServiceMethod(path, RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRaw(static_cast<int>(m_methodCount));
    m_unary.push_back(std::make_unique<UnaryCall::Method>());
    m_unary.back()->index = m_methodCount++;
    m_unary.back()->waiting = waiting;
    m_unary.back()->handler = std::move(handler);
}

void RpcService::addStream(const char* path, StreamFactory make) {
    AddMethod(new ServiceMethod(path, RpcMethod::BIDI_STREAMING, nullptr));
    MarkMethodRaw(static_cast<int>(m_methodCount));
    m_streams.push_back(std::make_unique<StreamMethod>());
    m_streams.back()->index = m_methodCount++;
    m_streams.back()->make = std::move(make);
}

void RpcService::finishStreams(const std::function<bool(const grpc::ServerContext&)>& whose,
                               const grpc::Status& status) {
    for (StreamCall* stream : m_open) {
        if (whose(stream->m_context)) stream->finish(status);
    }
}

void RpcService::serve(CompletionThread& completion) {
    m_completion = &completion;
    for (auto& method : m_unary) {
        for (int i = 0; i < method->waiting; ++i) (new UnaryCall(*this, *method))->wait();
    }
    for (std::size_t i = 0; i < m_streams.size(); ++i) waitForStream(i);
}

void RpcService::waitForStream(std::size_t index) {
    m_streams[index]->make().release()->wait(*this, index, *m_completion);
}

}  // namespace raftarium::rpc
