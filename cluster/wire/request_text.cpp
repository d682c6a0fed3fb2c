// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/wire/request_text.h"

#include "cluster/base/byte_text.h"
#include "cluster/base/coding.h"
#include "cluster/base/protobuf_fields.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace raftarium::wire {

using base::FieldReader;

namespace {

constexpr std::size_t kKeyMax = 48;

std::string keyText(std::string_view key) { return base::byteTextEnds(key, kKeyMax); }

// Of repeated fields the last one counts, as in protobuf.
std::string_view bytesField(std::string_view message, std::uint32_t number) {
    std::string_view found;
    for (FieldReader fields(message); fields.next();) {
        if (fields.number() == number && fields.isBytes()) found = fields.bytes();
    }
    return found;
}

std::uint64_t integerField(std::string_view message, std::uint32_t number) {
    std::uint64_t found = 0;
    for (FieldReader fields(message); fields.next();) {
        if (fields.number() == number && fields.isVarint()) found = fields.integer();
    }
    return found;
}

std::size_t countFields(std::string_view message, std::uint32_t number) {
    std::size_t count = 0;
    for (FieldReader fields(message); fields.next();) count += fields.number() == number ? 1 : 0;
    return count;
}

std::string rangeText(std::string_view verb, std::string_view key, std::string_view end) {
    std::string text(verb);
    text += ' ' + keyText(key);
    if (end == std::string_view("\0", 1)) return text + "..";
    if (!end.empty()) text += ".." + keyText(end);
    return text;
}

std::string putText(std::string_view put) {
    std::string_view key, value;
    std::uint64_t lease = 0;
    bool ignoreValue = false;
    for (FieldReader fields(put); fields.next();) {
        switch (fields.number()) {
            case 1:
                key = fields.bytes();
                break;
            case 2:
                value = fields.bytes();
                break;
            case 3:
                lease = fields.integer();
                break;
            case 5:
                ignoreValue = fields.integer() != 0;
                break;
            default:
                break;
        }
    }
    std::string text = "put " + keyText(key);
    const std::string tail = lease != 0 ? " lease " + base::hexId(lease) : std::string();
    if (!ignoreValue) text += " = " + base::byteTextBegin(value, kRequestTextMax - text.size() - 3 - tail.size());
    return text + tail;
}

std::string alarmText(std::string_view alarm) {
    static constexpr std::string_view actions[] = {"get", "raise", "clear"};
    static constexpr std::string_view kinds[] = {"all", "NOSPACE", "CORRUPT"};
    const std::uint64_t action = integerField(alarm, 1), kind = integerField(alarm, 3);
    std::string text = "alarm ";
    text += action < 3 ? actions[action] : "?";
    text += ' ';
    text += kind < 3 ? kinds[kind] : "?";
    return text + " on " + base::hexId(integerField(alarm, 2));
}

// Requests of which only the name in field 1 may be shown.
std::optional<std::string_view> namedRequest(std::uint32_t number) {
    switch (number) {
        case 1000:
            return "auth enable";
        case 1011:
            return "auth disable";
        case 1012:
            return "authenticate";
        case 1013:
            return "auth status";
        case 1100:
            return "user add";
        case 1101:
            return "user delete";
        case 1102:
            return "user get";
        case 1103:
            return "user change password";
        case 1104:
            return "user grant role";
        case 1105:
            return "user revoke role";
        case 1106:
            return "user list";
        case 1107:
            return "role list";
        case 1200:
            return "role add";
        case 1201:
            return "role delete";
        case 1202:
            return "role get";
        case 1203:
            return "role grant permission";
        case 1204:
            return "role revoke permission";
        default:
            return std::nullopt;
    }
}

std::string operationText(std::uint32_t number, std::string_view body) {
    switch (number) {
        case 3:
            return rangeText("range", bytesField(body, 1), bytesField(body, 2));
        case 4:
            return putText(body);
        case 5:
            return rangeText("delete", bytesField(body, 1), bytesField(body, 2));
        case 6: {
            const std::size_t count = countFields(body, 2) + countFields(body, 3);
            return "txn " + std::to_string(count) + (count == 1 ? " op" : " ops");
        }
        case 7:
            return "compact " + std::to_string(static_cast<std::int64_t>(integerField(body, 1)));
        case 8:
            return "lease grant " + std::to_string(static_cast<std::int64_t>(integerField(body, 1))) + " s";
        case 9:
            return "lease revoke " + base::hexId(integerField(body, 1));
        case 10:
            return alarmText(body);
        case 11:
            return "lease checkpoint " + std::to_string(countFields(body, 1));
        case 1300:
            return "cluster version " + keyText(bytesField(body, 1));
        case 1301:
            return "publish " + keyText(bytesField(bytesField(body, 2), 1));
        case 1302:
            return integerField(body, 1) == 0 ? "downgrade cancel" : "downgrade " + keyText(bytesField(body, 2));
        default:
            break;
    }
    if (const auto kind = namedRequest(number)) {
        std::string text(*kind);
        if (const auto name = bytesField(body, 1); !name.empty()) text += ' ' + keyText(name);
        return text;
    }
    return "request of kind " + std::to_string(number);
}

nlohmann::json parseJson(std::string_view text) {
    return nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
}

std::string stringMember(const nlohmann::json& object, const char* name) {
    if (!object.is_object()) return {};
    const auto it = object.find(name);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::string legacyText(std::string_view request) {
    const std::string_view method = bytesField(request, 2), path = bytesField(request, 3),
                           value = bytesField(request, 4);
    if (method == "PUT" && path == "/0/version") return "cluster version " + keyText(value);
    if (method == "PUT" && path.substr(0, 11) == "/0/members/" && path.ends_with("/attributes")) {
        return "publish " + keyText(stringMember(parseJson(value), "name"));
    }
    std::string text = base::byteTextBegin(method, 16);
    text += ' ' + base::byteTextBegin(path, 80);
    return text;
}

bool isLegacyMethod(std::string_view text) {
    return text == "PUT" || text == "POST" || text == "DELETE" || text == "GET" || text == "QGET" || text == "SYNC";
}

std::string confChangeText(std::string_view data) {
    std::uint64_t type = 0, id = 0;
    std::string_view context;
    FieldReader fields(data);
    while (fields.next()) {
        if (fields.number() == 2) type = fields.integer();
        if (fields.number() == 3) id = fields.integer();
        if (fields.number() == 4) context = fields.bytes();
    }
    if (!fields.ok()) return "conf change (not decodable)";
    static constexpr std::string_view verbs[] = {"add", "remove", "update", "add learner"};
    const nlohmann::json member = parseJson(context);
    std::string text(type < 4 ? verbs[type] : "conf change");
    if (member.is_object() && member.contains("isPromote") && member["isPromote"] == true) text = "promote";
    const std::string name = stringMember(member, "name");
    text += ' ' + (name.empty() ? base::hexId(id) : base::byteTextBegin(name, 32));
    if (type == 1 || !member.is_object() || !member.contains("peerURLs") || !member["peerURLs"].is_array()) return text;
    std::string urls;
    for (const auto& url : member["peerURLs"]) {
        if (url.is_string()) urls += (urls.empty() ? "" : ",") + url.get<std::string>();
    }
    return urls.empty() ? text : text + ' ' + base::byteTextBegin(urls, kRequestTextMax - text.size() - 1);
}

std::string confChangeV2Text(std::string_view data) {
    static constexpr std::string_view verbs[] = {"add ", "remove ", "update ", "add learner "};
    std::string text;
    FieldReader fields(data);
    while (fields.next()) {
        if (fields.number() != 2 || !fields.isBytes()) continue;
        const std::uint64_t type = integerField(fields.bytes(), 1);
        text += text.empty() ? "" : ", ";
        text += type < 4 ? verbs[type] : "? ";
        text += base::hexId(integerField(fields.bytes(), 2));
    }
    if (!fields.ok()) return "conf change (not decodable)";
    return text.empty() ? "leave joint configuration" : base::byteTextBegin(text, kRequestTextMax);
}

}  // namespace

std::string describeRequest(std::string_view request) {
    std::uint32_t number = 0;
    std::string_view body;
    FieldReader fields(request);
    while (fields.next()) {
        if (!fields.isBytes() || fields.number() == 100) continue;
        if (fields.number() == 2)
            return isLegacyMethod(fields.bytes()) ? legacyText(request) : legacyText(fields.bytes());
        number = fields.number();
        body = fields.bytes();
    }
    if (!fields.ok()) return "request (not decodable)";
    return number == 0 ? "empty request" : operationText(number, body);
}

std::string describeEntry(raft::EntryType type, std::string_view data) {
    if (data.empty()) return type == raft::EntryType::normal ? "noop" : confChangeV2Text(data);
    switch (type) {
        case raft::EntryType::normal:
            return describeRequest(data);
        case raft::EntryType::confChange:
            return confChangeText(data);
        case raft::EntryType::confChangeV2:
            return confChangeV2Text(data);
    }
    return "entry of unknown type";
}

std::string describeEntry(const raft::Entry& entry) { return describeEntry(entry.type, entry.data.view()); }

}  // namespace raftarium::wire
