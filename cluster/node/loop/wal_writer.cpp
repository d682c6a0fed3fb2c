// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/loop/wal_writer.h"

#include "cluster/storage/snapshot/snapshot_files.h"

#include <algorithm>

namespace raftarium::node {

base::Status LogJob::save(const SnapshotPtr& snapshot) {
    if (auto status = storage::saveSnapshotFile(*m_files.fileSystem, m_files.snapshotDirectory, *snapshot); !status)
        return status;
    m_files.wal->appendSnapshotMark({snapshot->metadata.index, snapshot->metadata.term, snapshot->metadata.confState});
    const auto flushed = m_files.wal->flush(true);
    return flushed ? base::Status() : base::Status(flushed.error());
}

base::Status LogJob::release(raft::Index index) {
    if (m_files.keepWals > 0) {
        if (auto status = m_files.wal->release(index, m_files.keepWals); !status) return status;
    }
    if (m_files.keepSnapshots == 0) return {};
    return storage::purgeSnapshotFiles(*m_files.fileSystem, m_files.snapshotDirectory, m_files.keepSnapshots);
}

LogDone LogJob::run(std::vector<LogWrite>& batch) {
    LogDone done;
    const base::Nanoseconds start = m_clock.monotonicNow();
    for (LogWrite& write : batch) {
        done.order = std::max(done.order, write.order);
        if (write.received) {
            if (done.status = save(write.received); !done.status) return done;
            done.received.push_back(std::move(write.received));
        }
        if (!write.entries.empty() || !write.state.empty()) m_files.wal->append(write.entries, write.state);
        if (!write.entries.empty()) {
            done.lastIndex = write.entries.back().index;
            done.lastTerm = write.entries.back().term;
            done.entries += static_cast<std::uint32_t>(write.entries.size());
        }
        done.synced |= write.sync;
        for (raft::Message& response : write.responses) done.responses.push_back(std::move(response));
    }
    if (done.synced) {
        auto flushed = m_files.wal->flush(true);
        if (!flushed) {
            done.status = flushed.error();
            return done;
        }
        done.written = *flushed;
    }
    done.durationNs = m_clock.monotonicNow() - start;
    for (LogWrite& write : batch) {
        if (!write.checkpoint) continue;
        if (done.status = save(write.checkpoint); !done.status) return done;
        if (done.status = release(write.checkpoint->metadata.index); !done.status) return done;
        done.checkpoints.push_back(std::move(write.checkpoint));
    }
    return done;
}

ThreadedWalWriter::ThreadedWalWriter(LogFiles files, const base::Clock& clock, std::function<void(LogDone)> deliver)
    : m_job(std::move(files), clock), m_deliver(std::move(deliver)), m_thread([this] { run(); }) {}

ThreadedWalWriter::~ThreadedWalWriter() { static_cast<void>(stop()); }

void ThreadedWalWriter::submit(LogWrite write) {
    // A commit index alone waits for the next write that has to reach the disk: it can be learned again.
    const bool urgent = write.sync || !write.responses.empty() || write.received || write.checkpoint;
    {
        const std::lock_guard lock(m_mutex);
        m_queue.push_back(std::move(write));
        if (!urgent) return;
        m_urgent = true;
    }
    // Once the lock is free: else the thread wakes only to wait for it.
    m_wake.notify_one();
}

void ThreadedWalWriter::run() {
    std::vector<LogWrite> batch;
    bool failed = false;
    for (;;) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_urgent || m_stopping; });
            if (m_abandoned || (m_stopping && m_queue.empty())) return;
            batch.swap(m_queue);
            m_urgent = false;
        }
        if (!failed) {
            LogDone done = m_job.run(batch);
            failed = !done.status.ok();
            m_deliver(std::move(done));
        }
        batch.clear();
    }
}

base::Status ThreadedWalWriter::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_wake.notify_one();
    }
    if (m_thread.joinable()) m_thread.join();
    if (m_closed || m_abandoned) return {};
    m_closed = true;
    return m_job.close();
}

void ThreadedWalWriter::abandon() {
    {
        const std::lock_guard lock(m_mutex);
        m_abandoned = true;
        m_stopping = true;
        m_wake.notify_one();
    }
    if (m_thread.joinable()) m_thread.join();
}

}  // namespace raftarium::node
