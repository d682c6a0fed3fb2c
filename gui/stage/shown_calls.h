// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Which client's request is shown beside each node.
#pragma once

#include "cluster/observe/cluster_state.h"

#include <map>

namespace raftarium::gui {

// The newest at the node of those that wait for their answer or had it a moment ago.
struct ShownCall {
    const observe::ClientCall* call = nullptr;  // of the state it was found in
    int others = 0;                             // so many more wait or were just answered there
};
using ShownCalls = std::map<observe::NodeId, ShownCall>;

// In a state at the time `now`. Bounded: under load only the latest requests are looked at.
ShownCalls callsShown(const observe::ClusterState& state, observe::TimeNs now);

}  // namespace raftarium::gui
