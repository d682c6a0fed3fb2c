// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// "Why?": the chain of events that led to a state, first cause first.
#pragma once

#include "cluster/observe/feed/feed.h"
#include "cluster/observe/history.h"

#include <cstdint>
#include <vector>

namespace raftarium::observe {

// Why `leader` won the election of `term`: what became of the leader before it, whose deadline passed first, who was
// asked, who granted or refused and why (with the comparison of logs), and the count. Empty if that election is not in
// the history. Looks back at most a minute from the win. Moves the history's cursor (seek).
std::vector<FeedLine> whyElected(History& history, NodeId leader, std::uint64_t term);

// The same for the leader of the instant `at`; empty if there was none.
std::vector<FeedLine> whyLeader(History& history, TimeNs at);

}  // namespace raftarium::observe
