// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The table of flags: what each is called, how its value is read, and where it goes.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/config/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace raftarium::node {

struct Flag {
    const char* name;
    const char* group;
    const char* meaning;
    bool boolean = false;
    // Reads `value` into the configuration; the error says only what is allowed.
    base::Status (*set)(Config& config, const std::string& value) = nullptr;
};
const std::vector<Flag>& supportedFlags();

// etcd's flags that do nothing here: accepted with these values (first: the default), refused with others.
struct UnsupportedFlag {
    const char* name;
    bool boolean;
    std::vector<std::string_view> accepted;
};
const std::vector<UnsupportedFlag>& unsupportedFlags();

// For the first start of a new or joining member: --initial-cluster has this member, with the URLs it advertises.
base::Status checkInitialCluster(const Config& config);

}  // namespace raftarium::node
