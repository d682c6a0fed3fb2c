// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A member's flags and environment variables, as etcd takes them.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/config/config.h"

#include <string>
#include <vector>

namespace raftarium::node {

// Flags as etcd's (one or two dashes, --flag value, --flag=value, bare booleans), then ETCD_* variables for what the
// flags left out. `environment` has lines NAME=VALUE. An error names the flag or variable, its value and what is
// allowed. Warnings (unknown ETCD_ variables, odd values) are appended to `warnings`. --help and --version fill
// `textAndExit`.
struct ParsedConfig {
    Config config;
    std::vector<std::string> warnings;
    std::string textAndExit;
};
base::Result<ParsedConfig> parseConfig(const std::vector<std::string>& arguments,
                                       const std::vector<std::string>& environment);

}  // namespace raftarium::node
