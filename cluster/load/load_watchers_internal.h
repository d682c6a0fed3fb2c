// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The watchers of a load of kind watch. Internal to this layer.
#pragma once

#include "cluster/base/result.h"
#include "cluster/load/load_connections_internal.h"
#include "cluster/load/load_spec.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace raftarium::load {

// Watchers of all written keys, on one stream for each connection. Counts the events that they get.
class WatchCounter {
public:
    WatchCounter();
    ~WatchCounter();

    // Returns when the server has created all watchers.
    base::Status open(const LoadConnections& connections, const LoadSpec& spec);
    // Waits for `expected` events, or until none came for two seconds. Returns their number.
    std::uint64_t drain(std::uint64_t expected);

private:
    struct Stream;

    std::vector<std::unique_ptr<Stream>> m_streams;
    std::atomic<std::uint64_t> m_events{0};  // counted on the reader threads of the streams
};

}  // namespace raftarium::load
