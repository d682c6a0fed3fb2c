// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/step_error.h"

namespace raftarium::raft {

const char* stepErrorText(StepError error) {
    switch (error) {
        case StepError::none:
            return "";
        case StepError::proposalDropped:
            return "raft proposal dropped";
        case StepError::stepLocalMessage:
            return "raft: cannot step raft local message";
        case StepError::stepPeerNotFound:
            return "raft: cannot step as peer not found";
        case StepError::malformed:
            return "raft: malformed message";
        case StepError::logLost:
            return "raft: the leader counts on entries that this member's log does not have";
    }
    return "unknown";
}

}  // namespace raftarium::raft
