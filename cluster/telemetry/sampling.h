// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Which events may be left out when more happens than can be reported or taken in. State events never; what a lost one
// of the others hides is said by a Lost in its place. One answer for the publisher, the sampler of a subscriber, and
// the app.
#pragma once

#include "cluster/telemetry/event.h"

#include <cstdint>

namespace raftarium::telemetry {

// Messages, client requests, key and watch events, rules.
bool mayBeLeftOut(const EventKind& kind);

// What a choice among those goes by: the same for both ends of a message and for all steps of a request, so that they
// are kept or left out together. `sequence` stands in where the event has no identity of its own.
std::uint64_t samplingIdentity(const EventKind& kind, std::uint64_t sequence);
std::uint64_t samplingIdentity(const MessageKey& key);

}  // namespace raftarium::telemetry
