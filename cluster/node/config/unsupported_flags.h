// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Flags of etcd's for what is not here yet.
#pragma once

#include <string_view>
#include <vector>

namespace raftarium::node {

// Accepted with these values, of which the first is the default, and refused with others.
struct UnsupportedFlag {
    const char* name;
    bool boolean;
    std::vector<std::string_view> accepted;
};
const std::vector<UnsupportedFlag>& unsupportedFlags();

}  // namespace raftarium::node
