// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What control may set: the limits of control.proto. Errc::invalidArgument; texts name the field as there, its value
// and what is allowed.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/telemetry/telemetry_event.h"

#include <cstdint>

namespace raftarium::node {

// Exactly one end of the link is `self`, times are within 0 .. 60 s, shares within 0 .. 1.
base::Status checkLinkFaults(const LinkFaults& faults, std::uint64_t self);
// A tick is within 1 ms .. 60 s, an election timeout at least two heartbeats and at most 10,000 ticks.
base::Status checkPace(const Pace& pace);

}  // namespace raftarium::node
