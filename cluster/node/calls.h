// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What calls to a member bring back. Completions run on the raft loop's thread: they hand over, and do not block.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/txn/operations.h"
#include "cluster/node/members/membership.h"

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace raftarium::node {

// The outcome of a proposal. The response is the receiver's: move from it.
struct Applied {
    mvcc::Response response;
    std::uint64_t index = 0;
    std::uint64_t term = 0;
};
using ProposalDone = std::function<void(base::Result<Applied>)>;
using ReadDone = std::function<void(base::Status)>;
using RenewDone = std::function<void(base::Result<std::int64_t>)>;  // the time to live in seconds

// The members after the change; for an addition the added one before them.
using MembersDone = std::function<void(base::Result<std::vector<Member>>)>;
using MemberAddedDone = std::function<void(base::Result<std::pair<Member, std::vector<Member>>>)>;

// What a person decides about a held message.
enum class HeldAction : std::uint8_t { deliver, drop, duplicate };

}  // namespace raftarium::node
