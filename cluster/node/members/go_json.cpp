// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/go_json.h"

namespace raftarium::node {

std::string toGoJson(const Json& json) {
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

base::Error malformedJson(const char* what, std::string_view detail) {
    return {base::Errc::corruption, std::string(what) + ": " + std::string(detail)};
}

base::Result<Json> parseObject(const char* what, std::string_view text) {
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return malformedJson(what, "not JSON");
    if (!json.is_object()) return malformedJson(what, "not a JSON object");
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

}  // namespace raftarium::node
