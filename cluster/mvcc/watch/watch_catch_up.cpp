// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The hub's background work: unsynced watchers, set-aside batches, progress notifications.
#include "cluster/mvcc/watch/watch_hub.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace raftarium::mvcc {

bool WatchHub::step(base::Nanoseconds now) {
    m_now = now;
    if (!m_touched.empty()) sendTouched();
    if (!m_withSetAside.empty()) retrySetAside();
    if (!m_unsynced.empty()) catchUp();
    if (!m_askingProgress.empty()) answerProgress();
    if (!m_progress.empty() && now >= m_nextProgress) notifyProgress(now);
    return !m_unsynced.empty();
}

void WatchHub::retrySetAside() {
    const std::vector<StreamId> waiting(m_withSetAside.begin(), m_withSetAside.end());
    for (const StreamId id : waiting) retry(*m_streams.at(id));
}

void WatchHub::retry(StreamId stream) {
    if (const auto it = m_streams.find(stream); it != m_streams.end()) retry(*it->second);
}

// One refusal is enough to know that the sink is full.
void WatchHub::retry(WatchStream& stream) {
    while (!stream.setAside.empty()) {
        Watcher* watcher = stream.setAside.begin()->second;
        const bool canceled = watcher->kept.canceled;
        if (!deliver(*watcher, watcher->kept)) return;
        watcher->kept = WatchBatch();
        if (canceled) {
            erase(*watcher, WatcherCause::revisionCompacted);
        } else {
            placeByRevision(*watcher, WatcherCause::queueHasRoom);
        }
    }
    if (stream.progressAsked > 0) answerProgress(stream);
}

// A watcher of the future is not: told of a revision before the one it asked for, its client would take that as where
// to go on after a broken connection, and get events that it did not want (etcd#17557).
bool WatchHub::upToDate(const Watcher& watcher) const {
    return watcher.group == WatcherGroup::synced && watcher.nextRevision <= m_core.revision + 1;
}

void WatchHub::answerProgress(WatchStream& stream) {
    if (stream.behind > 0) return;
    for (const auto& [id, watcher] : stream.watchers)
        if (!upToDate(*watcher)) return;
    for (; stream.progressAsked > 0; --stream.progressAsked) {
        WatchBatch batch;
        batch.watch = kWholeStream;
        batch.revision = m_core.revision;
        batch.progress = true;
        if (!stream.sink->offer(batch)) return;
    }
    m_askingProgress.erase(stream.id);
}

void WatchHub::answerProgress() {
    const std::vector<StreamId> asking(m_askingProgress.begin(), m_askingProgress.end());
    for (const StreamId id : asking) answerProgress(*m_streams.at(id));
}

void WatchHub::notifyProgress(base::Nanoseconds now) {
    const base::Nanoseconds interval = m_core.options.watchProgressInterval;
    base::Nanoseconds next = now + interval;
    for (auto& [serial, watcher] : m_progress) {
        if (now - watcher->quietSince >= interval) {
            watcher->quietSince = now;
            if (upToDate(*watcher)) {
                // A full queue means that it is hearing from us anyway.
                WatchBatch batch = batchFor(*watcher);
                batch.progress = true;
                (void)watcher->stream->sink->offer(batch);
            }
        }
        next = std::min(next, watcher->quietSince + interval);
    }
    m_nextProgress = next;
}

// Returns true if the watcher needs what is gone; it is told so as soon as its queue has room, then erased.
bool WatchHub::cancelIfCompacted(Watcher& watcher) {
    std::int64_t readableFrom = 0;
    if (watcher.nextRevision < m_core.compactRevision) {
        readableFrom = m_core.compactRevision;
    } else if (const auto dropped = m_core.bounds.lastDropped(watcher.range(), watcher.nextRevision)) {
        readableFrom = *dropped + 1;
    } else {
        return false;
    }
    WatchBatch batch = batchFor(watcher);
    batch.canceled = true;
    batch.compactRevision = readableFrom;
    if (deliver(watcher, batch)) {
        erase(watcher, WatcherCause::revisionCompacted);
    } else {
        watcher.kept = std::move(batch);
        enter(watcher, WatcherGroup::victim, WatcherCause::queueFull);
    }
    return true;
}

