// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry messages -> event values. Unknown kinds are skipped and counted; bad values never crash.
#pragma once

#include <vector>

#include "cluster/observe/event.h"

namespace raftarium::telemetry::v1 {
class EventBatch;
}

namespace raftarium::observe {

// Appends to `out`; `node` is the id of the stream's node. Returns how many events were of an unknown kind.
std::size_t decodeBatch(const telemetry::v1::EventBatch& batch, NodeId node, std::vector<Event>& out);

}  // namespace raftarium::observe
