// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The watchers of a load of kind watch. Internal to the load generator.
#pragma once

#include "cluster/base/result.h"
#include "cluster/load/load_connections_internal.h"
#include "cluster/load/load_spec.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace raftarium::client {

// Watchers on all keys the load writes, spread over one stream a connection; counts what they get.
class WatchCounter {
public:
    WatchCounter();
    ~WatchCounter();

    // Returns when the server has made all watchers.
    base::Status open(const LoadConnections& connections, const LoadSpec& spec);
    // Waits for `expected` events, or until none came for two seconds; how many there were.
    std::uint64_t drain(std::uint64_t expected);

private:
    struct Stream;

    std::vector<std::unique_ptr<Stream>> m_streams;
    std::atomic<std::uint64_t> m_events{0};  // counted on the streams' reader threads
};

}  // namespace raftarium::client
