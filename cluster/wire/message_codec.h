// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The core's structs as raftpb's bytes and back. Encoders append exactly what etcd 3.4/3.5's do: ascending field
// numbers, and the fields that are always written even when zero (facts: raftpb.Entry Type, Term, Index; Message 1-6,
// 8, 10, 11 and an empty snapshot; HardState all; ConfState auto_leave). Vote (13) and responses (14) exist inside one
// process only and are not encoded. Example: HardState{term 1, vote 0, commit 1} is 08 01 10 00 18 01.
#pragma once

#include "cluster/base/result.h"
#include "cluster/raft/message.h"
#include "cluster/raft/types.h"

#include <string>
#include <string_view>

namespace raftarium::wire {

void encodeEntry(const raft::Entry& entry, std::string& out);
void encodeHardState(const raft::HardState& state, std::string& out);
void encodeConfState(const raft::ConfState& state, std::string& out);
void encodeSnapshot(const raft::Snapshot& snapshot, std::string& out);
void encodeMessage(const raft::Message& message, std::string& out);
// Bytes encodeMessage appends.
std::size_t encodedMessageSize(const raft::Message& message);

// Errc::corruption with the message's and the field's name if malformed. Absent fields are zero, unknown ones skipped,
// repeated ids accepted packed and unpacked. An entry's data is null if absent, empty if written with length 0.
base::Result<raft::Entry> decodeEntry(std::string_view data);
base::Result<raft::HardState> decodeHardState(std::string_view data);
base::Result<raft::ConfState> decodeConfState(std::string_view data);
base::Result<raft::Snapshot> decodeSnapshot(std::string_view data);
base::Result<raft::Message> decodeMessage(std::string_view data);

}  // namespace raftarium::wire
