// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// JSON as Go's encoder writes it, and its fields with their types checked.
#pragma once

#include "cluster/base/result.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace raftarium::node {

using Json = nlohmann::ordered_json;

// No spaces, UTF-8 as it is (damaged bytes replaced), and <, >, & escaped.
std::string toGoJson(const Json& json);

// Errc::corruption; `what` names the document.
base::Error malformedJson(const char* what, std::string_view detail);
// The text must be one JSON object.
base::Result<Json> parseObject(const char* what, std::string_view text);

// Left out if empty.
void setStrings(Json& json, const char* name, const std::vector<std::string>& values);
// The field's value; `out` stays as it is if there is none or it is null. False: it has another type.
bool getStrings(const Json& json, const char* name, std::vector<std::string>& out);
bool getString(const Json& json, const char* name, std::string& out);
bool getBool(const Json& json, const char* name, bool& out);

}  // namespace raftarium::node
