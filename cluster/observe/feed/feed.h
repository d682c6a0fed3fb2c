// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What happened, as sentences with a cause.
#pragma once

#include "cluster/observe/cluster_state.h"
#include "cluster/observe/feed/feed_line.h"

#include <optional>

namespace raftarium::observe {

// One line or none for an event; `before` is the state just before it.
std::optional<FeedLine> describe(const Event& event, const ClusterState& before);

}  // namespace raftarium::observe
