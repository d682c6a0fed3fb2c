// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The table of flags: name, group and meaning of each, and the function that reads its value into the configuration.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/config/config.h"

#include <string>
#include <vector>

namespace raftarium::node {

struct Flag {
    const char* name;
    const char* group;
    const char* meaning;
    bool boolean = false;
    // Reads `value` into the configuration; the error text only names what is allowed.
    base::Status (*set)(Config& config, const std::string& value) = nullptr;
};
const std::vector<Flag>& supportedFlags();

// For the first start of a new or joining member: --initial-cluster has this member, with the URLs it advertises.
base::Status checkInitialCluster(const Config& config);

}  // namespace raftarium::node
