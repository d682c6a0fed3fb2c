// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Makes the log durable, in the order of submission: entries and hard state go into the WAL, snapshots into `.snap`
// files with a mark in the WAL. All work that waits is written together, with one write call and one fdatasync (group
// commit).
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/raft/message.h"
#include "cluster/storage/wal/wal.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace raftarium::node {

using SnapshotPtr = std::shared_ptr<const raft::Snapshot>;

// One MsgStorageAppend, or one snapshot of our own.
struct LogWrite {
    std::uint64_t order = 0;  // ascending; the submitter's
    std::vector<raft::Entry> entries;
    raft::HardState state;  // empty: unchanged
    bool sync = false;      // entries, term or vote: must be durable before `responses` are delivered
    std::vector<raft::Message> responses;
    SnapshotPtr received;    // from the leader: saved before the rest
    SnapshotPtr checkpoint;  // our own at an applied index: saved, then older segments and files are let go
};

struct LogDone {
    base::Status status;      // an error is final: nothing after it was written
    std::uint64_t order = 0;  // of the last write that is done
    std::vector<raft::Message> responses;
    storage::WalWritten written;
    bool synced = false;
    raft::Index lastIndex = 0;  // of the last entry written; 0 = none
    raft::Term lastTerm = 0;
    std::uint32_t entries = 0;
    base::Nanoseconds durationNs = 0;
    std::vector<SnapshotPtr> received;
    std::vector<SnapshotPtr> checkpoints;
};

struct LogFiles {
    base::FileSystem* fileSystem = nullptr;
    std::unique_ptr<storage::Wal> wal;
    std::string snapshotDirectory;
    std::size_t keepWals = 5;       // 0 = all
    std::size_t keepSnapshots = 5;  // 0 = all
};

// The work itself. On the WAL writer's thread; in the simulator on its only one.
class LogJob {
public:
    LogJob(LogFiles files, const base::Clock& clock) : m_files(std::move(files)), m_clock(clock) {}
    LogDone run(std::vector<LogWrite>& batch);
    base::Status close() { return m_files.wal->close(); }

private:
    base::Status save(const SnapshotPtr& snapshot);
    base::Status release(raft::Index index);

    LogFiles m_files;
    const base::Clock& m_clock;
};

class WalWriter {
public:
    virtual ~WalWriter() = default;
    virtual void submit(LogWrite write) = 0;  // raft loop
    // Finishes what is queued and closes the WAL; nothing is delivered afterwards. Not on the writer's own thread.
    virtual base::Status stop() = 0;
};

// submit() may be called from any thread. `deliver` is called on the writer's own thread.
class ThreadedWalWriter final : public WalWriter {
public:
    ThreadedWalWriter(LogFiles files, const base::Clock& clock, std::function<void(LogDone)> deliver);
    ~ThreadedWalWriter() override;
    void submit(LogWrite write) override;
    base::Status stop() override;
    // Ends without writing what is queued, as a crash would.
    void abandon();

private:
    void run();

    LogJob m_job;
    std::function<void(LogDone)> m_deliver;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<LogWrite> m_queue;
    bool m_urgent = false;
    bool m_stopping = false;
    bool m_abandoned = false;
    bool m_closed = false;
    std::thread m_thread;
};

}  // namespace raftarium::node
