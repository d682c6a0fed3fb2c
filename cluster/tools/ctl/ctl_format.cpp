// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/tools/ctl/ctl_format.h"

#include "cluster/base/coding.h"
#include "cluster/tools/ctl/ctl_format_parts.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <cstdio>

namespace raftarium::tools {
namespace {

using client::Header;
using client::KeyValue;
using parts::addUnlessZero, parts::field, parts::fieldsOf, parts::headerFields, parts::line, parts::noTable,
    parts::number;
using parts::Json;

Json withHeader(const Header& header) {
    Json object;
    object["header"] = headerFields(header);
    return object;
}

Json kvObject(const KeyValue& kv) {
    Json object = Json::object();
    if (!kv.key.empty()) object["key"] = base64(kv.key);
    addUnlessZero(object, "create_revision", kv.createRevision);
    addUnlessZero(object, "mod_revision", kv.modRevision);
    addUnlessZero(object, "version", kv.version);
    if (!kv.value.empty()) object["value"] = base64(kv.value);
    addUnlessZero(object, "lease", kv.lease);
    return object;
}

std::string boolean(bool value) { return value ? "true" : "false"; }

std::string fieldsOf(const KeyValue& kv, const std::string& prefix) {
    return field(prefix + "Key", goQuoted(kv.key)) + number(prefix + "CreateRevision", kv.createRevision) +
           number(prefix + "ModRevision", kv.modRevision) + number(prefix + "Version", kv.version) +
           field(prefix + "Value", goQuoted(kv.value)) + number(prefix + "Lease", kv.lease);
}

std::string joined(const std::vector<std::string>& texts, const char* separator) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "" : separator) + text;
    return out;
}

// The same cells for the simple format (joined) and the table.
std::vector<std::string> statusCells(const EndpointStatus& entry) {
    const client::StatusResult& status = entry.status;
    return {entry.endpoint,
            base::hexId(status.header.memberId),
            status.version,
            humanBytes(static_cast<std::uint64_t>(status.dbSize)),
            boolean(status.leader == status.header.memberId),
            boolean(status.learner),
            std::to_string(status.raftTerm),
            std::to_string(status.raftIndex),
            std::to_string(status.raftAppliedIndex),
            joined(status.errors, ", ")};
}

std::vector<std::string> memberCells(const client::MemberInfo& member) {
    return {base::hexId(member.id),
            member.name.empty() ? "unstarted" : "started",
            member.name,
            joined(member.peerUrls, ","),
            joined(member.clientUrls, ","),
            boolean(member.learner)};
}

Json statusObject(const EndpointStatus& entry) {
    const client::StatusResult& status = entry.status;
    Json object = withHeader(status.header);
    addUnlessZero(object, "version", status.version);
    addUnlessZero(object, "dbSize", status.dbSize);
    addUnlessZero(object, "leader", status.leader);
    addUnlessZero(object, "raftIndex", status.raftIndex);
    addUnlessZero(object, "raftTerm", status.raftTerm);
    addUnlessZero(object, "raftAppliedIndex", status.raftAppliedIndex);
    if (!status.errors.empty()) object["errors"] = status.errors;
    addUnlessZero(object, "dbSizeInUse", status.dbSizeInUse);
    addUnlessZero(object, "isLearner", status.learner);
    return {{"Endpoint", entry.endpoint}, {"Status", object}};
}

std::string statusFields(const EndpointStatus& entry) {
    const client::StatusResult& status = entry.status;
    std::string errors;
    for (const std::string& error : status.errors) errors += (errors.empty() ? "" : " ") + goQuoted(error);
    return fieldsOf(status.header) + field("Version", goQuoted(status.version)) + number("DBSize", status.dbSize) +
           number("Leader", status.leader) + field("IsLearner", boolean(status.learner)) +
           number("RaftIndex", status.raftIndex) + number("RaftTerm", status.raftTerm) +
           number("RaftAppliedIndex", status.raftAppliedIndex) + field("Errors", "[" + errors + "]") +
           field("Endpoint", goQuoted(entry.endpoint)) + "\n";
}

}  // namespace

std::optional<Format> parseFormat(std::string_view name) {
    if (name == "simple") return Format::simple;
    if (name == "json") return Format::json;
    if (name == "table") return Format::table;
    if (name == "fields") return Format::fields;
    return std::nullopt;
}

std::string Formatter::bytes(const std::string& text) const { return m_hex ? hexBytes(text) : text; }
std::string Formatter::pair(const KeyValue& kv) const { return bytes(kv.key) + "\n" + bytes(kv.value) + "\n"; }

