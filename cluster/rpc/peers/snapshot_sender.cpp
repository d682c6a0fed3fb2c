// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/peers/snapshot_sender.h"

#include "cluster/rpc/edge/rpc_service.h"
#include "proto/raftarium/peer.pb.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace raftarium::rpc {
namespace {

constexpr std::size_t kChunkBytes = 256 << 10;

}  // namespace

SnapshotSender::SnapshotSender(const std::shared_ptr<grpc::Channel>& channel) : m_stub(channel) {}

SnapshotSender::~SnapshotSender() {
    if (m_file >= 0) close(m_file);
    EVP_MD_CTX_free(m_digest);
}

SnapshotSender* SnapshotSender::open(CompletionThread& completion, const std::shared_ptr<grpc::Channel>& channel,
                                     const StreamIdentity& identity, std::string message, std::uint64_t counter,
                                     const std::string& path, std::function<void(bool)> done) {
    auto* sender = new SnapshotSender(channel);
    struct stat info = {};
    sender->m_file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (sender->m_file < 0 || fstat(sender->m_file, &info) != 0) {
        delete sender;
        done(false);
        return nullptr;
    }
    sender->m_total = static_cast<std::uint64_t>(info.st_size);
    sender->m_message = std::move(message);
    sender->m_counter = counter;
    sender->m_done = std::move(done);
    sender->m_digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(sender->m_digest, EVP_sha256(), nullptr);
    sender->m_step.sender = sender->m_finish.sender = sender;
    sender->m_step.handler = &SnapshotSender::onStep;
    sender->m_finish.handler = &SnapshotSender::onFinished;
    addIdentity(sender->m_context, identity);
    sender->m_stream = sender->m_stub.PrepareCall(&sender->m_context, kSnapshotMethod, completion.queue());
    sender->m_stream->StartCall(static_cast<Tag*>(&sender->m_step));
    return sender;
}

bool SnapshotSender::nextChunk(std::string& out) {
    peer::v1::SnapshotChunk chunk;
    if (std::exchange(m_first, false)) {
        chunk.set_message(m_message);
        chunk.set_counter(m_counter);
        chunk.set_total_bytes(m_total);
    }
    std::string& data = *chunk.mutable_data();
    data.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, m_total - m_sent)));
    std::size_t have = 0;
    while (have < data.size()) {
        const ssize_t got = pread(m_file, data.data() + have, data.size() - have, static_cast<off_t>(m_sent + have));
        if (got <= 0) return false;
        have += static_cast<std::size_t>(got);
    }
    EVP_DigestUpdate(m_digest, data.data(), data.size());
    m_sent += data.size();
    if (m_sent == m_total) {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        EVP_DigestFinal_ex(m_digest, digest, &size);
        chunk.set_sha256(digest, size);
        m_lastWritten = true;
    }
    out = chunk.SerializeAsString();
    return true;
}

void SnapshotSender::onStep(bool ok) {
    if (!ok || m_writesDone) return finish();
    if (m_lastWritten) {
        m_writesDone = true;
        m_stream->WritesDone(static_cast<Tag*>(&m_step));
        return;
    }
    std::string chunk;
    if (!nextChunk(chunk)) {
        m_context.TryCancel();
        return finish();
    }
    m_stream->Write(toBuffer(std::move(chunk)), static_cast<Tag*>(&m_step));
}

void SnapshotSender::finish() { m_stream->Finish(&m_status, static_cast<Tag*>(&m_finish)); }

void SnapshotSender::onFinished(bool) {
    const auto done = std::move(m_done);
    const bool accepted = m_status.ok() && m_writesDone;
    delete this;
    done(accepted);
}

}  // namespace raftarium::rpc
