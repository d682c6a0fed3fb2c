// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/upkeep/log_snapshots.h"

#include "cluster/base/coding.h"
#include "cluster/node/members/snapshot_membership.h"
#include "cluster/node/start/member_paths.h"
#include "cluster/node/telemetry/telemetry_values.h"
#include "cluster/raft/message_check.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace raftarium::node {

std::string LogSnapshots::receivedPath(raft::Index index) const {
    return receivedDatabase(m_parts.start.snapshotDirectory, index);
}

SnapshotPtr LogSnapshots::snapshotNow() const {
    auto snapshot = std::make_shared<raft::Snapshot>();
    snapshot->metadata = {m_parts.members.conf(), m_host.applied().index, m_host.applied().term};
    snapshot->data = base::Bytes(membershipToV2Json(m_parts.members.membership()));
    return snapshot;
}

void LogSnapshots::step(base::Nanoseconds) {
    if (m_saving || m_host.failed() || m_host.applied().index - m_index <= m_parts.config.snapshotCount) return;
    m_saving = true;
    // The log may forget only what the backend has for sure.
    m_parts.commits.commit([this, snapshot = snapshotNow()](const base::Status& status) {
        if (!status) {
            m_saving = false;
            // Aborted: a received snapshot has replaced what was to be written.
            if (status.error().code != base::Errc::aborted) m_host.fail(status.error());
            return;
        }
        LogWrite write;
        write.checkpoint = snapshot;
        m_parts.walWriter.submit(std::move(write));
    });
}

void LogSnapshots::saved(const SnapshotPtr& snapshot) {
    const raft::SnapshotMetadata& metadata = snapshot->metadata;
    m_saving = false;
    m_index = std::max(m_index, metadata.index);
    m_parts.log.info("saved snapshot at index {}", metadata.index);
    m_host.emit(telemetry::SnapshotProgress{telemetry::SnapshotPhase::created, metadata.index, metadata.term, 0, 0, 0});
    raft::MemoryStorage& log = *m_parts.start.log;
    if (!log.createSnapshot(metadata.index, metadata.confState, snapshot->data)) return;
    // A member that is being sent the store needs the entries after it.
    if (!m_sendingTo.empty()) return;
    const raft::Index keep = m_parts.config.snapshotCatchupEntries;
    if (metadata.index <= keep) return;
    if (log.compact(metadata.index - keep))
        m_parts.log.info("compacted the log in memory up to index {}", metadata.index - keep);
}

// The core hands out the last .snap's metadata. The store is further by now, so the message is made anew at the applied
// index, as etcd does; the file may be further still: entries that it already has are skipped by its consistent index.
void LogSnapshots::send(raft::Message message, const MessageId& id) {
    const std::uint64_t peer = message.to;
    m_sendingTo.insert(peer);
    message.snapshot = snapshotNow();
    const auto [index, term] = m_host.applied();
    const std::string path =
        m_parts.start.snapshotDirectory + "/tmp.send." + base::hexId(peer) + "." + std::to_string(id.counter);
    m_parts.log.info("sending the store at index {} to {}", index, base::hexId(peer));
    if (m_parts.telemetry.admits(id)) m_host.emit(telemetry::MessageSent{valueOf(message, id)});
    m_host.emit(telemetry::SnapshotProgress{telemetry::SnapshotPhase::sending, index, term, peer, 0, 0});
    const auto finished = [this, peer, path, index = index, term = term](bool sent) {
        m_host.post([this, peer, path, index, term, sent] {
            static_cast<void>(m_parts.fileSystem.remove(path));
            m_sendingTo.erase(peer);
            m_parts.raft.reportSnapshot(peer, sent);
            if (!sent) m_parts.log.warn("could not send the store to {}", base::hexId(peer));
            m_host.emit(telemetry::SnapshotProgress{
                sent ? telemetry::SnapshotPhase::sent : telemetry::SnapshotPhase::failed, index, term, peer, 0, 0});
        });
    };
    const auto outgoing = std::make_shared<Outgoing>(Outgoing{std::move(message), id.counter});
    const auto copy = [this, path](base::Status committed) {
        // On the backend's thread: the copy must not keep the loop from its work.
        return committed ? m_parts.backend.copyTo(path) : committed;
    };
    m_parts.commits.commit(
        [this, finished, path, outgoing](const base::Status& copied) {
            if (!copied) {
                m_parts.log.error("cannot copy the store for a member that is behind: {}", copied.error().text);
                finished(false);
                return;
            }
            m_parts.transport.sendSnapshot(std::move(*outgoing), path, finished);
        },
        copy);
}

bool LogSnapshots::accept(const raft::Message& message, const std::string& path) {
    std::string fault = raft::messageFault(message, m_parts.start.nodeId);
    if (fault.empty()) {
        // Once it is in the log the member could not start without it.
        if (const auto membership = membershipFromV2Json(message.snapshot->data.view()); !membership)
            fault = membership.error().text;
    }
    if (!fault.empty()) m_parts.log.warn("refused the store that {} sent: {}", base::hexId(message.from), fault);
    if (!fault.empty() || m_parts.members.removed()) {
        static_cast<void>(m_parts.fileSystem.remove(path));
        return false;
    }
    const raft::SnapshotMetadata& metadata = message.snapshot->metadata;
    base::Status moved = m_parts.fileSystem.rename(path, receivedPath(metadata.index));
    if (moved) moved = m_parts.fileSystem.syncDirectory(m_parts.start.snapshotDirectory);
    if (!moved) {
        m_parts.log.error("cannot keep the received store: {}", moved.error().text);
        return false;
    }
    m_host.emit(telemetry::SnapshotProgress{telemetry::SnapshotPhase::receiving, metadata.index, metadata.term,
                                            message.from, 0, 0});
    return true;
}

void LogSnapshots::received(raft::Index index) {
    // Not wanted (old, or another one is being installed): the core left no trace of it in its log.
    if (m_parts.raft.status().hardState.commit < index || m_parts.raft.firstIndex() != index + 1)
        static_cast<void>(m_parts.fileSystem.remove(receivedPath(index)));
}

bool LogSnapshots::install(const SnapshotPtr& snapshot) {
    const raft::SnapshotMetadata& metadata = snapshot->metadata;
    auto membership = membershipFromV2Json(snapshot->data.view());
    if (!membership) return m_host.fail(membership.error()), false;
    base::Status status = refuseNewerCluster(membership->clusterVersion, m_parts.start.snapshotDirectory);
    if (!status) return m_host.fail(status.error()), false;
    {
        const ReaderGate::Exclusive gate(m_parts.gate);
        status = m_parts.backend.replaceWith(receivedPath(metadata.index));
        if (status) status = m_parts.store.open();
        m_parts.backend.releasePages();
    }
    if (!status) return m_host.fail(status.error()), false;
    m_parts.members.install(std::move(*membership), metadata.confState);
    m_index = metadata.index;
    m_parts.log.info("installed the store at index {} from the leader", metadata.index);
    return true;
}

}  // namespace raftarium::node