Formatter::Text Formatter::range(const client::RangeResult& result, bool keysOnly, bool valuesOnly,
                                 bool countOnly) const {
    std::string out;
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json object = withHeader(result.header);
            for (const KeyValue& kv : result.kvs) object["kvs"].push_back(kvObject(kv));
            addUnlessZero(object, "more", result.more);
            addUnlessZero(object, "count", result.count);
            return line(object);
        }
        case Format::fields:
            out = fieldsOf(result.header);
            for (const KeyValue& kv : result.kvs) out += fieldsOf(kv, "");
            return out + field("More", boolean(result.more)) + number("Count", result.count);
        case Format::simple:
            break;
    }
    if (countOnly) return std::to_string(result.count) + "\n";
    for (const KeyValue& kv : result.kvs) {
        out += valuesOnly ? bytes(kv.value) + "\n" : keysOnly ? bytes(kv.key) + "\n\n" : pair(kv);
    }
    return out;
}

Formatter::Text Formatter::put(const client::PutResult& result) const {
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json object = withHeader(result.header);
            if (result.hasPrev) object["prev_kv"] = kvObject(result.prevKv);
            return line(object);
        }
        case Format::fields:
            return fieldsOf(result.header) + (result.hasPrev ? fieldsOf(result.prevKv, "Prev") : "");
        case Format::simple:
            break;
    }
    return "OK\n" + (result.hasPrev ? pair(result.prevKv) : "");
}

Formatter::Text Formatter::removed(const client::DeleteResult& result) const {
    std::string out;
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json object = withHeader(result.header);
            addUnlessZero(object, "deleted", result.deleted);
            for (const KeyValue& kv : result.prevKvs) object["prev_kvs"].push_back(kvObject(kv));
            return line(object);
        }
        case Format::fields:
            out = fieldsOf(result.header) + number("Deleted", result.deleted);
            for (const KeyValue& kv : result.prevKvs) out += fieldsOf(kv, "Prev");
            return out;
        case Format::simple:
            break;
    }
    out = std::to_string(result.deleted) + "\n";
    for (const KeyValue& kv : result.prevKvs) out += pair(kv);
    return out;
}

Formatter::Text Formatter::watch(const client::WatchUpdate& update) const {
    std::string out;
    switch (m_format) {
        case Format::table:
            return noTable();
        case Format::json: {
            Json events = Json::array();
            for (const client::WatchEvent& event : update.events) {
                Json object = Json::object();
                if (event.deleted) object["type"] = 1;
                object["kv"] = kvObject(event.kv);
                if (event.hasPrev) object["prev_kv"] = kvObject(event.prevKv);
                events.push_back(std::move(object));
            }
            return line({{"Header", headerFields(update.header)},
                         {"Events", events},
                         {"CompactRevision", update.compactRevision},
                         {"Canceled", update.canceled},
                         {"Created", update.created}});
        }
        case Format::fields:
            out = fieldsOf(update.header);
            for (const client::WatchEvent& event : update.events) {
                out += field("Type", event.deleted ? "DELETE" : "PUT");
                if (event.hasPrev) out += fieldsOf(event.prevKv, "Prev");
                out += fieldsOf(event.kv, "");
            }
            return out;
        case Format::simple:
            break;
    }
    for (const client::WatchEvent& event : update.events) {
        out += event.deleted ? "DELETE\n" : "PUT\n";
        if (event.hasPrev) out += pair(event.prevKv);
        out += pair(event.kv);
    }
    return out;
}

Formatter::Text Formatter::members(const Header& header, const std::vector<client::MemberInfo>& members) const {
    std::string out;
    std::vector<std::vector<std::string>> rows;
    for (const auto& member : members) rows.push_back(memberCells(member));
    switch (m_format) {
        case Format::table:
            return table({"ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"}, rows);
        case Format::json: {
            Json object = withHeader(header);
            for (const auto& member : members) {
                Json entry = Json::object();
                addUnlessZero(entry, "ID", member.id);
                addUnlessZero(entry, "name", member.name);
                if (!member.peerUrls.empty()) entry["peerURLs"] = member.peerUrls;
                if (!member.clientUrls.empty()) entry["clientURLs"] = member.clientUrls;
                addUnlessZero(entry, "isLearner", member.learner);
                object["members"].push_back(std::move(entry));
            }
            return line(object);
        }
        case Format::fields:
            out = fieldsOf(header);
            for (const auto& member : members) {
                out += number("ID", member.id) + field("Name", goQuoted(member.name));
                for (const auto& url : member.peerUrls) out += field("PeerURL", goQuoted(url));
                for (const auto& url : member.clientUrls) out += field("ClientURL", goQuoted(url));
                out += field("IsLearner", boolean(member.learner)) + "\n";
            }
            return out;
        case Format::simple:
            break;
    }
    for (const auto& row : rows) out += joined(row, ", ") + "\n";
    return out;
}

