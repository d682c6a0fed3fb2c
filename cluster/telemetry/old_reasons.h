// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Nodes of schema version 1 gave reasons as English sentences; recordings of theirs are still opened. Internal to the
// codec.
#pragma once

#include "cluster/telemetry/causes.h"

#include <string_view>

namespace raftarium::telemetry {

// The cause that such a node meant; unknown for a sentence that no such node wrote.
RoleCause oldRoleCause(std::string_view reason);
WatcherCause oldWatcherCause(std::string_view reason);

}  // namespace raftarium::telemetry
