// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/membership_json.h"

#include "cluster/base/coding.h"

#include <nlohmann/json.hpp>

#include <map>

namespace raftarium::node {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMembersPrefix = "/0/members/";
constexpr std::string_view kAttributesSuffix = "/attributes";
constexpr const char* kNoExpiry = "0001-01-01T00:00:00Z";

// As Go's encoder: no spaces, UTF-8 as it is (damaged bytes replaced), and <, >, & escaped.
std::string dump(const Json& json) {
    const std::string plain = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string out;
    out.reserve(plain.size());
    for (const char c : plain) {
        switch (c) {
            case '<':
                out += "\\u003c";
                break;
            case '>':
                out += "\\u003e";
                break;
            case '&':
                out += "\\u0026";
                break;
            default:
                out += c;
        }
    }
    return out;
}

base::Error malformed(const char* what, std::string_view detail) {
    return {base::Errc::corruption, std::string(what) + ": " + std::string(detail)};
}

base::Result<Json> parse(const char* what, std::string_view text) {
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return malformed(what, "not JSON");
    if (!json.is_object()) return malformed(what, "not a JSON object");
    return json;
}

void setStrings(Json& json, const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) json[name] = values;
}

bool getStrings(const Json& json, const char* name, std::vector<std::string>& out) {
    const auto it = json.find(name);
    if (it == json.end() || it->is_null()) return true;
    if (!it->is_array()) return false;
    for (const Json& item : *it) {
        if (!item.is_string()) return false;
        out.push_back(item.get<std::string>());
    }
    return true;
}

bool getString(const Json& json, const char* name, std::string& out) {
    const auto it = json.find(name);
    if (it == json.end() || it->is_null()) return true;
    if (!it->is_string()) return false;
    out = it->get<std::string>();
    return true;
}

bool getBool(const Json& json, const char* name, bool& out) {
    const auto it = json.find(name);
    if (it == json.end() || it->is_null()) return true;
    if (!it->is_boolean()) return false;
    out = it->get<bool>();
    return true;
}

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
    if (id == json.end() || !id->is_number_unsigned()) return malformed("member", "\"id\" must be a positive number");
    member.id = id->get<std::uint64_t>();
    if (!getStrings(json, "peerURLs", member.peerUrls))
        return malformed("member", "\"peerURLs\" must be a list of texts");
    if (!getStrings(json, "clientURLs", member.clientUrls))
        return malformed("member", "\"clientURLs\" must be a list of texts");
    if (!getString(json, "name", member.name)) return malformed("member", "\"name\" must be a text");
    if (!getBool(json, "isLearner", member.learner)) return malformed("member", "\"isLearner\" must be true or false");
    return member;
}

Json storeNode(const std::string& path, std::uint64_t index) {
    Json node;
    node["Path"] = path;
    node["CreatedIndex"] = index;
    node["ModifiedIndex"] = index;
    node["ExpireTime"] = kNoExpiry;
    node["Value"] = "";
    return node;
}

Json storeFile(const std::string& path, std::uint64_t index, std::string value) {
    Json node = storeNode(path, index);
    node["Value"] = std::move(value);
    node["Children"] = nullptr;
    return node;
}

Json storeDirectory(const std::string& path, std::uint64_t index, Json children) {
    Json node = storeNode(path, index);
    node["Children"] = children.is_null() ? Json::object() : std::move(children);
    return node;
}

}  // namespace

std::string memberToJson(const Member& member) { return dump(memberJson(member, true)); }

base::Result<Member> memberFromJson(std::string_view text) {
    auto json = parse("member", text);
    if (!json) return json.error();
    return readMember(*json);
}

std::string attributesToJson(const MemberAttributes& attributes) {
    Json json = Json::object();
    if (!attributes.name.empty()) json["name"] = attributes.name;
    setStrings(json, "clientURLs", attributes.clientUrls);
    return dump(json);
}

base::Result<MemberAttributes> attributesFromJson(std::string_view text) {
    auto json = parse("member attributes", text);
    if (!json) return json.error();
    MemberAttributes attributes;
    if (!getString(*json, "name", attributes.name) || !getStrings(*json, "clientURLs", attributes.clientUrls))
        return malformed("member attributes", "\"name\" must be a text and \"clientURLs\" a list of texts");
    return attributes;
}

std::string confChangeContextToJson(const ConfChangeContext& context, bool atBootstrap) {
    Json json = memberJson(context.member, !atBootstrap);
    if (!atBootstrap) json["isPromote"] = context.promote;
    return dump(json);
}

