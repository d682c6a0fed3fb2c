// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What can be known of a message from another member by looking at it alone. The core's own handlers rely on it: they
// end the process where a rule is broken, and nothing that comes over the network may do that.
#pragma once

#include "cluster/raft/message.h"

namespace raftarium::raft {

// Why a message that arrived at member `self` is refused; empty if it is not. Only messages that a core sends pass:
// entries follow on `index` one by one with terms that do not fall, a snapshot has an index and a configuration that
// does not contradict itself, and a term is there where one belongs.
std::string messageFault(const Message& message, NodeId self);

// Why a configuration contradicts itself or has no voter; empty if it does neither.
std::string confStateFault(const ConfState& state);

}  // namespace raftarium::raft
