// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/membership.h"

#include "cluster/base/coding.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>

namespace raftarium::node {
namespace {

std::uint64_t sha1Prefix(std::string_view data) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const int done = EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha1(), nullptr);
    RAFTARIUM_CHECK_MSG(done == 1 && size >= 8, "SHA-1 is not available from OpenSSL");
    return base::readFixed64Be(reinterpret_cast<const char*>(digest.data()));
}

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

std::uint64_t memberId(std::vector<std::string> peerUrls, std::string_view tokenOrTime) {
    std::sort(peerUrls.begin(), peerUrls.end());
    std::string data;
    for (const std::string& url : peerUrls) data += url;
    data += tokenOrTime;
    return sha1Prefix(data);
}

std::uint64_t clusterId(std::vector<std::uint64_t> memberIds) {
    std::sort(memberIds.begin(), memberIds.end());
    std::string data;
    for (const std::uint64_t id : memberIds) base::putFixed64Be(data, id);
    return sha1Prefix(data);
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
