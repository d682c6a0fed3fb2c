// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Watchers: which of them get which events, and when. As in etcd, a watcher is in one of three groups:
//
//   synced     gets events as they are applied
//   unsynced   catches up with events read from the backend, in bounded steps
//   victim     its sink was full: the refused batch is kept and offered again
//
// A slow watcher never stops the store, and no event is lost, repeated or out of order.
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

inline constexpr WatchId kWholeStream = -1;  // the answer to a progress request is for all watchers of the stream

struct WatchBatch {
    WatchId watch = 0;
    std::int64_t revision = 0;     // of the store when the batch was made
    std::vector<EventPtr> events;  // ascending; all events of a revision are in one batch
    bool prevKv = false;           // as the watcher asked
    bool fragment = false;
    std::int64_t compactRevision = 0;  // != 0: canceled, because the watcher's next revision was compacted
    bool canceled = false;
    bool progress = false;  // no events: everything up to `revision` was sent
};

// The destination of a stream's batches: a bounded queue towards the network. Called on the raft loop; it must not
// block. After it refused a batch, Store::retryWatchStream should be called when it has room again.
class WatchSink {
public:
    virtual ~WatchSink() = default;
    virtual bool offer(WatchBatch& batch) = 0;  // moves from it and returns true; false: no room
};

struct WatchRequest {
    std::string key{};               // empty is treated as "\0"
    std::string rangeEnd{};          // as in KeyRange
    std::int64_t startRevision = 0;  // 0 = from the next one
    WatchId id = 0;                  // 0 = choose
    bool prevKv = false;
    bool fragment = false;  // copied into each batch
    bool progressNotify = false;
    bool noPut = false;
    bool noDelete = false;
};

struct WatchCreated {
    WatchId id = -1;
    std::int64_t revision = 0;  // of the store when the watcher was created
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
