// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The JSON forms of members, as etcd has them in its log and store.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/members/membership.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::node {

// {"id":N,"peerURLs":[..],"isLearner":true?,"name":".."?,"clientURLs":[..]?}: a row of the bucket members.
std::string memberToJson(const Member& member);
base::Result<Member> memberFromJson(std::string_view json);

// {"name":..,"clientURLs":[..]}: what a member publishes of itself. Empty parts are left out.
struct MemberAttributes {
    std::string name;
    std::vector<std::string> clientUrls;
};
std::string attributesToJson(const MemberAttributes& attributes);
base::Result<MemberAttributes> attributesFromJson(std::string_view json);

// A conf change's context: the member as above, and on the same level "isPromote" for a learner that becomes a voter.
// Those of a bootstrap have neither client URLs nor "isPromote".
struct ConfChangeContext {
    Member member;
    bool promote = false;
};
std::string confChangeContextToJson(const ConfChangeContext& context, bool atBootstrap);
base::Result<ConfChangeContext> confChangeContextFromJson(std::string_view json);

// "/0/members/<hex>/attributes" -> id; nullopt for any other path.
std::optional<std::uint64_t> attributesPathMember(std::string_view path);
std::string attributesPath(std::uint64_t id);
inline constexpr std::string_view kClusterVersionPath = "/0/version";

}  // namespace raftarium::node
