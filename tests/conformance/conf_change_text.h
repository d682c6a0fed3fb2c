// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// "v1 l2 r3 u4": add voter 1, add learner 2, remove 3, update 4.
#pragma once

#include "cluster/raft/types.h"

#include <optional>
#include <string_view>
#include <vector>

namespace raftarium::conformance {

// nullopt if a word is not of this form.
std::optional<std::vector<raft::ConfChangeSingle>> changesFromText(std::string_view text);

}  // namespace raftarium::conformance
