// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/member_id.h"

#include "cluster/base/check.h"
#include "cluster/base/coding.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace raftarium::base {
namespace {

std::uint64_t sha1Prefix(std::string_view data) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const int done = EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha1(), nullptr);
    RAFTARIUM_CHECK_MSG(done == 1 && size >= 8, "SHA-1 is not available from OpenSSL");
    return readFixed64Be(reinterpret_cast<const char*>(digest.data()));
}

}  // namespace

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
    for (const std::uint64_t id : memberIds) putFixed64Be(data, id);
    return sha1Prefix(data);
}

}  // namespace raftarium::base
