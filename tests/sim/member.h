// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One member: a disk that stays, and a process that comes and goes. The process is the real loop, log writer's work,
// store and start-up code, driven by events instead of threads.
#pragma once

#include "cluster/node/loop/loop.h"
#include "cluster/storage/files/fault_file_system.h"
#include "cluster/storage/files/memory_file_system.h"
#include "tests/sim/network.h"
#include "tests/sim/sim_backend.h"

#include <memory>
#include <optional>
#include <string>

namespace raftarium::sim {

class Member {
public:
    Member(World& world, std::string name, node::Config config);
    ~Member();

    const std::string& name() const { return m_name; }
    const node::Config& config() const { return m_config; }
    bool up() const { return m_process != nullptr; }
    bool everStarted() const { return m_everStarted; }
    bool removed() const { return m_removed; }  // stopped itself because it was removed
    bool retired() const { return m_retired; }
    void retire() { m_retired = true; }  // the operator will not start it again
    // When the operator first saw that it is removed: now, or before.
    base::Nanoseconds foundRemovedAt(base::Nanoseconds now) {
        if (!m_foundRemovedAt) m_foundRemovedAt = now;
        return *m_foundRemovedAt;
    }
    std::uint64_t id() const { return m_id; }  // 0 until the first start
    std::uint64_t generation() const { return m_generation; }
    base::Nanoseconds upSince() const { return m_upSince; }

    void start(const node::Membership* existing = nullptr);
    // The first start of a member that was added to a running cluster, whose members are `existing`.
    void join(const node::Membership& existing);
    void crash(storage::CrashMode mode);
    // The machine dies at the n-th change of its disk from now.
    void crashAtDiskStep(std::uint64_t n) { m_crashAtStep = m_files.steps() + n; }
    // The next sync fails, as a broken disk's would.
    void failNextSync() { m_failSync = true; }
    void clearDiskFaults();
    void pause(base::Nanoseconds until) { m_pausedUntil = until; }
    void slowDisk(base::Nanoseconds until, base::Nanoseconds by) {
        m_slowUntil = until;
        m_slowBy = by;
    }

    // Runs in the process, soon.
    void call(std::function<void(node::Loop&)> work);
    void receive(raft::Message message, const node::MessageId& id);
    void propose(std::uint64_t requestId, std::string payload, node::ProposalDone done);
    void linearizableRead(node::ReadDone done);
    std::uint64_t nextRequestId();
    const mvcc::Store& store() const;
    node::NodeStatus status() const;
    std::shared_ptr<const node::Membership> membership() const;
    base::FileSystem& files() { return m_files; }
    std::string snapshotDirectory() const;
    bool dying() const { return m_dying; }
    void checkHash();

private:
    class Writer;
    class Transport;
    struct Process;

    void open(const node::Membership* existing);
    base::Status judge(const storage::FileStep& step);
    void wake();
    void stepAt(base::Nanoseconds when);
    void step(std::uint64_t generation, base::Nanoseconds when);
    void observe();
    void ended();
    base::Nanoseconds diskTime();
    void commitLater();
    void deliver(node::LogDone done);

    World& m_world;
    std::string m_name;
    node::Config m_config;
    std::uint64_t m_id = 0;
    storage::MemoryFileSystem m_disk;
    storage::FaultFileSystem m_files;
    std::shared_ptr<mvcc::MemoryBackend> m_database = std::make_shared<mvcc::MemoryBackend>();
    std::unique_ptr<Process> m_process;
    std::uint64_t m_generation = 0;
    bool m_everStarted = false;
    bool m_removed = false;
    bool m_retired = false;
    std::optional<base::Nanoseconds> m_foundRemovedAt;
    base::Nanoseconds m_upSince = 0;

    std::optional<std::uint64_t> m_crashAtStep;
    bool m_failSync = false;
    bool m_dying = false;  // the disk has failed under it; nothing it does now is seen
    bool m_diskFaultHit = false;
    base::Nanoseconds m_pausedUntil = 0;
    base::Nanoseconds m_slowUntil = 0;
    base::Nanoseconds m_slowBy = 0;

    base::Nanoseconds m_stepAt = 0;
    std::uint64_t m_requestId = 0;
    std::int64_t m_hashedRevision = 0;
};

}  // namespace raftarium::sim
