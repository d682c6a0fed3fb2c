// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Who is in the cluster, and its version; ids as etcd computes them.
#pragma once

#include "cluster/base/result.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::node {

struct Member {
    std::uint64_t id = 0;
    std::string name;  // empty until it has published itself
    std::vector<std::string> peerUrls;
    std::vector<std::string> clientUrls;
    bool learner = false;

    friend bool operator==(const Member&, const Member&) = default;
};

// SHA-1 over the sorted peer URLs, concatenated, then the token (bootstrap) or the Unix time in seconds as decimal text
// (member add); first 8 bytes, big-endian. {"http://127.0.0.1:23800"} with "tok1" is 628ed94ad692e8a1.
std::uint64_t memberId(std::vector<std::string> peerUrls, std::string_view tokenOrTime);
// SHA-1 over all member ids ascending, 8 bytes big-endian each.
std::uint64_t clusterId(std::vector<std::uint64_t> memberIds);

// Why a member that others know must not start without its data.
std::string alreadyBootstrapped(std::uint64_t id);

// The cluster as one member knows it.
struct Membership {
    std::uint64_t clusterId = 0;
    std::map<std::uint64_t, Member> members;
    std::set<std::uint64_t> removed;
    std::string clusterVersion;  // "3.4.0"; empty = not decided
};

// The version that this member speaks, as a cluster of such members agrees on it.
inline constexpr std::string_view kClusterVersion = "3.4.0";
// As etcd does: a cluster of a later version (major and minor count) may have in its log what this member does not
// understand. `where` is the directory or the cluster that has it. An empty version is not decided yet, and fine.
base::Status refuseNewerCluster(std::string_view clusterVersion, std::string_view where);

}  // namespace raftarium::node
