// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Streams, their watchers, and the three groups a watcher moves between (watch.h). The hub reads rows only for catching
// up and for previous pairs; it never writes.
//
// Catching up sweeps over the history like a lift: each step reads the rows of a bounded number of revisions, serves
// all chosen unsynced watchers whose next revision lies in them, and goes on where it ended; when nobody waits further
// ahead, it starts again at the one furthest behind. So every watcher moves on, however many join at the bottom.
#pragma once

#include "cluster/mvcc/store_core.h"
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
    std::size_t behind = 0;         // of its watchers: unsynced or set aside
    std::size_t progressAsked = 0;  // requests not answered yet
    absl::btree_map<WatchId, std::unique_ptr<Watcher>> watchers;
    absl::btree_map<std::uint64_t, Watcher*> setAside;  // by serial
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
    // The first revision not sent yet. Of a synced watcher it may lag: all up to the store's revision was sent.
    std::int64_t nextRevision = 0;
    std::vector<EventPtr> pending;  // of the transaction or step under way
    WatchBatch kept;                // set aside
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
    // One answer for each request: a batch of watch kWholeStream without events. It comes when all of the stream's
    // watchers have got everything up to its revision, at once or later, and behind what they got.
    void requestProgress(StreamId stream);
    bool streamSynced(StreamId stream) const;
    std::vector<WatcherView> views() const;

    // One change of the transaction under way; `history` already holds it, rows of before are still there. Returns the
    // event if a watcher or tracing wants one.
    EventPtr change(const KeyHistory& history, const KeyValueView& kv, bool deleted, Revision revision);
    // The transaction is over, the store's revision is its: sends, unless held.
    void flush();
    // From here on transactions' events are gathered; release() sends each watcher all of its events in one batch.
    void hold() { m_held = true; }
    void release();
    // The stream's sink has room again: offers what was set aside until it refuses.
    void retry(StreamId stream);

    // A replaced backend: everyone goes on from the next revision, by catching up. `sentUpTo` is the revision before.
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
    // Sends the watcher's pending events; what the sink refuses is kept and false returned.
    bool send(Watcher& watcher);
    bool deliver(Watcher& watcher, WatchBatch& batch);
    std::shared_ptr<const KeyValue> pairBefore(const KeyHistory& history, std::int64_t revision) const;

    WatchBatch batchFor(const Watcher& watcher) const;
    void sendTouched();
    void retry(WatchStream& stream);
    void retrySetAside();
    void notifyProgress(base::Nanoseconds now);
    bool upToDate(const Watcher& watcher) const;
    void answerProgress(WatchStream& stream);
    void answerProgress();
    void catchUp();
    bool cancelIfCompacted(Watcher& watcher);
    std::vector<Watcher*> chooseUnsynced();
    // Gives the chosen ones (next revision at or after `from`) their events of a bounded number of revisions; returns
    // the last revision read.
    std::int64_t readHistory(std::int64_t from, const std::vector<Watcher*>& chosen);
    void addHistoryEvent(const WatcherIndex& wanted, const DecodedRevision& at, const KeyValueView& kv);

    StoreCore& m_core;
    absl::btree_map<StreamId, std::unique_ptr<WatchStream>> m_streams;
    StreamId m_nextStream = 1;
    std::uint64_t m_nextSerial = 1;
    WatcherIndex m_synced;
    ByNextRevision m_unsynced;
    absl::btree_set<StreamId> m_withSetAside;
    absl::btree_set<StreamId> m_askingProgress;
    BySerial m_progress;  // those that asked for notifications
    std::int64_t m_sweepAt = 0;
    base::Nanoseconds m_now = 0;
    base::Nanoseconds m_nextProgress = 0;
    std::vector<Watcher*> m_matches;
    std::vector<Watcher*> m_touched;
    bool m_held = false;
};

}  // namespace raftarium::mvcc
