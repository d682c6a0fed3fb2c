// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Who is in the cluster, and its version.
#pragma once

#include "cluster/base/member_id.h"
#include "cluster/base/result.h"
#include "cluster/base/version.h"

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

using base::clusterId;
using base::memberId;

// Why a member that others know must not start without its data.
std::string alreadyBootstrapped(std::uint64_t id);

// The cluster as one member knows it.
struct Membership {
    std::uint64_t clusterId = 0;
    std::map<std::uint64_t, Member> members;
    std::set<std::uint64_t> removed;
    std::string clusterVersion;  // "3.4.0"; empty = not decided
};

// The member with exactly these peer URLs, in any order; null if there is none.
const Member* memberWithPeerUrls(const Membership& membership, std::vector<std::string> peerUrls);

// The version that this member speaks, as a cluster of such members agrees on it.
inline constexpr std::string_view kClusterVersion = base::kEtcdClusterVersion;
// Errc::unimplemented for a cluster of a later version (major and minor count), as in etcd: its log may hold requests
// that this member does not understand. `where` names the directory or the cluster. An empty version is not decided
// yet, and is accepted.
base::Status refuseNewerCluster(std::string_view clusterVersion, std::string_view where);

}  // namespace raftarium::node
