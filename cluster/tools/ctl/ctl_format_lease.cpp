// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/tools/ctl/ctl_format.h"
#include "cluster/tools/ctl/ctl_format_parts.h"
#include "cluster/tools/ctl/ctl_text.h"

namespace raftarium::tools {
namespace {

using client::Header;
using parts::field, parts::fieldsOf, parts::headerFields, parts::line, parts::noTable, parts::number;
using parts::Json;

std::string hex(std::int64_t id) { return paddedHex(static_cast<std::uint64_t>(id)); }

std::string idAndTtl(const client::LeaseInfo& lease) {
    return fieldsOf(lease.header) + number("ID", lease.id) + number("TTL", lease.ttl);
}

}  // namespace

// The lease answers are flat: the header's fields stand among their own.
Formatter::Text Formatter::leaseGranted(const client::LeaseInfo& lease) const {
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json object = headerFields(lease.header);
            object["ID"] = lease.id;
            object["TTL"] = lease.ttl;
            object["Error"] = "";
            return line(object);
        }
        case Format::fields:
            return idAndTtl(lease);
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
            return line(Json{{"header", headerFields(header)}});
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
            Json object = headerFields(lease.header);
            object["id"] = lease.id;
            object["ttl"] = lease.ttl;
            object["granted-ttl"] = lease.grantedTtl;
            object["keys"] = nullptr;
            for (const std::string& key : lease.keys) object["keys"].push_back(base64(key));
            return line(object);
        }
        case Format::fields: {
            std::string out = idAndTtl(lease) + number("GrantedTTL", lease.grantedTtl);
            for (const std::string& key : lease.keys) out += field("Key", goQuoted(key));
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
            Json object = headerFields(lease.header);
            object["ID"] = lease.id;
            object["TTL"] = lease.ttl;
            return line(object);
        }
        case Format::fields:
            return idAndTtl(lease);
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
            Json object = headerFields(header);
            object["leases"] = Json::array();
            for (const std::int64_t id : ids) object["leases"].push_back({{"id", id}});
            return line(object);
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
