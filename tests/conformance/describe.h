// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The text forms of Ready, messages and entries that transcripts are written in.
#pragma once

#include "cluster/raft/ready.h"

#include <string>

namespace raftarium::conformance {

const char* roleName(raft::Role role);  // "StateLeader"
std::string describeEntry(const raft::Entry& entry);
std::string describeEntries(const std::vector<raft::Entry>& entries);  // one a line
std::string describeMessage(const raft::Message& message, const std::string& indent = "");
std::string describeReady(const raft::Ready& ready);

}  // namespace raftarium::conformance
