// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Counts the events of an encoded etcdserverpb.WatchResponse without decoding them. Decoding would make the generator
// the bottleneck.
#pragma once

#include <cstdint>
#include <string_view>

namespace raftarium::load {

struct WatchCount {
    std::uint64_t events = 0;
    bool created = false;
};
// Counts up to the end, or to the first malformed field.
WatchCount countWatchEvents(std::string_view response);

}  // namespace raftarium::load
