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

// "http://host:port": scheme, host and port present, nothing after. `forListening` also wants an address, not a name.
base::Status checkUrl(const std::string& url, bool forListening);
base::Result<std::int64_t> parseDurationNs(const std::string& text);  // Go's form: "300ms", "1h30m", "0"
base::Result<bool> parseBoolean(const std::string& text);

// For the first start of a new or joining member: --initial-cluster has this member, with the URLs it advertises.
base::Status checkInitialCluster(const Config& config);

}  // namespace raftarium::node
