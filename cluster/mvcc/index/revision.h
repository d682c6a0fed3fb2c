// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where a change stands in the history of the store. `main` counts the transactions that changed something, `sub` the
// changes within one transaction.
#pragma once

#include <compare>
#include <cstdint>

namespace raftarium::mvcc {

struct Revision {
    std::int64_t main = 0;
    std::int64_t sub = 0;

    friend auto operator<=>(const Revision&, const Revision&) = default;
};

}  // namespace raftarium::mvcc
