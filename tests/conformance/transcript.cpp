// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/conformance/transcript.h"

#include <charconv>

namespace raftarium::conformance {

namespace {

constexpr std::string_view kSeparator = "----";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\n'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\n')) text.remove_suffix(1);
    return text;
}

std::vector<std::string> splitList(std::string_view list) {
    std::vector<std::string> out;
    while (!trimmed(list).empty()) {
        const std::size_t comma = list.find(',');
        out.emplace_back(trimmed(list.substr(0, comma)));
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    return out;
}

// One argument off the front: "word", "key=value" or "key=(a, b)". False if a parenthesis is left open.
bool takeArgument(std::string_view& in, Argument& out) {
    std::size_t end = in.find_first_of(" =");
    out.key = std::string(in.substr(0, end));
    in.remove_prefix(std::min(end, in.size()));
    if (in.empty() || in.front() != '=') return true;
    in.remove_prefix(1);
    if (!in.empty() && in.front() == '(') {
        end = in.find(')');
        if (end == std::string_view::npos) return false;
        out.values = splitList(in.substr(1, end - 1));
        in.remove_prefix(end + 1);
        return true;
    }
    end = in.find(' ');
    out.values = {std::string(in.substr(0, end))};
    in.remove_prefix(std::min(end, in.size()));
    return true;
}

bool parseCommand(std::string_view line, Case& out) {
    line = trimmed(line);
    const std::size_t end = line.find(' ');
    out.command = std::string(line.substr(0, end));
    line.remove_prefix(std::min(end, line.size()));
    while (!(line = trimmed(line)).empty()) {
        Argument argument;
        if (!takeArgument(line, argument)) return false;
        out.arguments.push_back(std::move(argument));
    }
    return true;
}

// The expected output that starts at lines[at]; moves `at` behind it.
std::string takeExpected(const std::vector<std::string>& lines, std::size_t& at) {
    std::string out;
    // A second separator: the output holds blank lines and ends at two separators.
    if (at < lines.size() && lines[at] == kSeparator) {
        ++at;
        while (at < lines.size()) {
            if (lines[at] == kSeparator && at + 1 < lines.size() && lines[at + 1] == kSeparator) {
                at += 2;
                break;
            }
            out += lines[at++] + '\n';
        }
        return out;
    }
    while (at < lines.size() && !trimmed(lines[at]).empty()) out += lines[at++] + '\n';
    return out;
}

}  // namespace

const Argument* Case::find(std::string_view key) const {
    for (const Argument& argument : arguments) {
        if (argument.key == key) return &argument;
    }
    return nullptr;
}

std::vector<std::string> splitLines(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return out;
}

std::optional<std::uint64_t> parseNumber(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

ParsedTranscript parseTranscript(std::string_view text) {
    ParsedTranscript out;
    const std::vector<std::string> lines = splitLines(text);
    std::size_t at = 0;
    while (at < lines.size()) {
        if (trimmed(lines[at]).empty() || trimmed(lines[at]).front() == '#') {
            ++at;
            continue;
        }
        Case next;
        next.line = static_cast<int>(at) + 1;
        std::string command = lines[at++];
        while (!command.empty() && command.back() == '\\' && at < lines.size()) {
            command.back() = ' ';
            command += lines[at++];
        }
        const bool readable = parseCommand(command, next);
        while (at < lines.size() && lines[at] != kSeparator) next.input += lines[at++] + '\n';
        if (!readable || at == lines.size()) {
            out.fault = "line " + std::to_string(next.line) + ": cannot read the case of \"" + command + '"';
            return out;
        }
        ++at;
        next.outputBegin = static_cast<int>(at);
        next.expected = takeExpected(lines, at);
        next.outputEnd = static_cast<int>(at);
        out.cases.push_back(std::move(next));
    }
    return out;
}

std::string comparable(std::string_view output) {
    std::string out;
    for (const std::string& line : splitLines(output)) {
        const std::string_view word = trimmed(line).substr(0, trimmed(line).find(' '));
        if (word == "DEBUG" || word == "INFO" || word == "WARN" || word == "ERROR") continue;
        out += line + '\n';
    }
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out.empty() ? "ok" : out;
}

std::optional<std::string> firstDifference(const std::vector<Case>& cases, const Handler& handler) {
    for (const Case& one : cases) {
        const std::string found = comparable(handler(one));
        const std::string expected = comparable(one.expected);
        if (found != expected) {
            return "line " + std::to_string(one.line) + ": " + one.command + "\nexpected:\n" + expected + "\nfound:\n" +
                   found;
        }
    }
    return std::nullopt;
}

std::string rewritten(std::string_view text, const std::vector<Case>& cases, const Handler& handler) {
    const std::vector<std::string> lines = splitLines(text);
    std::string out;
    std::size_t at = 0;
    for (const Case& one : cases) {
        while (at < static_cast<std::size_t>(one.outputBegin)) out += lines[at++] + '\n';
        out += comparable(handler(one)) + '\n';
        at = static_cast<std::size_t>(one.outputEnd);
    }
    while (at < lines.size()) out += lines[at++] + '\n';
    return out;
}

std::string indented(std::string_view text) {
    std::string out;
    for (const std::string& line : splitLines(text)) out += "  " + line + '\n';
    return out;
}

}  // namespace raftarium::conformance
