// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The outcome of an input to the core.
#pragma once

#include <cstdint>

namespace raftarium::raft {

enum class StepError : std::uint8_t {
    none,
    // No leader is known, leadership is being transferred, this member is not in the configuration, forwarding is off,
    // or too much is uncommitted.
    proposalDropped,
    stepLocalMessage,
    stepPeerNotFound,
    malformed,  // no core sends such a message; it had no effect
    // The leader relies on entries that this member acknowledged and no longer has. A member that has lost part of its
    // log must not take part any more.
    logLost,
};

// For people. The texts of the first four are etcd-io/raft's.
const char* stepErrorText(StepError error);

}  // namespace raftarium::raft
