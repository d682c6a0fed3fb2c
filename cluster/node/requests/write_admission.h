// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// May a write be proposed, as far as the quota of this member's store goes? A write that does not fit raises the alarm
// NOSPACE. The store checks again when it applies the entry (a member whose own store is full answers NOSPACE there).
// Used from one thread.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/txn/operations.h"
#include "cluster/node/node.h"

#include <cstdint>

namespace raftarium::node {

class WriteAdmission {
public:
    // `quotaBytes` as --quota-backend-bytes has it: 0 = 2 GiB, negative = none.
    WriteAdmission(Node& node, std::int64_t quotaBytes);

    // The error for the client, or none. `op` is one of mvcc::Request's, or one. `bytes` is at least what the write
    // adds to the store: far below the quota, many writes are let through before its size is looked at again.
    template <typename Op>
    base::Status admit(const Op& op, std::int64_t bytes) {
        m_uncheckedBytes -= bytes;
        if (m_uncheckedBytes >= 0) return {};
        return check(op);
    }
    base::Status check(const mvcc::Request& request);

private:
    Node& m_node;
    std::int64_t m_quotaBytes;
    std::int64_t m_uncheckedBytes = 0;  // may still be written before the size is looked at again
};

}  // namespace raftarium::node
