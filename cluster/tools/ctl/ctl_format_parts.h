// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the answers in etcdctl's formats are put together from: JSON objects and lines of the form "fields".
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/etcd_client.h"

#include <nlohmann/json.hpp>

#include <string>

namespace raftarium::tools::parts {

using Json = nlohmann::ordered_json;  // fields in the order of etcd's structs

inline base::Error noTable() { return {base::Errc::invalidArgument, "table not supported as output format"}; }

inline std::string line(const Json& object) {
    return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Zero fields are left out, as Go's omitempty does.
template <typename Value>
void addUnlessZero(Json& object, const char* name, const Value& value) {
    if (value != Value{}) object[name] = value;
}

inline Json headerFields(const client::Header& header) {
    Json object = Json::object();
    addUnlessZero(object, "cluster_id", header.clusterId);
    addUnlessZero(object, "member_id", header.memberId);
    addUnlessZero(object, "revision", header.revision);
    addUnlessZero(object, "raft_term", header.raftTerm);
    return object;
}

inline std::string field(const std::string& name, const std::string& value) {
    return "\"" + name + "\" : " + value + "\n";
}
template <typename Number>
std::string number(const std::string& name, Number value) {
    return field(name, std::to_string(value));
}

inline std::string fieldsOf(const client::Header& header) {
    return number("ClusterID", header.clusterId) + number("MemberID", header.memberId) +
           number("Revision", header.revision) + number("RaftTerm", header.raftTerm);
}

}  // namespace raftarium::tools::parts
