// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Sends Peer.Snapshot: a MsgSnap, then the content of the store from a file, in chunks as the receiver takes them. The
// last chunk has the SHA-256 of the content.
#pragma once

#include "cluster/rpc/peers/peer_stream.h"

#include <openssl/evp.h>

namespace raftarium::rpc {

inline constexpr const char* kSnapshotMethod = "/raftarium.peer.v1.Peer/Snapshot";

// Completion thread only. Deletes itself after it called `done`, with true if the receiver accepted everything.
class SnapshotSender {
public:
    static SnapshotSender* open(CompletionThread& completion, const std::shared_ptr<grpc::Channel>& channel,
                                const StreamIdentity& identity, std::string message, std::uint64_t counter,
                                const std::string& path, std::function<void(bool)> done);
    void cancel() { m_context.TryCancel(); }

private:
    struct Event final : Tag {
        void complete(bool ok) override { (sender->*handler)(ok); }
        SnapshotSender* sender = nullptr;
        void (SnapshotSender::*handler)(bool) = nullptr;
    };
    explicit SnapshotSender(const std::shared_ptr<grpc::Channel>& channel);
    ~SnapshotSender();
    void onStep(bool ok);  // the stream started, or a chunk was taken
    void onFinished(bool ok);
    bool nextChunk(std::string& out);  // false if the file cannot be read
    void finish();

    grpc::ClientContext m_context;
    grpc::GenericStub m_stub;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> m_stream;
    Event m_step, m_finish;
    grpc::Status m_status;
    std::function<void(bool)> m_done;
    EVP_MD_CTX* m_digest = nullptr;
    std::string m_message;
    std::uint64_t m_counter = 0;
    int m_file = -1;
    std::uint64_t m_total = 0;
    std::uint64_t m_sent = 0;
    bool m_first = true;
    bool m_lastWritten = false;
    bool m_writesDone = false;
};

}  // namespace raftarium::rpc
