// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/membership.h"

#include "cluster/base/coding.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <optional>

namespace raftarium::node {
namespace {

struct Version {
    int major = 0;
    int minor = 0;
    friend auto operator<=>(const Version&, const Version&) = default;
};

std::optional<Version> versionOf(std::string_view text) {
    Version version;
    const char* const end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, version.major);
    if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    if (minor.ec != std::errc()) return std::nullopt;
    return version;
}

std::string textOf(const Version& version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor);
}

}  // namespace

const Member* memberWithPeerUrls(const Membership& membership, std::vector<std::string> peerUrls) {
    std::sort(peerUrls.begin(), peerUrls.end());
    for (const auto& [id, member] : membership.members) {
        std::vector<std::string> urls = member.peerUrls;
        std::sort(urls.begin(), urls.end());
        if (urls == peerUrls) return &member;
    }
    return nullptr;
}

base::Status refuseNewerCluster(std::string_view clusterVersion, std::string_view where) {
    if (clusterVersion.empty()) return {};
    const Version ours = *versionOf(kClusterVersion);
    const auto theirs = versionOf(clusterVersion);
    if (!theirs)
        return base::Error{base::Errc::corruption, std::string(where) + ": the cluster version \"" +
                                                       std::string(clusterVersion) + "\" is not a version"};
    if (*theirs <= ours) return {};
    return base::Error{base::Errc::unimplemented,
                       std::string(where) + ": cluster cannot be downgraded (current version: " + textOf(ours) +
                           " is lower than determined cluster version: " + textOf(*theirs) +
                           "). Use a server of version " + textOf(*theirs) + " or later for it"};
}

std::string alreadyBootstrapped(std::uint64_t id) {
    const std::string hex = base::hexId(id);
    return "member " + hex +
           " has already been bootstrapped: the cluster knows it, but there is no data of it here. Its votes and the "
           "entries that it acknowledged are lost, so it must not take part as if it were new. Give it its data "
           "directory back; or remove it (member remove " +
           hex +
           "), add it again (member add), and start it with an empty data directory and "
           "--initial-cluster-state=existing";
}

}  // namespace raftarium::node