base::Result<ConfChangeContext> confChangeContextFromJson(std::string_view text) {
    auto json = parse("conf change context", text);
    if (!json) return json.error();
    auto member = readMember(*json);
    if (!member) return member.error();
    ConfChangeContext context{std::move(*member), false};
    if (!getBool(*json, "isPromote", context.promote))
        return malformed("conf change context", "\"isPromote\" must be true or false");
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

std::string membershipToV2Json(const Membership& membership) {
    // Go writes maps in the order of their keys' text, and ids have no leading zeros: not in that of the ids.
    std::map<std::string, Json> members;
    for (const auto& [id, member] : membership.members) {
        const std::string base = std::string(kMembersPrefix) + base::hexId(id);
        Json raft;
        raft["peerURLs"] = member.peerUrls;
        if (member.learner) raft["isLearner"] = true;
        Json children = Json::object();
        if (!member.name.empty() || !member.clientUrls.empty())
            children["attributes"] =
                storeFile(base + "/attributes", 1, attributesToJson({member.name, member.clientUrls}));
        children["raftAttributes"] = storeFile(base + "/raftAttributes", 1, dump(raft));
        members[base::hexId(id)] = storeDirectory(base, 1, std::move(children));
    }
    std::map<std::string, Json> removed;
    for (const std::uint64_t id : membership.removed) {
        const std::string path = "/0/removed_members/" + base::hexId(id);
        removed[base::hexId(id)] = storeFile(path, 1, "removed");
    }
    Json cluster = Json::object();
    if (!members.empty()) cluster["members"] = storeDirectory("/0/members", 1, members);
    if (!removed.empty()) cluster["removed_members"] = storeDirectory("/0/removed_members", 1, removed);
    if (!membership.clusterVersion.empty())
        cluster["version"] = storeFile(std::string(kClusterVersionPath), 1, membership.clusterVersion);
    Json top = Json::object();
    top["0"] = storeDirectory("/0", 0, std::move(cluster));
    top["1"] = storeDirectory("/1", 0, Json::object());
    // A fresh event history of etcd's own size; its content serves v2 watches only.
    Json queue;
    queue["Events"] = Json::array();
    for (int i = 0; i < 1000; ++i) queue["Events"].push_back(nullptr);
    for (const char* name : {"Size", "Front", "Back"}) queue[name] = 0;
    queue["Capacity"] = 1000;
    Json history;
    history["Queue"] = std::move(queue);
    history["StartIndex"] = 0;
    history["LastIndex"] = 0;
    Json json;
    json["Root"] = storeDirectory("/", 0, std::move(top));
    json["WatcherHub"]["EventHistory"] = std::move(history);
    json["CurrentIndex"] = 1;
    Json stats;
    for (const char* name :
         {"getsSuccess", "getsFail", "setsSuccess", "setsFail", "deleteSuccess", "deleteFail", "updateSuccess",
          "updateFail", "createSuccess", "createFail", "compareAndSwapSuccess", "compareAndSwapFail",
          "compareAndDeleteSuccess", "compareAndDeleteFail", "expireCount", "watchers"})
        stats[name] = 0;
    json["Stats"] = std::move(stats);
    json["CurrentVersion"] = 2;
    return dump(json);
}

namespace {

// What is below a node of the tree; null if that is nothing.
const Json* children(const Json* node) {
    if (!node || !node->is_object()) return nullptr;
    const auto it = node->find("Children");
    return it == node->end() || !it->is_object() ? nullptr : &*it;
}

const Json* child(const Json& node, const char* name) {
    const Json* all = children(&node);
    if (!all) return nullptr;
    const auto it = all->find(name);
    return it == all->end() || !it->is_object() ? nullptr : &*it;
}

base::Status readStoredMember(const std::string& hex, const Json& node, Membership& out) {
    const auto id = base::parseHexId(hex);
    if (!id) return malformed("snapshot membership", "bad member id " + hex);
    Member member;
    member.id = *id;
    const Json* raft = child(node, "raftAttributes");
    std::string value;
    if (!raft || !getString(*raft, "Value", value))
        return malformed("snapshot membership", "no raftAttributes of " + hex);
    auto json = parse("raftAttributes", value);
    if (!json) return json.error();
    if (!getStrings(*json, "peerURLs", member.peerUrls) || !getBool(*json, "isLearner", member.learner))
        return malformed("raftAttributes", value);
    if (const Json* attributes = child(node, "attributes"); attributes && getString(*attributes, "Value", value)) {
        auto read = attributesFromJson(value);
        if (!read) return read.error();
        member.name = std::move(read->name);
        member.clientUrls = std::move(read->clientUrls);
    }
    out.members[*id] = std::move(member);
    return {};
}

}  // namespace

base::Result<Membership> membershipFromV2Json(std::string_view text) {
    auto json = parse("snapshot membership", text);
    if (!json) return json.error();
    const auto root = json->find("Root");
    if (root == json->end() || !root->is_object()) return malformed("snapshot membership", "no \"Root\"");
    Membership out;
    const Json* cluster = child(*root, "0");
    if (!cluster) return out;
    if (const Json* members = children(child(*cluster, "members"))) {
        for (const auto& [hex, node] : members->items())
            if (auto status = readStoredMember(hex, node, out); !status) return status.error();
    }
    if (const Json* removed = children(child(*cluster, "removed_members"))) {
        for (const auto& [hex, node] : removed->items()) {
            const auto id = base::parseHexId(hex);
            if (!id) return malformed("snapshot membership", "bad removed member id " + hex);
            out.removed.insert(*id);
        }
    }
    if (const Json* version = child(*cluster, "version")) {
        if (!getString(*version, "Value", out.clusterVersion)) return malformed("snapshot membership", "bad version");
    }
    return out;
}

}  // namespace raftarium::node
