// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where a change stands in the store's history: main +1 per transaction that changed something, sub +1 per change in
// it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace raftarium::mvcc {

struct Revision {
    std::int64_t main = 0;
    std::int64_t sub = 0;

    friend auto operator<=>(const Revision&, const Revision&) = default;
};

// Backend key of a change: 8 bytes main, '_', 8 bytes sub, big-endian, so that byte order is time order; 't' marks a
// delete. {3, 0} of a put is 0000000000000003 5f 0000000000000000.
std::string encodeRevision(Revision revision, bool tombstone = false);
struct DecodedRevision {
    Revision revision;
    bool tombstone = false;
};
std::optional<DecodedRevision> decodeRevision(std::string_view key);

}  // namespace raftarium::mvcc
