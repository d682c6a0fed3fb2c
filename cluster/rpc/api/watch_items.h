// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The queue of one watch stream: what waits to be sent, in order.
#pragma once

#include "cluster/mvcc/watch/watch.h"
#include "cluster/rpc/api/watch_encoder.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <variant>
#include <vector>

namespace raftarium::rpc {

// The answer to a request of the client. It is sent in order with the batches.
struct WatchAnswer {
    WatchControl response;
    std::int64_t revision = 0;  // 0 = that of the store when it is sent
};

using WatchItem = std::variant<mvcc::WatchBatch, WatchAnswer>;

// Joins batches that wait in the queue: a watcher then gets in one response the events of several, as from etcd when
// its client falls behind. The order of each watcher's events does not change. No event moves past an answer, the
// progress of the whole stream, or a progress notification or cancellation of the same watcher.
class WatchJoiner {
public:
    static constexpr std::size_t kEventsMax = 512, kBytesMax = 64 << 10;  // of a joined response

    void join(std::vector<WatchItem>& items);

private:
    struct Place {
        std::size_t at = 0;  // in the items that stay
        std::size_t bytes = 0;
    };
    bool joined(std::vector<WatchItem>& items, mvcc::WatchBatch& batch);

    std::unordered_map<mvcc::WatchId, Place> m_places;
};

}  // namespace raftarium::rpc
