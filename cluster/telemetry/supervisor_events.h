// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What no node can report of itself: the supervisor did it, or saw it.
#pragma once

#include "cluster/telemetry/causes.h"

#include <string>

namespace raftarium::telemetry {

struct ProcessChanged {
    ProcessState state = ProcessState::stopped;
    std::string name;
    int exitCode = 0, signal = 0;
    std::string text;
    friend bool operator==(const ProcessChanged&, const ProcessChanged&) = default;
};
// The stream of this node broke: from here on nothing is known of it until its next FullState.
struct StreamEnded {
    std::string reason;
    friend bool operator==(const StreamEnded&, const StreamEnded&) = default;
};
// Somebody acted on the cluster. The event's node is the member acted on, 0 if it is none or several.
struct ActionTaken {
    std::string line;  // the raftariumctl line that does the same: "fault cut n1 n2"
    std::string json;  // the action as control/action.h prints it
    std::string by;    // "app", "raftariumctl", a lesson's name
    ActionOutcome outcome = ActionOutcome::done;
    std::string error;  // why it failed
    friend bool operator==(const ActionTaken&, const ActionTaken&) = default;
};

}  // namespace raftarium::telemetry
