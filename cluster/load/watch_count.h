// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a load generator needs of an encoded etcdserverpb.WatchResponse. Counted in the bytes: taking every event apart
// would make the generator what is measured.
#pragma once

#include <cstdint>
#include <string_view>

namespace raftarium::client {

struct WatchCount {
    std::uint64_t events = 0;
    bool created = false;
};
// Counts up to the end or to where the bytes do not parse.
WatchCount countWatchEvents(std::string_view response);

}  // namespace raftarium::client
