// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Streams, their watchers, and the groups of watchers (watch.h). The hub reads rows only for unsynced watchers and for
// previous pairs; it never writes.
//
// Catching up sweeps over the history like a lift. Each step reads the rows of a bounded number of revisions, serves
// the chosen unsynced watchers whose next revision is among them, and continues where the last step ended. When no
// watcher waits further ahead, the sweep begins again at the watcher that is furthest behind. So every watcher
// advances, however many new ones start far behind.
#pragma once

#include "cluster/mvcc/store_core.h"
#include "cluster/mvcc/watch/watch.h"
#include "cluster/mvcc/watch/watcher_index.h"

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace raftarium::mvcc {

struct WatchStream {
    StreamId id = 0;
    WatchSink* sink = nullptr;
    WatchId nextId = 0;
    std::size_t behind = 0;         // how many of its watchers are unsynced or victims
    std::size_t progressAsked = 0;  // progress requests not answered yet
    absl::btree_map<WatchId, std::unique_ptr<Watcher>> watchers;
    absl::btree_map<std::uint64_t, Watcher*> victims;  // by serial
};

struct Watcher {
    WatchStream* stream = nullptr;
    std::uint64_t serial = 0;  // order of creation
    WatchId id = 0;
    std::string key;
    std::string rangeEnd;
    bool prevKv = false;
    bool fragment = false;
    bool progressNotify = false;
    bool noPut = false;
    bool noDelete = false;
    WatcherGroup group = WatcherGroup::none;
    // The first revision not sent yet. For a synced watcher it may be older than that, as it got all up to the store's.
    std::int64_t nextRevision = 0;
    std::vector<EventPtr> pending;  // of the present transaction or step
    WatchBatch kept;                // a victim's refused batch
    base::Nanoseconds quietSince = 0;

    KeyRange range() const { return {key, rangeEnd}; }
    bool filtersOut(const ChangeEvent& event) const { return event.deleted ? noDelete : noPut; }
};

class WatchHub {
public:
    explicit WatchHub(StoreCore& core) : m_core(core) {}

    StreamId openStream(WatchSink& sink);
    void closeStream(StreamId stream);
    base::Result<WatchCreated> create(StreamId stream, const WatchRequest& request);
    bool cancel(StreamId stream, WatchId watch);
    // Each request gets one answer, a batch of watch kWholeStream without events. It is sent, at once or later, when
    // all watchers of the stream have got everything up to its revision, and it comes behind those events.
    void requestProgress(StreamId stream);
    std::vector<WatcherView> views() const;

    // Called for each change of the present transaction. `history` already contains it; rows from before still exist.
    // Returns the event if a watcher or tracing needs one.
    EventPtr change(const KeyHistory& history, const KeyValueView& kv, bool deleted, Revision revision);
    // Called at the end of a transaction, when the store has its revision. Sends the events, unless they are held.
    void flush();
    // From here on events are gathered; release() sends each watcher all its events in one batch.
    void hold() { m_held = true; }
    void release();
    // The stream's sink has room again: offers the batches of its victims until one is refused.
    void retry(StreamId stream);

    // The backend was replaced: all watchers catch up from the revision after `sentUpTo`, the store's revision before.
    void restore(std::int64_t sentUpTo);

    bool step(base::Nanoseconds now);  // true if more can be done now

private:
    using BySerial = absl::btree_map<std::uint64_t, Watcher*>;
    using ByNextRevision = absl::btree_map<std::pair<std::int64_t, std::uint64_t>, Watcher*>;

    Watcher* find(StreamId stream, WatchId watch) const;
    void enter(Watcher& watcher, WatcherGroup group, WatcherCause cause);
    void leave(Watcher& watcher);
    void erase(Watcher& watcher, WatcherCause cause);
    void placeByRevision(Watcher& watcher, WatcherCause cause);
    void addPending(Watcher& watcher, const EventPtr& event);
    // Sends the watcher's pending events. If the sink refuses them, they are kept and the result is false.
    bool send(Watcher& watcher);
    bool deliver(Watcher& watcher, WatchBatch& batch);
    std::shared_ptr<const KeyValue> pairBefore(const KeyHistory& history, std::int64_t revision) const;

    WatchBatch batchFor(const Watcher& watcher) const;
    void sendTouched();
    void retry(WatchStream& stream);
    void retryVictims();
    void notifyProgress(base::Nanoseconds now);
    bool upToDate(const Watcher& watcher) const;
    void answerProgress(WatchStream& stream);
    void answerProgress();
    void catchUp();
    bool cancelIfCompacted(Watcher& watcher);
    std::vector<Watcher*> chooseUnsynced();
    // Sends the chosen watchers, whose next revision is at or after `from`, their events of a bounded number of
    // revisions. Returns the last revision read.
    std::int64_t readHistory(std::int64_t from, const std::vector<Watcher*>& chosen);
    void addHistoryEvent(const WatcherIndex& wanted, const DecodedRevision& at, const KeyValueView& kv);

    StoreCore& m_core;
    absl::btree_map<StreamId, std::unique_ptr<WatchStream>> m_streams;
    StreamId m_nextStream = 1;
    std::uint64_t m_nextSerial = 1;
    WatcherIndex m_synced;
    ByNextRevision m_unsynced;
    absl::btree_set<StreamId> m_withVictims;
    absl::btree_set<StreamId> m_askingProgress;
    BySerial m_progress;  // watchers that asked for progress notifications
    std::int64_t m_sweepAt = 0;
    base::Nanoseconds m_now = 0;
    base::Nanoseconds m_nextProgress = 0;
    std::vector<Watcher*> m_matches;
    std::vector<Watcher*> m_touched;
    bool m_held = false;
};

}  // namespace raftarium::mvcc
