// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Snapshots of the log: this member's own every --snapshot-count entries, and the store's content for a member too far
// behind.
//
// A received one goes through these steps, each of which a restart can take up again: the store's file stands as
// <index>.snap.db; then the .snap file and its WAL mark are durable; then the file replaces the backend.
#pragma once

#include "cluster/mvcc/store.h"
#include "cluster/node/config/config.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/loop/reader_gate.h"
#include "cluster/node/loop/start_state.h"
#include "cluster/node/loop/wal_writer.h"
#include "cluster/node/members/applied_members.h"
#include "cluster/node/messages/transport.h"
#include "cluster/node/telemetry/telemetry_publisher.h"
#include "cluster/node/upkeep/backend_commits.h"
#include "cluster/raft/raw_node.h"
#include "cluster/storage/backend/lmdb_backend.h"

#include <spdlog/logger.h>

#include <cstdint>
#include <set>
#include <string>

namespace raftarium::node {

struct LogSnapshotsParts {
    const Config& config;
    const StartState& start;
    base::FileSystem& fileSystem;
    raft::RawNode& raft;
    mvcc::Store& store;
    storage::LmdbBackend& backend;
    ReaderGate& gate;
    BackendCommits& commits;
    WalWriter& walWriter;
    Transport& transport;
    AppliedMembers& members;
    TelemetryPublisher& telemetry;
    spdlog::logger& log;
};

class LogSnapshots {
public:
    LogSnapshots(LoopHost& host, const LogSnapshotsParts& parts)
        : m_host(host), m_parts(parts), m_index(parts.start.snapshotIndex) {}

    // Begins a snapshot when enough has been applied since the last one.
    void step(base::Nanoseconds);
    base::Nanoseconds nextDueNs() const { return kNever; }  // applying is what makes one due
    // The WAL writer has saved it: the log in memory lets older entries go.
    void saved(const SnapshotPtr& snapshot);

    // A MsgSnap of the core for a member that is behind; `id` is its message's. Not while one is on its way there.
    bool sendingTo(std::uint64_t peer) const { return m_sendingTo.contains(peer); }
    void send(raft::Message message, const MessageId& id);

    // A store lies at `path` (RaftLoop::receiveSnapshot). False: it is not wanted, and the file is gone. Else the
    // message may be stepped, and received() must follow.
    bool accept(const raft::Message& message, const std::string& path);
    // The message with the accepted store was stepped: if the core did not want it, the file goes.
    void received(raft::Index index);
    // The WAL writer has saved a received one: it replaces store and membership. False: that failed, and the node ends.
    bool install(const SnapshotPtr& snapshot);

private:
    SnapshotPtr snapshotNow() const;
    std::string receivedPath(raft::Index index) const;

    LoopHost& m_host;
    LogSnapshotsParts m_parts;
    raft::Index m_index;  // of the newest one
    bool m_saving = false;
    std::set<std::uint64_t> m_sendingTo;
};

}  // namespace raftarium::node
