// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The telemetry values that the reducer, the feed and the views work on (cluster/telemetry), by their short names.
#pragma once

#include "cluster/telemetry/event.h"

namespace raftarium::observe {

using namespace telemetry;

}  // namespace raftarium::observe
