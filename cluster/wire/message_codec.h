// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The core's structs as raftpb's bytes, and back. The encoders append the same bytes as those of etcd 3.4 and 3.5:
// fields in ascending order, and some fields even if they are zero (Type, Term and Index of an Entry; 1 to 6, 8, 10, 11
// and an empty snapshot of a Message; all of a HardState; auto_leave of a ConfState). Vote (13) and responses (14) of a
// message exist only inside one process and are not encoded. Example: HardState{term 1, vote 0, commit 1} is 08 01 10
// 00 18 01.
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
// How many bytes encodeMessage() appends.
std::size_t encodedMessageSize(const raft::Message& message);

// Errc::corruption with the name of the message if it is malformed. Absent fields are zero, unknown fields are skipped,
// repeated ids may be packed or not. The data of an entry is null if it is absent, and empty if it has length 0.
base::Result<raft::Entry> decodeEntry(std::string_view data);
base::Result<raft::HardState> decodeHardState(std::string_view data);
base::Result<raft::ConfState> decodeConfState(std::string_view data);
base::Result<raft::Snapshot> decodeSnapshot(std::string_view data);
base::Result<raft::Message> decodeMessage(std::string_view data);

}  // namespace raftarium::wire
