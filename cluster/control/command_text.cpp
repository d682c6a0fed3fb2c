// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/command_text.h"

#include "cluster/base/byte_text.h"
#include "cluster/base/coding.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <utility>

namespace raftarium::control {

namespace {

bool isPlain(char c) {
    static constexpr std::string_view kSigns = "_@%+=:,./-";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
}

// What a terminal shows, and takes, as it is.
bool isTypable(std::string_view bytes) {
    std::string doubled;  // byteText() doubles backslashes, which quotes need not
    for (const char c : bytes) doubled += c == '\\' ? std::string("\\\\") : std::string(1, c);
    return base::byteText("." + std::string(bytes) + ".") == "." + doubled + ".";
}

std::string shellQuoted(std::string_view bytes) {
    std::string out = "'";
    for (const char c : bytes) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string octal(char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return {'\\', static_cast<char>('0' + (byte >> 6)), static_cast<char>('0' + (byte >> 3 & 7)),
            static_cast<char>('0' + (byte & 7))};
}

// As printf's format: portable, where $'...' is not.
std::string printed(std::string_view bytes) {
    // The shell takes newlines off the end of what a command prints.
    const std::size_t end = bytes.find_last_not_of('\n');
    const std::string_view body = bytes.substr(0, end == std::string_view::npos ? 0 : end + 1);
    std::string format;
    for (const char c : body) {
        const bool first = format.empty();
        if (c == '%')
            format += "%%";
        else if (c == '\n')
            format += "\\n";
        else if (c < ' ' || c == 0x7F || c == '\'' || c == '\\' || (c == '-' && first))  // char may be signed: >= 0x80
            format += octal(c);
        else
            format += c;
    }
    std::string out;
    if (!body.empty()) out = "\"$(printf '" + format + "')\"";
    const std::string newlines(bytes.substr(body.size()));
    if (!newlines.empty()) out += shellQuoted(newlines);
    return out;
}

// A string as Go writes it, in the input of `etcdctl txn`.
std::string goString(std::string_view bytes) {
    const bool typable = isTypable(bytes);
    std::string out = "\"";
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        if ((typable || (byte >= ' ' && byte < 0x7F)) && c != '"' && c != '\\')
            out += c;
        else
            out += "\\x" + base::hexId(0x100U + byte).substr(1);
    }
    return out + "\"";
}

std::string etcdctl(const Endpoints& endpoints) {
    if (endpoints.empty()) return "ETCDCTL_API=3 etcdctl";
    return "ETCDCTL_API=3 etcdctl --endpoints " + shellWord(absl::StrJoin(endpoints, ","));
}

bool hasNul(std::string_view bytes) { return bytes.find('\0') != std::string_view::npos; }

// Without the double dash a word that begins with one dash were an option.
std::string call(const Endpoints& endpoints, std::string_view verb, const std::vector<std::string_view>& words) {
    std::string out = etcdctl(endpoints) + " " + std::string(verb);
    if (std::any_of(words.begin(), words.end(), [](std::string_view word) { return word.starts_with('-'); }))
        out += " --";
    for (const std::string_view word : words) out += " " + shellWord(word);
    return out;
}

// Comparisons, what to do if they hold, what if not: each list ends with an empty line.
std::string transaction(const Endpoints& endpoints, const std::string& compare, const std::string& then) {
    std::string lines;
    if (!compare.empty()) lines += " " + shellQuoted(compare);
    return "printf '%s\\n'" + lines + " '' " + shellQuoted(then) + " '' '' | " + etcdctl(endpoints) + " txn";
}

}  // namespace

std::string shellWord(std::string_view bytes) {
    if (!bytes.empty() && std::all_of(bytes.begin(), bytes.end(), isPlain)) return std::string(bytes);
    return isTypable(bytes) ? shellQuoted(bytes) : printed(bytes);
}

std::string clusterCommand(std::string_view cluster, const std::vector<std::string>& words) {
    std::string out = "raftariumctl cluster";
    for (const std::string& word : words) out += " " + shellWord(word);
    return out + " --cluster " + shellWord(cluster);
}

std::string etcdctlPut(const Endpoints& endpoints, std::string_view key, std::string_view value) {
    if (!hasNul(key) && !hasNul(value)) return call(endpoints, "put", {key, value});
    return transaction(endpoints, {}, "put -- " + goString(key) + " " + goString(value));
}

std::string etcdctlDelete(const Endpoints& endpoints, std::string_view key, std::int64_t modRevision) {
    if (modRevision == 0 && !hasNul(key)) return call(endpoints, "del", {key});
    const std::string remove = (key.starts_with('-') ? "del -- " : "del ") + goString(key);
    if (modRevision == 0) return transaction(endpoints, {}, remove);
    return transaction(endpoints, "mod(" + goString(key) + ") = \"" + std::to_string(modRevision) + "\"", remove);
}

std::string etcdctlSetup(const Endpoints& endpoints) {
    return "export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=" + shellWord(absl::StrJoin(endpoints, ","));
}

}  // namespace raftarium::control
