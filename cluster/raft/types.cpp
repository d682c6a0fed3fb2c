// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/types.h"

#include "cluster/base/coding.h"

namespace raftarium::raft {

std::size_t encodedSize(const Entry& entry) {
    std::size_t size = 3 + base::varintSize(static_cast<std::uint64_t>(entry.type)) + base::varintSize(entry.term) +
                       base::varintSize(entry.index);
    if (!entry.data.isNull()) size += 1 + base::varintSize(entry.data.size()) + entry.data.size();
    return size;
}

}  // namespace raftarium::raft
