// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Data-driven transcripts: cases of comment lines, a command line, optional input, "----", expected output.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::conformance {

struct Argument {
    std::string key;
    std::vector<std::string> values;  // key=a or key=(a,b); empty for a bare word
};

struct Case {
    std::string command;
    std::vector<Argument> arguments;
    std::string input;
    std::string expected;
    int line = 0;         // of the command
    int outputBegin = 0;  // lines of the expected output, end exclusive, counted from 0
    int outputEnd = 0;

    const Argument* find(std::string_view key) const;
};

// The text of the first fault instead, if the file is not in the format.
struct ParsedTranscript {
    std::vector<Case> cases;
    std::string fault;
};
ParsedTranscript parseTranscript(std::string_view text);

// Without the lines of the log, and "ok" if nothing is left: what is compared.
std::string comparable(std::string_view output);

// Runs every case; returns an account of the first difference, nullopt if there is none.
using Handler = std::function<std::string(const Case&)>;
std::optional<std::string> firstDifference(const std::vector<Case>& cases, const Handler& handler);

// The transcript with what the handler answers in place of the expected output. To be read before it is kept.
std::string rewritten(std::string_view text, const std::vector<Case>& cases, const Handler& handler);

// Adds two blanks before each line.
std::string indented(std::string_view text);
std::vector<std::string> splitLines(std::string_view text);
std::optional<std::uint64_t> parseNumber(std::string_view text);

}  // namespace raftarium::conformance
