// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/peers/snapshot_receiver.h"

#include "cluster/base/coding.h"
#include "cluster/rpc/peers/peer_service.h"
#include "cluster/rpc/peers/peer_stream.h"
#include "cluster/rpc/peers/snapshot_sender.h"
#include "cluster/wire/message_codec.h"
#include "proto/raftarium/peer.pb.h"

#include <openssl/evp.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace raftarium::rpc {
namespace {

using grpc::StatusCode;

class SnapshotStream final : public StreamCall {
public:
    SnapshotStream(const ApiContext& context, WorkThread& work) : m_context(context), m_work(work) {}
    ~SnapshotStream() override {
        if (m_file >= 0) close(m_file);
        if (!m_path.empty()) unlink(m_path.c_str());
        EVP_MD_CTX_free(m_digest);
    }

private:
    void opened() override {
        if (finished()) return;
        const PeerMetadata said{
            metadata(kClusterIdKey), metadata(kFromKey), metadata(kToKey), metadata(kIncarnationKey), {}};
        if (const grpc::Status status = checkPeer(said, m_context.node(), m_peer); !status.ok()) return finish(status);
        read();
    }
    void received(std::string_view bytes) override {
        peer::v1::SnapshotChunk chunk;
        if (!chunk.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
            return refuse("a chunk does not parse");
        if (m_file < 0 && !begin(chunk)) return;
        if (m_received + chunk.data().size() > m_total) return refuse("more bytes than announced");
        if (!append(chunk.data())) return;
        if (chunk.sha256().empty()) return read();
        complete(chunk.sha256());
    }
    void halfClosed() override {
        if (!m_completing) refuse("the stream ended before the last chunk");
    }
    void written() override {}
    void release() override {
        m_released = true;
        if (!m_completing) delete this;
    }

    bool begin(const peer::v1::SnapshotChunk& first) {
        base::Result<raft::Message> message = wire::decodeMessage(first.message());
        if (!message || message->type != raft::MessageType::snap || message->from != m_peer.from) {
            refuse("the first chunk does not hold the sender's MsgSnap");
            return false;
        }
        m_message = std::move(*message);
        m_counter = first.counter();
        m_total = first.total_bytes();
        static std::atomic<std::uint64_t> serial{0};
        m_path = m_context.node().snapshotDirectory() + "/tmp-received-" + base::hexId(m_peer.from) + "-" +
                 std::to_string(getpid()) + "-" + std::to_string(++serial);
        m_file = ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (m_file < 0) {
            fail(StatusCode::RESOURCE_EXHAUSTED, "cannot create " + m_path + ": " + std::strerror(errno));
            m_path.clear();
            return false;
        }
        m_digest = EVP_MD_CTX_new();
        EVP_DigestInit_ex(m_digest, EVP_sha256(), nullptr);
        return true;
    }
    bool append(std::string_view data) {
        EVP_DigestUpdate(m_digest, data.data(), data.size());
        m_received += data.size();
        while (!data.empty()) {
            const ssize_t done = ::write(m_file, data.data(), data.size());
            if (done <= 0) {
                fail(StatusCode::RESOURCE_EXHAUSTED, "cannot write " + m_path + ": " + std::strerror(errno));
                return false;
            }
            data.remove_prefix(static_cast<std::size_t>(done));
        }
        return true;
    }
    void complete(const std::string& expected) {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        EVP_DigestFinal_ex(m_digest, digest, &size);
        if (m_received != m_total || expected != std::string_view(reinterpret_cast<const char*>(digest), size)) {
            fail(StatusCode::DATA_LOSS, "the content does not match its SHA-256");
            return;
        }
        m_completing = true;
        m_work.run([this] {
            const bool synced = fdatasync(m_file) == 0;
            const std::string why = synced ? std::string() : std::strerror(errno);
            completion().post([this, synced, why] {
                m_completing = false;
                if (synced) {
                    m_context.node().post([message = std::move(m_message),
                                           id = node::MessageId{m_peer.from, m_peer.incarnation, m_counter},
                                           path = std::exchange(m_path, {})](node::RaftLoop& raft) {
                        raft.receiveSnapshot(message, id, path);
                    });
                    finish(grpc::Status::OK);
                } else {
                    fail(StatusCode::RESOURCE_EXHAUSTED, "cannot sync " + m_path + ": " + why);
                }
                if (m_released) release();
            });
        });
    }
    void refuse(const char* why) { fail(StatusCode::INVALID_ARGUMENT, why); }
    void fail(StatusCode code, const std::string& why) { finish({code, "snapshot: " + why}); }

    const ApiContext& m_context;
    WorkThread& m_work;
    PeerIdentity m_peer;
    raft::Message m_message;
    std::uint64_t m_counter = 0;
    std::uint64_t m_total = 0;
    std::uint64_t m_received = 0;
    std::string m_path;
    int m_file = -1;
    EVP_MD_CTX* m_digest = nullptr;
    bool m_completing = false;
    bool m_released = false;
};

}  // namespace

void registerSnapshotMethod(RpcService& service, const ApiContext& context, WorkThread& work) {
    service.addStream(kSnapshotMethod, [&context, &work] { return std::make_unique<SnapshotStream>(context, work); });
}

}  // namespace raftarium::rpc
