// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/tools/ctl_format.h"
#include "cluster/tools/ctl_text.h"

#include <nlohmann/json.hpp>

namespace raftarium::tools {
namespace {

using client::Header;
using Json = nlohmann::ordered_json;

base::Error noTable() { return {base::Errc::invalidArgument, "table not supported as output format"}; }

// The lease answers are flat: the header's fields stand among their own.
Json flat(const Header& header) {
    Json object = Json::object();
    if (header.clusterId != 0) object["cluster_id"] = header.clusterId;
    if (header.memberId != 0) object["member_id"] = header.memberId;
    if (header.revision != 0) object["revision"] = header.revision;
    if (header.raftTerm != 0) object["raft_term"] = header.raftTerm;
    return object;
}

template <typename Number>
std::string number(const char* name, Number value) {
    return std::string("\"") + name + "\" : " + std::to_string(value) + "\n";
}

std::string fieldsOf(const Header& header) {
    return number("ClusterID", header.clusterId) + number("MemberID", header.memberId) +
           number("Revision", header.revision) + number("RaftTerm", header.raftTerm);
}

std::string hex(std::int64_t id) { return paddedHex(static_cast<std::uint64_t>(id)); }

}  // namespace

Formatter::Text Formatter::leaseGranted(const client::LeaseInfo& lease) const {
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json object = flat(lease.header);
            object["ID"] = lease.id;
            object["TTL"] = lease.ttl;
            object["Error"] = "";
            return object.dump() + "\n";
        }
        case Format::fields:
            return fieldsOf(lease.header) + number("ID", lease.id) + number("TTL", lease.ttl);
        case Format::simple:
            break;
    }
    return "lease " + hex(lease.id) + " granted with TTL(" + std::to_string(lease.ttl) + "s)\n";
}

Formatter::Text Formatter::leaseRevoked(const Header& header, std::int64_t id) const {
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json:
            return Json{{"header", flat(header)}}.dump() + "\n";
        case Format::fields:
            return fieldsOf(header);
        case Format::simple:
            break;
    }
    return "lease " + hex(id) + " revoked\n";
}

Formatter::Text Formatter::leaseTimeToLive(const client::LeaseInfo& lease, bool keys) const {
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json object = flat(lease.header);
            object["id"] = lease.id;
            object["ttl"] = lease.ttl;
            object["granted-ttl"] = lease.grantedTtl;
            object["keys"] = nullptr;
            for (const std::string& key : lease.keys) object["keys"].push_back(base64(key));
            return object.dump() + "\n";
        }
        case Format::fields: {
            std::string out = fieldsOf(lease.header) + number("ID", lease.id) + number("TTL", lease.ttl) +
                              number("GrantedTTL", lease.grantedTtl);
            for (const std::string& key : lease.keys) out += "\"Key\" : " + goQuoted(key) + "\n";
            return out;
        }
        case Format::simple:
            break;
    }
    if (lease.grantedTtl == 0 && lease.ttl == -1) return "lease " + hex(lease.id) + " already expired\n";
    std::string out = "lease " + hex(lease.id) + " granted with TTL(" + std::to_string(lease.grantedTtl) +
                      "s), remaining(" + std::to_string(lease.ttl) + "s)";
    if (keys) {
        std::string list;
        for (const std::string& key : lease.keys) list += (list.empty() ? "" : " ") + key;
        out += ", attached keys([" + list + "])";
    }
    return out + "\n";
}

Formatter::Text Formatter::leaseKeptAlive(const client::LeaseInfo& lease) const {
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json object = flat(lease.header);
            object["ID"] = lease.id;
            object["TTL"] = lease.ttl;
            return object.dump() + "\n";
        }
        case Format::fields:
            return fieldsOf(lease.header) + number("ID", lease.id) + number("TTL", lease.ttl);
        case Format::simple:
            break;
    }
    return "lease " + hex(lease.id) + " keepalived with TTL(" + std::to_string(lease.ttl) + ")\n";
}

Formatter::Text Formatter::leases(const Header& header, const std::vector<std::int64_t>& ids) const {
    std::string out;
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json object = flat(header);
            object["leases"] = Json::array();
            for (const std::int64_t id : ids) object["leases"].push_back({{"id", id}});
            return object.dump() + "\n";
        }
        case Format::fields:
            out = fieldsOf(header);
            for (const std::int64_t id : ids) out += number("ID", id);
            return out;
        case Format::simple:
            break;
    }
    out = "found " + std::to_string(ids.size()) + " leases\n";
    for (const std::int64_t id : ids) out += hex(id) + "\n";
    return out;
}

}  // namespace raftarium::tools