Formatter::Text Formatter::endpointStatus(const std::vector<EndpointStatus>& all) const {
    std::string out;
    std::vector<std::vector<std::string>> rows;
    Json list = Json::array();
    for (const EndpointStatus& entry : all) {
        rows.push_back(statusCells(entry));
        list.push_back(statusObject(entry));
        if (m_format == Format::fields) out += statusFields(entry);
        if (m_format != Format::simple) continue;
        for (std::size_t i = 0; i < rows.back().size(); ++i) out += (i == 0 ? "" : ", ") + rows.back()[i];
        out += "\n";
    }
    if (m_format == Format::json) return line(list);
    if (m_format != Format::table) return out;
    return table({"ENDPOINT", "ID", "VERSION", "DB SIZE", "IS LEADER", "IS LEARNER", "RAFT TERM", "RAFT INDEX",
                  "RAFT APPLIED INDEX", "ERRORS"},
                 rows);
}

Formatter::Text Formatter::endpointHash(const std::vector<EndpointHash>& all) const {
    std::string out;
    std::vector<std::vector<std::string>> rows;
    Json list = Json::array();
    for (const auto& [endpoint, result] : all) {
        rows.push_back({endpoint, std::to_string(result.hash)});
        Json object = withHeader(result.header);
        addUnlessZero(object, "hash", result.hash);
        addUnlessZero(object, "compact_revision", result.compactRevision);
        list.push_back({{"Endpoint", endpoint}, {"HashKV", object}});
        if (m_format == Format::fields) {
            out += fieldsOf(result.header) + field("Endpoint", goQuoted(endpoint)) + number("Hash", result.hash) + "\n";
        } else if (m_format == Format::simple) {
            out += endpoint + ", " + std::to_string(result.hash) + "\n";
        }
    }
    if (m_format == Format::json) return line(list);
    return m_format == Format::table ? table({"ENDPOINT", "HASH"}, rows) : out;
}

Formatter::Text Formatter::endpointHealth(const std::vector<EndpointHealth>& all) const {
    std::string out;
    std::vector<std::vector<std::string>> rows;
    Json list = Json::array();
    for (const EndpointHealth& entry : all) {
        rows.push_back({entry.endpoint, boolean(entry.healthy), entry.took, entry.error});
        Json object = {{"endpoint", entry.endpoint}, {"health", entry.healthy}, {"took", entry.took}};
        if (!entry.error.empty()) object["error"] = entry.error;
        list.push_back(std::move(object));
        if (m_format == Format::fields) {
            out += field("Endpoint", goQuoted(entry.endpoint)) + field("Health", boolean(entry.healthy)) +
                   field("Took", entry.took) + field("Error", entry.error) + "\n";
        } else if (m_format == Format::simple) {
            out +=
                entry.endpoint + (entry.healthy ? " is healthy: successfully committed proposal: took = " + entry.took
                                                : " is unhealthy: failed to commit proposal: " + entry.error);
            out += "\n";
        }
    }
    if (m_format == Format::json) return line(list);
    return m_format == Format::table ? table({"ENDPOINT", "HEALTH", "TOOK", "ERROR"}, rows) : out;
}

Formatter::Text Formatter::snapshotStatus(const storage::SnapshotStatus& status) const {
    char hash[16];
    std::snprintf(hash, sizeof hash, "%x", status.hash);  // without leading zeros, as etcdctl
    const std::vector<std::string> row{hash, std::to_string(status.revision), std::to_string(status.totalKey),
                                       humanBytes(status.totalSize)};
    switch (m_format) {
        case Format::table:
            return table({"HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE"}, {row});
        case Format::json:
            return line({{"hash", status.hash},
                         {"revision", status.revision},
                         {"totalKey", status.totalKey},
                         {"totalSize", status.totalSize}});
        case Format::fields:
            return number("Hash", status.hash) + number("Revision", status.revision) + number("Keys", status.totalKey) +
                   number("Size", status.totalSize);
        case Format::simple:
            break;
    }
    return joined(row, ", ") + "\n";
}

}  // namespace raftarium::tools
