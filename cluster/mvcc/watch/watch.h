// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Watchers: who gets which event, and when. Key watchers in a map, range watchers in an interval tree; groups synced
// (get events as they are applied), unsynced (catching up from the backend in bounded steps) and set aside (their sink
// was full: the batch is kept and offered again). A slow watcher never holds the store, and no event is lost, doubled
// or out of order. Behaviour: facts/behaviour.md section 10.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/watch/events.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::mvcc {

using StreamId = std::uint64_t;
using WatchId = std::int64_t;

inline constexpr WatchId kWholeStream = -1;  // in the answer to a progress request, which speaks for all watchers

struct WatchBatch {
    WatchId watch = 0;
    std::int64_t revision = 0;     // header: of the store when the batch was made
    std::vector<EventPtr> events;  // all of a revision are in one batch; ascending
    bool prevKv = false;           // as its watcher asked
    bool fragment = false;
    std::int64_t compactRevision = 0;  // != 0: cancelled, its next revision was compacted
    bool canceled = false;
    bool progress = false;  // no events: everything up to `revision` was sent
};

// Where a stream's batches go: a bounded queue towards the network. Called on the loop thread, must not block. Once it
// has refused a batch it should have Store::retryWatchStream called when it has room again.
class WatchSink {
public:
    virtual ~WatchSink() = default;
    virtual bool offer(WatchBatch& batch) = 0;  // takes it (moves from it) and returns true, or leaves it: full
};

struct WatchRequest {
    std::string key{};               // empty is treated as "\0"
    std::string rangeEnd{};          // as in KeyRange
    std::int64_t startRevision = 0;  // 0 = from the next one
    WatchId id = 0;                  // 0 = choose
    bool prevKv = false;
    bool fragment = false;  // handed on with each batch
    bool progressNotify = false;
    bool noPut = false;
    bool noDelete = false;
};

struct WatchCreated {
    WatchId id = -1;
    std::int64_t revision = 0;  // header of the created response
};

struct WatcherView {
    StreamId stream = 0;
    WatchId id = 0;
    WatcherGroup group = WatcherGroup::none;
    std::string key;
    std::string rangeEnd;
    std::int64_t nextRevision = 0;
};

}  // namespace raftarium::mvcc
