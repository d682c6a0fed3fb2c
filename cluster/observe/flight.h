// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A message on its way from one node to another.
#pragma once

#include "cluster/observe/event.h"

namespace raftarium::observe {

enum class FlightEnd : std::uint8_t { flying, received, dropped, unknown };

// A message between its sending and its end. unknown: the receiver's stream says nothing of it within its time.
struct Flight {
    Message message;
    TimeNs sentNs = 0;  // 0: its sending was not reported (yet)
    TimeNs endNs = 0;   // 0 while flying; for a delayed one the announced end
    FlightEnd end = FlightEnd::flying;
    DropReason dropReason = DropReason::unknown;
    bool droppedAtReceiver = false;
    bool held = false;
    friend bool operator==(const Flight&, const Flight&) = default;
};

}  // namespace raftarium::observe
