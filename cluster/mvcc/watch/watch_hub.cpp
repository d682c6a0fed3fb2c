// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/watch/watch_hub.h"

#include <algorithm>
#include <utility>

namespace raftarium::mvcc {

StreamId WatchHub::openStream(WatchSink& sink) {
    auto stream = std::make_unique<WatchStream>();
    stream->id = m_nextStream++;
    stream->sink = &sink;
    const StreamId id = stream->id;
    m_streams.emplace(id, std::move(stream));
    return id;
}

void WatchHub::closeStream(StreamId stream) {
    const auto it = m_streams.find(stream);
    if (it == m_streams.end()) return;
    sendTouched();
    for (auto& [id, watcher] : it->second->watchers) {
        leave(*watcher);
        m_progress.erase(watcher->serial);
    }
    m_askingProgress.erase(stream);
    m_streams.erase(it);
}

base::Result<WatchCreated> WatchHub::create(StreamId streamId, const WatchRequest& request) {
    const auto found = m_streams.find(streamId);
    if (found == m_streams.end()) return makeError(ApiError::watchCanceled);
    WatchStream& stream = *found->second;

    auto watcher = std::make_unique<Watcher>();
    watcher->key = request.key.empty() ? std::string(1, '\0') : request.key;
    watcher->rangeEnd = request.rangeEnd;
    const KeyRange range = watcher->range();
    if (!isSingleKey(range) && !isOpenEnded(range) && range.key >= range.end) {
        return base::Error{base::Errc::invalidArgument, "mvcc: watcher range is empty"};
    }
    WatchId id = request.id;
    if (id == 0) {
        while (stream.watchers.contains(stream.nextId)) ++stream.nextId;
        id = stream.nextId++;
    } else if (stream.watchers.contains(id)) {
        return base::Error{base::Errc::exists, "mvcc: duplicate watch ID provided on the WatchStream"};
    }
    watcher->stream = &stream;
    watcher->id = id;
    watcher->serial = m_nextSerial++;
    watcher->prevKv = request.prevKv;
    watcher->fragment = request.fragment;
    watcher->progressNotify = request.progressNotify;
    watcher->noPut = request.noPut;
    watcher->noDelete = request.noDelete;
    watcher->nextRevision =
        request.startRevision == 0 ? m_core.revision + 1 : std::max<std::int64_t>(request.startRevision, 1);
    Watcher& added = *watcher;
    stream.watchers.emplace(id, std::move(watcher));
    placeByRevision(added, WatcherCause::created);
    if (added.progressNotify) {
        added.quietSince = m_now;
        m_progress.emplace(added.serial, &added);
        m_nextProgress = std::min(m_nextProgress, m_now + m_core.options.watchProgressInterval);
    }
    return WatchCreated{id, m_core.revision};
}

bool WatchHub::cancel(StreamId stream, WatchId watch) {
    Watcher* watcher = find(stream, watch);
    if (watcher == nullptr) return false;
    sendTouched();
    erase(*watcher, WatcherCause::cancelledByClient);
    return true;
}

void WatchHub::requestProgress(StreamId streamId) {
    const auto it = m_streams.find(streamId);
    if (it == m_streams.end()) return;
    sendTouched();
    WatchStream& stream = *it->second;
    ++stream.progressAsked;
    m_askingProgress.insert(streamId);
    answerProgress(stream);
}

bool WatchHub::streamSynced(StreamId stream) const {
    const auto it = m_streams.find(stream);
    return it != m_streams.end() && it->second->behind == 0;
}

std::vector<WatcherView> WatchHub::views() const {
    std::vector<WatcherView> views;
    for (const auto& [streamId, stream] : m_streams) {
        for (const auto& [id, watcher] : stream->watchers) {
            const bool synced = watcher->group == WatcherGroup::synced;
            const std::int64_t next =
                synced ? std::max(watcher->nextRevision, m_core.revision + 1) : watcher->nextRevision;
            views.push_back({streamId, id, watcher->group, watcher->key, watcher->rangeEnd, next});
        }
    }
    return views;
}

Watcher* WatchHub::find(StreamId stream, WatchId watch) const {
    const auto it = m_streams.find(stream);
    if (it == m_streams.end()) return nullptr;
    const auto found = it->second->watchers.find(watch);
    return found == it->second->watchers.end() ? nullptr : found->second.get();
}

void WatchHub::enter(Watcher& watcher, WatcherGroup group, WatcherCause cause) {
    const WatcherGroup from = watcher.group;
    leave(watcher);
    watcher.group = group;
    switch (group) {
        case WatcherGroup::synced:
            m_synced.add(watcher.range(), &watcher);
            break;
        case WatcherGroup::unsynced:
            ++watcher.stream->behind;
            m_unsynced.emplace(std::pair(watcher.nextRevision, watcher.serial), &watcher);
            break;
        case WatcherGroup::victim:
            ++watcher.stream->behind;
            watcher.stream->setAside.emplace(watcher.serial, &watcher);
            m_withSetAside.insert(watcher.stream->id);
            break;
        case WatcherGroup::none:
            break;
    }
    if (!m_core.tracing || from == group) return;
    m_core.addTrace(trace::WatcherMoved{watcher.stream->id, watcher.id, from, group, cause, watcher.key,
                                        watcher.rangeEnd, watcher.nextRevision});
}

void WatchHub::leave(Watcher& watcher) {
    switch (watcher.group) {
        case WatcherGroup::synced:
            m_synced.remove(watcher.range(), &watcher);
            break;
        case WatcherGroup::unsynced:
            --watcher.stream->behind;
            m_unsynced.erase({watcher.nextRevision, watcher.serial});
            break;
        case WatcherGroup::victim:
            --watcher.stream->behind;
            watcher.stream->setAside.erase(watcher.serial);
            if (watcher.stream->setAside.empty()) m_withSetAside.erase(watcher.stream->id);
            break;
        case WatcherGroup::none:
            break;
    }
    watcher.group = WatcherGroup::none;
}

void WatchHub::erase(Watcher& watcher, WatcherCause cause) {
    enter(watcher, WatcherGroup::none, cause);
    m_progress.erase(watcher.serial);
    watcher.stream->watchers.erase(watcher.id);
}

void WatchHub::placeByRevision(Watcher& watcher, WatcherCause cause) {
    enter(watcher, watcher.nextRevision > m_core.revision ? WatcherGroup::synced : WatcherGroup::unsynced, cause);
}

std::shared_ptr<const KeyValue> WatchHub::pairBefore(const KeyHistory& history, std::int64_t revision) const {
    const std::int64_t before = revision - 1;
    if (before < m_core.compactRevision) return nullptr;
    if (m_core.bounds.readNeedsDropped({history.key(), {}}, before)) return nullptr;
    const Change* change = history.at(before);
    if (change == nullptr) return nullptr;
    const auto kv = Rows(m_core.backend).record(*change);
    return kv ? std::make_shared<const KeyValue>(kv->copy()) : nullptr;
}

void WatchHub::addPending(Watcher& watcher, const EventPtr& event) {
    if (watcher.pending.empty()) m_touched.push_back(&watcher);
    watcher.pending.push_back(event);
}

EventPtr WatchHub::change(const KeyHistory& history, const KeyValueView& kv, bool deleted, Revision revision) {
    m_matches.clear();
    if (!m_synced.empty()) m_synced.find(kv.key, m_matches);
    if (m_matches.empty() && !m_core.tracesKeys()) return nullptr;

    auto event = std::make_shared<ChangeEvent>();
    event->deleted = deleted;
    event->revision = revision;
    event->kv = kv.copy();
    event->kv.modRevision = revision.main;
    const EventPtr shared = event;
    bool prevWanted = false;
    for (Watcher* watcher : m_matches) {
        if (watcher->nextRevision > revision.main || watcher->filtersOut(*event)) continue;
        prevWanted = prevWanted || watcher->prevKv;
        addPending(*watcher, shared);
    }
    if (prevWanted && (deleted || kv.createRevision != kv.modRevision)) {
        event->prevKv = pairBefore(history, revision.main);
    }
    return shared;
}

WatchBatch WatchHub::batchFor(const Watcher& watcher) const {
    WatchBatch batch;
    batch.watch = watcher.id;
    batch.revision = m_core.revision;
    batch.prevKv = watcher.prevKv;
    batch.fragment = watcher.fragment;
    return batch;
}

bool WatchHub::send(Watcher& watcher) {
    WatchBatch batch = batchFor(watcher);
    batch.events = std::move(watcher.pending);
    watcher.pending.clear();
    watcher.quietSince = m_now;
    if (deliver(watcher, batch)) return true;
    watcher.kept = std::move(batch);
    return false;
}

bool WatchHub::deliver(Watcher& watcher, WatchBatch& batch) {
    if (!m_core.tracesKeys()) {
        if (!watcher.stream->sink->offer(batch)) return false;
        m_core.leaveOutOfTrace();
        return true;
    }
    trace::WatchDelivered delivered{.stream = watcher.stream->id, .watcher = watcher.id};
    if (!batch.events.empty()) {
        delivered.firstRevision = batch.events.front()->revision.main;
        delivered.lastRevision = batch.events.back()->revision.main;
        delivered.events = static_cast<std::uint32_t>(batch.events.size());
    }
    if (!watcher.stream->sink->offer(batch)) return false;
    m_core.addTrace(delivered);
    return true;
}

void WatchHub::flush() {
    if (!m_held) sendTouched();
}

void WatchHub::release() {
    m_held = false;
    sendTouched();
}

void WatchHub::sendTouched() {
    for (Watcher* watcher : m_touched) {
        watcher->nextRevision = m_core.revision + 1;
        if (!send(*watcher)) enter(*watcher, WatcherGroup::victim, WatcherCause::queueFull);
    }
    m_touched.clear();
}

void WatchHub::restore(std::int64_t sentUpTo) {
    sendTouched();
    m_sweepAt = 0;
    for (auto& [streamId, stream] : m_streams) {
        for (auto& [id, watcher] : stream->watchers) {
            if (watcher->group != WatcherGroup::synced) continue;
            watcher->nextRevision = std::max(watcher->nextRevision, sentUpTo + 1);
            placeByRevision(*watcher, WatcherCause::storeReplaced);
        }
    }
}

}  // namespace raftarium::mvcc
