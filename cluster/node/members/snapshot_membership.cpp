// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/snapshot_membership.h"

#include "cluster/base/coding.h"
#include "cluster/node/members/go_json.h"
#include "cluster/node/members/membership_json.h"

#include <map>

namespace raftarium::node {
namespace {

constexpr const char* kNoExpiry = "0001-01-01T00:00:00Z";

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
    if (!id) return malformedJson("snapshot membership", "bad member id " + hex);
    Member member;
    member.id = *id;
    const Json* raft = child(node, "raftAttributes");
    std::string value;
    if (!raft || !getString(*raft, "Value", value))
        return malformedJson("snapshot membership", "no raftAttributes of " + hex);
    auto json = parseObject("raftAttributes", value);
    if (!json) return json.error();
    if (!getStrings(*json, "peerURLs", member.peerUrls) || !getBool(*json, "isLearner", member.learner))
        return malformedJson("raftAttributes", value);
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

std::string membershipToV2Json(const Membership& membership) {
    // Go writes maps in the order of their keys' text, and ids have no leading zeros: not in that of the ids.
    std::map<std::string, Json> members;
    for (const auto& [id, member] : membership.members) {
        const std::string path = "/0/members/" + base::hexId(id);
        Json raft;
        raft["peerURLs"] = member.peerUrls;
        if (member.learner) raft["isLearner"] = true;
        Json parts = Json::object();
        if (!member.name.empty() || !member.clientUrls.empty())
            parts["attributes"] =
                storeFile(path + "/attributes", 1, attributesToJson({member.name, member.clientUrls}));
        parts["raftAttributes"] = storeFile(path + "/raftAttributes", 1, toGoJson(raft));
        members[base::hexId(id)] = storeDirectory(path, 1, std::move(parts));
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
    return toGoJson(json);
}

base::Result<Membership> membershipFromV2Json(std::string_view text) {
    auto json = parseObject("snapshot membership", text);
    if (!json) return json.error();
    const auto root = json->find("Root");
    if (root == json->end() || !root->is_object()) return malformedJson("snapshot membership", "no \"Root\"");
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
            if (!id) return malformedJson("snapshot membership", "bad removed member id " + hex);
            out.removed.insert(*id);
        }
    }
    if (const Json* version = child(*cluster, "version")) {
        if (!getString(*version, "Value", out.clusterVersion))
            return malformedJson("snapshot membership", "bad version");
    }
    return out;
}

}  // namespace raftarium::node