std::vector<Watcher*> WatchHub::chooseUnsynced() {
    const StoreOptions& options = m_core.options;
    std::vector<Watcher*> candidates;
    auto it = m_unsynced.lower_bound({m_sweepAt, 0});
    if (it == m_unsynced.end()) it = m_unsynced.begin();
    // Every revision has a row at least, so the window reaches this far.
    const std::int64_t from = std::max(it->first.first, m_core.compactRevision);
    const std::int64_t to = from + static_cast<std::int64_t>(options.watchRevisionsPerBatch);
    for (; it != m_unsynced.end() && it->first.first < to && candidates.size() < options.watchersPerSyncStep; ++it) {
        candidates.push_back(it->second);
    }
    std::erase_if(candidates, [this](Watcher* watcher) { return cancelIfCompacted(*watcher); });
    return candidates;
}

void WatchHub::catchUp() {
    const std::vector<Watcher*> chosen = chooseUnsynced();
    if (chosen.empty()) return;
    const std::int64_t readTo = readHistory(chosen.front()->nextRevision, chosen);
    m_touched.clear();
    for (Watcher* watcher : chosen) {
        m_unsynced.erase({watcher->nextRevision, watcher->serial});
        watcher->nextRevision = readTo + 1;
        if (!watcher->pending.empty() && !send(*watcher)) {
            enter(*watcher, WatcherGroup::victim, WatcherCause::queueFull);
        } else {
            placeByRevision(*watcher, WatcherCause::caughtUp);
        }
    }
    m_sweepAt = readTo + 1;
}

std::int64_t WatchHub::readHistory(std::int64_t from, const std::vector<Watcher*>& chosen) {
    WatcherIndex wanted;
    for (Watcher* watcher : chosen) wanted.add(watcher->range(), watcher);
    std::int64_t readTo = m_core.revision;
    std::int64_t lastSeen = 0;
    std::size_t revisions = 0;
    const RowKey begin({from, 0}, false);
    m_core.backend.scan(Bucket::key, begin.view(), {}, [&](std::string_view key, std::string_view value) {
        const auto at = decodeRevision(key);
        if (!at) return true;
        if (at->revision.main != lastSeen) {
            if (++revisions > m_core.options.watchRevisionsPerBatch) {
                readTo = at->revision.main - 1;
                return false;
            }
            lastSeen = at->revision.main;
        }
        KeyValueView kv;
        if (decodeKeyValue(value, kv)) addHistoryEvent(wanted, *at, kv);
        return true;
    });
    return readTo;
}

void WatchHub::addHistoryEvent(const WatcherIndex& wanted, const DecodedRevision& at, const KeyValueView& kv) {
    m_matches.clear();
    wanted.find(kv.key, m_matches);
    std::shared_ptr<ChangeEvent> event;
    EventPtr shared;
    bool prevWanted = false;
    for (Watcher* watcher : m_matches) {
        if (watcher->nextRevision > at.revision.main) continue;
        if (event == nullptr) {
            event = std::make_shared<ChangeEvent>();
            event->deleted = at.tombstone;
            event->revision = at.revision;
            event->kv = kv.copy();
            event->kv.modRevision = at.revision.main;
            shared = event;
        }
        if (watcher->filtersOut(*event)) continue;
        prevWanted = prevWanted || watcher->prevKv;
        addPending(*watcher, shared);
    }
    if (!prevWanted || (!at.tombstone && kv.createRevision == at.revision.main)) return;
    const KeyHistory* history = m_core.index.find(event->kv.key);
    if (history != nullptr) event->prevKv = pairBefore(*history, at.revision.main);
}

}  // namespace raftarium::mvcc
