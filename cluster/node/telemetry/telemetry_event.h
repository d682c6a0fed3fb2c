// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The telemetry values (cluster/telemetry) that this layer speaks of most, by their names here.
#pragma once

#include "cluster/telemetry/event.h"

namespace raftarium::node {

using telemetry::DropReason;
using telemetry::ElectionDeadline;
using telemetry::LinkFaults;
using telemetry::Pace;
using MessageId = telemetry::MessageKey;
using MessageInfo = telemetry::Message;
using TelemetryEvent = telemetry::Event;
using TelemetryPayload = telemetry::EventKind;

}  // namespace raftarium::node
