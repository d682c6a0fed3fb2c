// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What can be checked of a message from another member without the member's state. The core's handlers end the process
// where a rule is broken; this check runs before them, so that nothing from the network can end the process.
#pragma once

#include "cluster/raft/message.h"

namespace raftarium::raft {

// Why member `self` refuses a message that arrived; empty if it accepts it. Only messages that a core sends pass:
// entries continue at `index` without gaps and with terms that do not decrease, a snapshot has an index and a
// consistent configuration, and a message has a term exactly if its type has one.
std::string messageFault(const Message& message, NodeId self);

// Why a configuration is inconsistent or has no voter; empty if it is good.
std::string confStateFault(const ConfState& state);

}  // namespace raftarium::raft
