// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Appending, sending, acknowledgements and commitment (paper 5.3, 5.4.2).
#include "cluster/base/check.h"
#include "cluster/raft/mutant.h"
#include "cluster/raft/raft.h"

namespace raftarium::raft {

// False if too much is uncommitted.
bool Raft::appendEntries(std::vector<Entry> entries) {
    Index index = m_log.lastIndex();
    for (Entry& entry : entries) {
        entry.term = m_term;
        entry.index = ++index;
    }
    if (!addUncommitted(entries)) return false;
    m_log.append(std::move(entries));
    // The leader counts itself once its own write is stable, like anyone else (thesis 10.2.1).
    Message own;
    own.type = MessageType::appResp;
    own.to = id();
    own.index = index;
    send(std::move(own));
    return true;
}

bool Raft::addUncommitted(const std::vector<Entry>& entries) {
    const std::uint64_t bytes = payloadSizeOf(entries);
    // Empty entries always pass: a new leader's no-op and the end of a joint configuration depend on it. The first
    // proposal passes whatever its size; otherwise a large one could never be made.
    const bool limited = m_uncommittedBytes > 0 && bytes > 0;
    if (limited && m_uncommittedBytes + bytes > m_config.maxUncommittedBytes) return false;
    m_uncommittedBytes += bytes;
    return true;
}

void Raft::reduceUncommitted(std::uint64_t bytes) {
    // Entries of earlier leaders were never added, so the sum to subtract may be the larger one.
    m_uncommittedBytes -= std::min(m_uncommittedBytes, bytes);
}

bool Raft::maybeSendAppend(NodeId to, bool evenIfEmpty) {
    Progress* progress = m_tracker.peers.find(to);
    if (!progress || progress->paused()) return false;
    const Index previous = progress->next - 1;
    const LogResult<Term> previousTerm = m_log.term(previous);
    if (!std::holds_alternative<Term>(previousTerm)) return maybeSendSnapshot(to, *progress);

    Message message;
    message.type = MessageType::app;
    if (progress->state != ProgressState::replicate || !progress->inflights.full()) {
        LogResult<std::vector<Entry>> entries = m_log.entriesFrom(progress->next, m_config.maxBytesPerMessage);
        if (std::holds_alternative<LogError>(entries)) {
            // The log was compacted in between.
            return evenIfEmpty && maybeSendSnapshot(to, *progress);
        }
        message.entries = std::move(std::get<std::vector<Entry>>(entries));
    }
    if (message.entries.empty() && !evenIfEmpty) return false;
    message.to = to;
    message.index = previous;
    message.logTerm = std::get<Term>(previousTerm);
    message.commit = m_log.committed();
    const std::size_t count = message.entries.size();
    const std::uint64_t bytes = payloadSizeOf(message.entries);
    send(std::move(message));
    progress->sentEntries(count, bytes);
    progress->sentCommit = m_log.committed();
    traceProgress(to, *progress);
    return true;
}

bool Raft::maybeSendSnapshot(NodeId to, Progress& progress) {
    // Only to a peer that answers, because a snapshot is expensive.
    if (!progress.recentActive) return false;
    LogResult<std::shared_ptr<const Snapshot>> found = m_log.snapshot();
    if (std::holds_alternative<LogError>(found)) return false;  // it is being made; the next message tries again
    auto& snapshot = std::get<std::shared_ptr<const Snapshot>>(found);
    RAFTARIUM_CHECK_MSG(snapshot && !snapshot->empty(), "entries are compacted, yet there is no snapshot");
    progress.becomeSnapshot(snapshot->metadata.index);
    Message message;
    message.type = MessageType::snap;
    message.to = to;
    message.snapshot = std::move(snapshot);
    send(std::move(message));
    traceProgress(to, progress);
    return true;
}

void Raft::broadcastAppend() {
    for (Peered& peer : m_tracker.peers) {
        if (peer.id != id()) sendAppend(peer.id);
    }
}

void Raft::handleAppendResp(const Message& message, Progress& progress) {
    progress.recentActive = true;
    if (!message.reject && message.index > m_log.lastIndex()) {
        traceIgnored(message, IgnoreReason::malformed);
        return;
    }
    if (message.reject) {
        handleRejectedAppend(message, progress);
    } else {
        handleAcceptedAppend(message, progress);
    }
}

void Raft::handleRejectedAppend(const Message& message, Progress& progress) {
    Index hint = message.rejectHint;
    // If the follower's entry there has an older term than ours, none of our entries with newer terms can match. So the
    // search skips back by a whole term at a time, not by one entry.
    if (message.logTerm > 0) hint = m_log.findConflictByTerm(hint, message.logTerm).index;
    if (!progress.maybeDecreaseTo(message.index, hint)) {
        traceIgnored(message, IgnoreReason::staleAnswer);
        return;
    }
    if (progress.state == ProgressState::replicate) progress.becomeProbe();
    sendAppend(message.from);
}

void Raft::handleAcceptedAppend(const Message& message, Progress& progress) {
    const NodeId from = message.from;
    const bool news = progress.maybeUpdate(message.index);
    // The answer to a probe ends the probing, even if it confirms an index that was known.
    if (!news && !(progress.match == message.index && progress.state == ProgressState::probe)) return;
    switch (progress.state) {
        case ProgressState::probe:
            progress.becomeReplicate();
            break;
        case ProgressState::snapshot:
            // The follower's log meets ours again; whose snapshot did that does not matter.
            if (progress.match + 1 >= m_log.firstIndex()) {
                progress.becomeProbe();
                progress.becomeReplicate();
            }
            break;
        case ProgressState::replicate:
            progress.inflights.freeUpTo(message.index);
            break;
    }
    traceProgress(from, progress);
    if (maybeCommit()) {
        releaseHeldReads();
        broadcastAppend();
    } else if (from != id() && progress.canBumpCommit(m_log.committed())) {
        sendAppend(from);
    }
    // The window may have opened for several messages.
    if (from != id()) {
        while (maybeSendAppend(from, false)) {
        }
    }
    if (from == m_transferee && progress.match == m_log.lastIndex()) sendTimeoutNow(from);
}

bool Raft::maybeCommit() {
    const Index index = m_tracker.committed();
    if (index <= m_log.committed()) return false;
    // Entries of earlier terms are committed only together with one of this term (paper 5.4.2).
    if (m_log.termOrZero(index) != m_term && !mutated(Mutant::commitOldTermByCount)) return false;
    m_log.commitTo(index);
    return true;
}

bool Raft::hasCommittedInTerm() const { return m_log.termOrZero(m_log.committed()) == m_term; }

void Raft::sendTimeoutNow(NodeId to) {
    Message message;
    message.type = MessageType::timeoutNow;
    message.to = to;
    send(std::move(message));
}

}  // namespace raftarium::raft
