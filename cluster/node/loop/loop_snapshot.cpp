// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Snapshots of the log: our own every --snapshot-count entries, and the store's content for a member too far behind.
//
// A received one goes through these steps, each of which a restart can take up again: the store's file stands as
// <index>.snap.db, then the .snap file and its WAL mark are durable, then the file replaces the backend.

#include "cluster/base/coding.h"
#include "cluster/node/loop/loop.h"
#include "cluster/node/members/snapshot_membership.h"
#include "cluster/node/start/member_paths.h"
#include "cluster/raft/message_check.h"

#include <algorithm>

namespace raftarium::node {

void Loop::snapshotIfDue() {
    if (m_checkpointing || m_failed || m_applied - m_snapshotIndex <= m_parts.config.snapshotCount) return;
    m_checkpointing = true;
    auto snapshot = std::make_shared<raft::Snapshot>();
    snapshot->metadata = {m_confState, m_applied, m_appliedTerm};
    snapshot->data = base::Bytes(membershipToV2Json(m_membership));
    // The log may forget only what the backend has for sure.
    m_committing = true;
    m_lastCommitNs = m_now;
    m_parts.backend->commitAsync([this, snapshot, inbox = m_parts.inbox](base::Status status) {
        inbox->call([this, snapshot, status = std::move(status)](RaftLoop&) {
            m_committing = false;
            if (!status) {
                m_checkpointing = false;
                // Aborted: a received snapshot has replaced what was to be written.
                if (status.error().code != base::Errc::aborted) fail(status.error());
                return;
            }
            LogWrite write;
            write.checkpoint = snapshot;
            m_parts.walWriter->submit(std::move(write));
        });
    });
}

void Loop::finishCheckpoint(const SnapshotPtr& snapshot) {
    const raft::SnapshotMetadata& metadata = snapshot->metadata;
    m_checkpointing = false;
    m_snapshotIndex = std::max(m_snapshotIndex, metadata.index);
    m_log.info("saved snapshot at index {}", metadata.index);
    emit(SnapshotStep{0, metadata.index, metadata.term, 0, 0, 0});
    if (!m_start.log->createSnapshot(metadata.index, metadata.confState, snapshot->data)) return;
    // A member that is being sent the store needs the entries after it.
    if (!m_sendingSnapshotTo.empty()) return;
    const raft::Index keep = m_parts.config.snapshotCatchupEntries;
    if (metadata.index <= keep) return;
    if (m_start.log->compact(metadata.index - keep)) {
        m_log.info("compacted the log in memory up to index {}", metadata.index - keep);
    }
}

std::string Loop::receivedPath(raft::Index index) const { return receivedDatabase(m_start.snapshotDirectory, index); }

// The core hands out the last .snap's metadata; the store is further by now, so the message is made anew at the applied
// index, as etcd does, and the file may be further still: entries it already has are skipped by the consistent index.
void Loop::sendSnapshot(raft::Message message) {
    const std::uint64_t peer = message.to;
    if (!m_sendingSnapshotTo.insert(peer).second) return;
    auto snapshot = std::make_shared<raft::Snapshot>();
    snapshot->metadata = {m_confState, m_applied, m_appliedTerm};
    snapshot->data = base::Bytes(membershipToV2Json(m_membership));
    message.snapshot = snapshot;
    const MessageId id{m_start.nodeId, m_start.incarnation, ++m_messageCounter};
    const std::string path =
        m_start.snapshotDirectory + "/tmp.send." + base::hexId(peer) + "." + std::to_string(id.counter);
    m_log.info("sending the store at index {} to {}", m_applied, base::hexId(peer));
    if (m_telemetry.admits(id)) {
        MessageEvent sent;
        sent.message = describeMessage(message, id);
        emit(std::move(sent));
    }
    emit(SnapshotStep{1, m_applied, m_appliedTerm, peer, 0, 0});
    const auto finished = [this, peer, path, index = m_applied, term = m_appliedTerm](bool sent) {
        m_parts.inbox->call([this, peer, path, index, term, sent](RaftLoop&) {
            static_cast<void>(m_parts.fileSystem->remove(path));
            m_sendingSnapshotTo.erase(peer);
            m_raft.reportSnapshot(peer, sent);
            if (!sent) m_log.warn("could not send the store to {}", base::hexId(peer));
            emit(SnapshotStep{static_cast<std::uint8_t>(sent ? 2 : 3), index, term, peer, 0, 0});
        });
    };
    auto outgoing = std::make_shared<Outgoing>(Outgoing{std::move(message), id.counter});
    m_committing = true;
    m_lastCommitNs = m_now;
    m_parts.backend->commitAsync([this, finished, path, outgoing](base::Status status) {
        // On the backend's thread: the copy must not hold up the loop.
        if (status) status = m_parts.backend->copyTo(path);
        m_parts.inbox->call([this, finished, path, outgoing, status = std::move(status)](RaftLoop&) {
            m_committing = false;
            if (!status) {
                m_log.error("cannot copy the store for a member that is behind: {}", status.error().text);
                finished(false);
                return;
            }
            m_transport.sendSnapshot(std::move(*outgoing), path, finished);
        });
    });
}

void Loop::receiveSnapshot(raft::Message message, const MessageId& id, const std::string& path) {
    std::string fault = raft::messageFault(message, m_start.nodeId);
    if (fault.empty()) {
        // Once it is in the log the member could not start without it.
        if (const auto membership = membershipFromV2Json(message.snapshot->data.view()); !membership)
            fault = membership.error().text;
    }
    if (!fault.empty()) m_log.warn("refused the store that {} sent: {}", base::hexId(message.from), fault);
    if (!fault.empty() || m_removed) {
        static_cast<void>(m_parts.fileSystem->remove(path));
        return;
    }
    const raft::SnapshotMetadata metadata = message.snapshot->metadata;
    const std::string target = receivedPath(metadata.index);
    base::Status moved = m_parts.fileSystem->rename(path, target);
    if (moved) moved = m_parts.fileSystem->syncDirectory(m_start.snapshotDirectory);
    if (!moved) {
        m_log.error("cannot keep the received store: {}", moved.error().text);
        return;
    }
    emit(SnapshotStep{4, metadata.index, metadata.term, message.from, 0, 0});
    GatedMessage gated{std::move(message), id};
    stepReceived(gated);
    // Not wanted (old, or another one is being installed): the core left no trace of it in its log.
    if (m_raft.status().hardState.commit < metadata.index || m_raft.firstIndex() != metadata.index + 1)
        static_cast<void>(m_parts.fileSystem->remove(target));
}

void Loop::installSnapshot(const SnapshotPtr& snapshot) {
    const raft::SnapshotMetadata& metadata = snapshot->metadata;
    auto membership = membershipFromV2Json(snapshot->data.view());
    if (!membership) {
        fail(membership.error());
        return;
    }
    base::Status status = refuseNewerCluster(membership->clusterVersion, m_start.snapshotDirectory);
    if (!status) {
        fail(status.error());
        return;
    }
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        status = m_parts.backend->replaceWith(receivedPath(metadata.index));
        if (status) status = m_store.open();
        m_parts.backend->releasePages();
    }
    if (!status) {
        fail(status.error());
        return;
    }
    for (const auto& [id, member] : m_membership.members)
        if (id != m_start.nodeId && !membership->members.contains(id)) m_transport.removePeer(id);
    m_membership = std::move(*membership);
    m_membership.clusterId = m_start.clusterId;
    for (const auto& [id, member] : m_membership.members)
        if (id != m_start.nodeId) m_transport.setPeer(id, member.peerUrls);
    m_confState = metadata.confState;
    m_applied = metadata.index;
    m_appliedTerm = metadata.term;
    m_snapshotIndex = metadata.index;
    m_durable = std::max(m_durable, metadata.index);
    m_log.info("installed the store at index {} from the leader", metadata.index);
    emit(SnapshotStep{5, metadata.index, metadata.term, 0, 0, 0});
    membershipChanged();
}

}  // namespace raftarium::node
