// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/feed/feed.h"

#include "cluster/observe/feed/feed_parts.h"

#include <variant>

namespace raftarium::observe {

std::optional<FeedLine> describe(const Event& event, const ClusterState& before) {
    return std::visit([&](const auto& kind) { return sayPart(event, before, kind); }, event.kind);
}

}  // namespace raftarium::observe
