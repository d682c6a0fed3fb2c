// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The sending end of a Peer.Messages stream: opens it, writes batches, notices its end. One object for each attempt.
#pragma once

#include "cluster/rpc/edge/completion_thread.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace raftarium::rpc {

struct StreamIdentity {
    std::uint64_t clusterId = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t incarnation = 0;
    bool firstStart = false;  // see NodeStatus
};
inline constexpr const char* kMessagesMethod = "/raftarium.peer.v1.Peer/Messages";
inline constexpr const char* kForwardMethod = "/raftarium.peer.v1.Peer/Forward";
inline constexpr const char* kMembersMethod = "/raftarium.peer.v1.Peer/Members";
inline constexpr const char* kClusterIdKey = "x-cluster-id";
inline constexpr const char* kFromKey = "x-from";
inline constexpr const char* kToKey = "x-to";
inline constexpr const char* kIncarnationKey = "x-incarnation";
inline constexpr const char* kFirstStartKey = "x-first-start";
inline constexpr const char* kVersionKey = "x-version";

// Added to the metadata of a call.
void addIdentity(grpc::ClientContext& context, const StreamIdentity& identity);

// A channel to a peer URL that reconnects quickly and uses no proxy. Null if the kind of URL is not supported.
std::shared_ptr<grpc::Channel> openPeerChannel(const std::string& url);

// Opened and ended on the completion thread. `mutex` guards it: it must be held for write() and writable(), and is held
// during callbacks. The object deletes itself before it calls `ended`.
class PeerStream {
public:
    struct Callbacks {
        std::function<void()> connected;                 // the peer accepted the stream
        std::function<void()> writable;                  // after `connected` and after each write
        std::function<void(const grpc::Status&)> ended;  // the last callback
    };
    static PeerStream* open(CompletionThread& completion, const std::shared_ptr<grpc::Channel>& channel,
                            const StreamIdentity& identity, std::mutex& mutex, Callbacks callbacks);

    bool connected() const { return m_connected; }
    bool writable() const { return m_connected && !m_writing && !m_failed; }
    void write(const grpc::ByteBuffer& batch);
    void cancel() { m_context.TryCancel(); }

private:
    struct Event final : Tag {
        void complete(bool ok) override {
            const std::lock_guard lock(stream->m_mutex);
            (stream->*handler)(ok);
        }
        PeerStream* stream = nullptr;
        void (PeerStream::*handler)(bool) = nullptr;
    };
    PeerStream(CompletionThread& completion, const std::shared_ptr<grpc::Channel>& channel,
               const StreamIdentity& identity, std::mutex& mutex, Callbacks callbacks);
    ~PeerStream() = default;
    void onStarted(bool ok);
    void onMetadata(bool ok);
    void onRead(bool ok);
    void onWritten(bool ok);
    void onFinished(bool ok);
    void leave(bool ok);

    std::mutex& m_mutex;
    Callbacks m_callbacks;
    grpc::ClientContext m_context;
    grpc::GenericStub m_stub;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> m_stream;
    grpc::ByteBuffer m_incoming;
    grpc::Status m_status;
    Event m_startEvent, m_metadataEvent, m_readEvent, m_writeEvent, m_finishEvent;
    int m_pending = 0;
    bool m_connected = false;
    bool m_writing = false;
    bool m_failed = false;
    bool m_finishing = false;
};

}  // namespace raftarium::rpc
