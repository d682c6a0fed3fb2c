// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/membership_json.h"

#include "cluster/base/coding.h"
#include "cluster/node/members/go_json.h"

namespace raftarium::node {
namespace {

constexpr std::string_view kMembersPrefix = "/0/members/";
constexpr std::string_view kAttributesSuffix = "/attributes";

Json memberJson(const Member& member, bool clientUrls) {
    Json json;
    json["id"] = member.id;
    // Go writes a nil list as null; a member always has peer URLs, so this shows only in damaged input.
    json["peerURLs"] = member.peerUrls;
    if (member.learner) json["isLearner"] = true;
    if (!member.name.empty()) json["name"] = member.name;
    if (clientUrls) setStrings(json, "clientURLs", member.clientUrls);
    return json;
}

base::Result<Member> readMember(const Json& json) {
    Member member;
    const auto id = json.find("id");
    if (id == json.end() || !id->is_number_unsigned())
        return malformedJson("member", "\"id\" must be a positive number");
    member.id = id->get<std::uint64_t>();
    if (!getStrings(json, "peerURLs", member.peerUrls))
        return malformedJson("member", "\"peerURLs\" must be a list of texts");
    if (!getStrings(json, "clientURLs", member.clientUrls))
        return malformedJson("member", "\"clientURLs\" must be a list of texts");
    if (!getString(json, "name", member.name)) return malformedJson("member", "\"name\" must be a text");
    if (!getBool(json, "isLearner", member.learner))
        return malformedJson("member", "\"isLearner\" must be true or false");
    return member;
}

}  // namespace

std::string memberToJson(const Member& member) { return toGoJson(memberJson(member, true)); }

base::Result<Member> memberFromJson(std::string_view text) {
    auto json = parseObject("member", text);
    if (!json) return json.error();
    return readMember(*json);
}

std::string attributesToJson(const MemberAttributes& attributes) {
    Json json = Json::object();
    if (!attributes.name.empty()) json["name"] = attributes.name;
    setStrings(json, "clientURLs", attributes.clientUrls);
    return toGoJson(json);
}

base::Result<MemberAttributes> attributesFromJson(std::string_view text) {
    auto json = parseObject("member attributes", text);
    if (!json) return json.error();
    MemberAttributes attributes;
    if (!getString(*json, "name", attributes.name) || !getStrings(*json, "clientURLs", attributes.clientUrls))
        return malformedJson("member attributes", "\"name\" must be a text and \"clientURLs\" a list of texts");
    return attributes;
}

std::string confChangeContextToJson(const ConfChangeContext& context, bool atBootstrap) {
    Json json = memberJson(context.member, !atBootstrap);
    if (!atBootstrap) json["isPromote"] = context.promote;
    return toGoJson(json);
}

base::Result<ConfChangeContext> confChangeContextFromJson(std::string_view text) {
    auto json = parseObject("conf change context", text);
    if (!json) return json.error();
    auto member = readMember(*json);
    if (!member) return member.error();
    ConfChangeContext context{std::move(*member), false};
    if (!getBool(*json, "isPromote", context.promote))
        return malformedJson("conf change context", "\"isPromote\" must be true or false");
    return context;
}

std::optional<std::uint64_t> attributesPathMember(std::string_view path) {
    if (path.size() <= kMembersPrefix.size() + kAttributesSuffix.size()) return std::nullopt;
    if (path.substr(0, kMembersPrefix.size()) != kMembersPrefix) return std::nullopt;
    if (path.substr(path.size() - kAttributesSuffix.size()) != kAttributesSuffix) return std::nullopt;
    path.remove_prefix(kMembersPrefix.size());
    path.remove_suffix(kAttributesSuffix.size());
    return base::parseHexId(path);
}

std::string attributesPath(std::uint64_t id) {
    return std::string(kMembersPrefix) + base::hexId(id) + std::string(kAttributesSuffix);
}

}  // namespace raftarium::node
