// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/database_snapshot.h"

#include "cluster/rpc/edge/status.h"
#include "cluster/storage/snapshot/snapshot_database.h"

#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace raftarium::rpc {
namespace {

constexpr std::uint64_t kChunkBytes = 32 << 10;

// A start after a crash removes files of this name.
std::string newPath(const node::Node& node) {
    static std::atomic<std::uint64_t> counter{0};
    return node.snapshotDirectory() + "/tmp.database." + std::to_string(++counter);
}

class SnapshotStream final : public StreamCall {
public:
    SnapshotStream(const ApiContext& context, WorkThread& work) : m_context(context), m_work(work) {}
    ~SnapshotStream() override {
        if (m_file >= 0) close(m_file);
    }

private:
    void opened() override {
        if (!finished()) read();
    }
    void received(std::string_view) override {
        if (std::exchange(m_asked, true)) return;
        // A learner serves this, too, as in etcd since 3.5. etcd 3.4.23 refuses it with a code that etcdctl takes for a
        // temporary error: it retries for ever.
        m_writingFile = true;
        m_work.run([this] {
            const std::string path = newPath(m_context.node());
            const base::Result<std::uint64_t> size = m_context.node().writeSnapshot(path);
            // The file has no name any more, so that it disappears with the stream in any case.
            const int file = size ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : -1;
            unlink(path.c_str());
            grpc::Status status;
            if (!size) {
                status = toStatus(size.error());
            } else if (file < 0) {
                status = {grpc::StatusCode::INTERNAL, "the snapshot file " + path + " cannot be opened again"};
            }
            const std::uint64_t bytes = size ? *size : 0;
            completion().post([this, file, bytes, status] { written(file, bytes, status); });
        });
    }
    void halfClosed() override {
        if (!m_asked && !finished()) finish({grpc::StatusCode::INTERNAL, "one SnapshotRequest is expected"});
    }
    void written() override { sendNext(); }
    void release() override {
        m_released = true;
        if (!m_writingFile) delete this;
    }

    void written(int file, std::uint64_t bytes, const grpc::Status& status) {
        m_writingFile = false;
        m_file = file;
        m_databaseBytes = bytes;
        if (m_released) {
            delete this;
            return;
        }
        if (!status.ok()) return finish(status);
        sendNext();
    }

    // The hash is a piece of its own. remaining_bytes counts the bytes of the database only.
    void sendNext() {
        if (finished()) return;
        const std::uint64_t end = m_databaseBytes + storage::kSnapshotHashBytes;
        if (m_sent == end) return finish(grpc::Status::OK);
        const std::uint64_t until = m_sent < m_databaseBytes ? std::min(m_sent + kChunkBytes, m_databaseBytes) : end;
        etcdserverpb::SnapshotResponse response;
        std::string& blob = *response.mutable_blob();
        blob.resize(static_cast<std::size_t>(until - m_sent));
        if (pread(m_file, blob.data(), blob.size(), static_cast<off_t>(m_sent)) != static_cast<ssize_t>(blob.size())) {
            return finish(
                {grpc::StatusCode::INTERNAL, "the snapshot file cannot be read at byte " + std::to_string(m_sent)});
        }
        m_sent = until;
        response.set_remaining_bytes(m_databaseBytes - std::min(m_sent, m_databaseBytes));
        write(toBuffer(response));
    }

    const ApiContext& m_context;
    WorkThread& m_work;
    int m_file = -1;
    std::uint64_t m_databaseBytes = 0;
    std::uint64_t m_sent = 0;
    bool m_asked = false;
    bool m_writingFile = false;
    bool m_released = false;
};

}  // namespace

void registerDatabaseSnapshot(RpcService& service, const ApiContext& context, WorkThread& work) {
    service.addStream("/etcdserverpb.Maintenance/Snapshot",
                      [&context, &work] { return std::make_unique<SnapshotStream>(context, work); });
}

}  // namespace raftarium::rpc
