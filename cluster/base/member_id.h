// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The ids of members and clusters as etcd computes them: whoever knows the same URLs and token gets the same id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::base {

// SHA-1 over the sorted peer URLs, concatenated, then the token (bootstrap) or the Unix time in seconds as decimal text
// (member add); first 8 bytes, big-endian. {"http://127.0.0.1:23800"} with "tok1" is 628ed94ad692e8a1.
std::uint64_t memberId(std::vector<std::string> peerUrls, std::string_view tokenOrTime);
// SHA-1 over all member ids ascending, 8 bytes big-endian each.
std::uint64_t clusterId(std::vector<std::uint64_t> memberIds);

}  // namespace raftarium::base
