// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// How the values of flags are read. Error texts only name what is allowed.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/result.h"

#include <string>
#include <vector>

namespace raftarium::node {

// "a,b" are two values, "" is one that is empty.
std::vector<std::string> splitList(const std::string& text);
base::Result<std::int64_t> parseWholeNumber(const std::string& text, std::int64_t low, std::int64_t high);
base::Result<bool> parseBoolean(const std::string& text);  // as Go's strconv.ParseBool
// Go's form: "300ms", "1h30m", "-1.5h", "0". But for "us", Go also takes the sign for micro.
base::Result<base::Nanoseconds> parseDurationNs(const std::string& text);
// "http://host:port": scheme, host and port are there, and nothing after them. An address to listen on must be an IP
// address or "localhost", not another name.
base::Status checkUrl(const std::string& url, bool forListening);

}  // namespace raftarium::node
