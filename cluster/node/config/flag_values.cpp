// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/config/flag_values.h"

#include <absl/strings/str_split.h>
#include <absl/time/time.h>

#include <arpa/inet.h>
#include <charconv>
#include <limits>

namespace raftarium::node {
namespace {

base::Error wants(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

}  // namespace

std::vector<std::string> splitList(const std::string& text) { return absl::StrSplit(text, ','); }

base::Result<std::int64_t> parseWholeNumber(const std::string& text, std::int64_t low, std::int64_t high) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < low || number > high)
        return wants("must be a whole number within " + std::to_string(low) + " .. " + std::to_string(high));
    return number;
}

base::Status checkUrl(const std::string& url, bool forListening) {
    const std::size_t schemeEnd = url.find("://");
    if (schemeEnd == std::string::npos)
        return wants("must be a URL such as http://127.0.0.1:2380, not \"" + url + "\"");
    const std::string scheme = url.substr(0, schemeEnd);
    if (scheme == "https" || scheme == "unix" || scheme == "unixs")
        return wants(scheme + " URLs are not supported yet: use http (\"" + url + "\")");
    if (scheme != "http") return wants("URL scheme must be http (\"" + url + "\")");
    const std::string rest = url.substr(schemeEnd + 3);
    if (rest.find_first_of("/?#@") != std::string::npos) return wants("URL must not contain a path (\"" + url + "\")");
    const std::size_t colon = rest.rfind(':');
    if (colon == std::string::npos || colon == 0) return wants("URL needs host and port (\"" + url + "\")");
    if (!parseWholeNumber(rest.substr(colon + 1), 0, 65535))
        return wants("URL port must be within 0 .. 65535 (\"" + url + "\")");
    if (!forListening) return {};
    std::string host = rest.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    in6_addr address{};
    if (host == "localhost" || inet_pton(AF_INET, host.c_str(), &address) == 1 ||
        inet_pton(AF_INET6, host.c_str(), &address) == 1)
        return {};
    return wants("expected an IP address in the URL to listen on, not a name (\"" + url + "\")");
}

base::Result<bool> parseBoolean(const std::string& text) {
    for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"})
        if (text == yes) return true;
    for (const char* no : {"0", "f", "F", "false", "FALSE", "False"})
        if (text == no) return false;
    return wants("must be true or false");
}

base::Result<base::Nanoseconds> parseDurationNs(const std::string& text) {
    absl::Duration duration;
    // Abseil also takes "inf", and makes it of what is too long for it.
    if (!absl::ParseDuration(text, &duration) ||
        absl::AbsDuration(duration) >= absl::Nanoseconds(std::numeric_limits<std::int64_t>::max()))
        return wants("must be a duration such as 100ms, 5s or 1h");
    return absl::ToInt64Nanoseconds(duration);
}

}  // namespace raftarium::node
