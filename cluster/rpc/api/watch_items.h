// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What waits to be sent on one watch stream, in order.
#pragma once

#include "cluster/mvcc/watch/watch.h"
#include "cluster/rpc/api/watch_encoder.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <variant>
#include <vector>

namespace raftarium::rpc {

// An answer to the client's own request, in line with the batches.
struct WatchAnswer {
    WatchControl response;
    std::int64_t revision = 0;  // 0 = the store's when it is sent
};

using WatchItem = std::variant<mvcc::WatchBatch, WatchAnswer>;

// Joins batches that have to wait for their turn anyway: a watcher gets in one response what it would get in several
// that follow each other, as from etcd when its client falls behind. The order of each watcher's events stays, and
// nothing moves across an answer, the whole stream's progress, or a progress notification or cancellation of the same
// watcher.
class WatchJoiner {
public:
    static constexpr std::size_t kEventsMax = 512, kBytesMax = 64 << 10;  // in a joined response

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
