// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Configuration changes as raftpb's bytes: the data of entries of type confChange and confChangeV2. Example: ConfChange
// {id 1, addNode, nodeId 2} is 08 01 10 00 18 02.
#pragma once

#include "cluster/raft/types.h"

#include <optional>
#include <string_view>

namespace raftarium::raft {

base::Bytes encodeConfChange(const ConfChange& change);
base::Bytes encodeConfChangeV2(const ConfChangeV2& change);
// Nullopt if the bytes are malformed. Unknown fields are skipped.
std::optional<ConfChange> decodeConfChange(std::string_view data);
std::optional<ConfChangeV2> decodeConfChangeV2(std::string_view data);

ConfChangeV2 asV2(const ConfChange& change);

}  // namespace raftarium::raft
