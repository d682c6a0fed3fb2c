// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry messages -> event values. Unknown kinds are skipped and counted; bad values never crash.
#pragma once

#include "cluster/observe/event.h"

#include <vector>

namespace raftarium::telemetry::v1 {
class EventBatch;
class LinkFaults;
class MessageInfo;
class Pace;
}  // namespace raftarium::telemetry::v1

namespace raftarium::observe {

// Appends to `out`; `node` is the id of the stream's node (0: as the batch says). Returns how many events were of an
// unknown kind.
std::size_t decodeBatch(const telemetry::v1::EventBatch& batch, NodeId node, std::vector<Event>& out);

// Parts that other services share.
LinkFaults decodeFaults(const telemetry::v1::LinkFaults& in);
Message decodeMessage(const telemetry::v1::MessageInfo& in);
Pace decodePace(const telemetry::v1::Pace& in);

}  // namespace raftarium::observe
