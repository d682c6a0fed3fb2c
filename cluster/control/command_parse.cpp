// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The way back from a command line to what it does.
#include "cluster/control/command_text.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

namespace raftarium::control {
namespace {

base::Error refuse(base::Text text) { return base::sayError(base::Errc::invalidArgument, std::move(text)); }

struct Token {
    std::string text;
    bool pipe = false;  // an unquoted |
};

// A line as far as a shell's rules are needed to read what shellWord() writes.
class Scanner {
public:
    explicit Scanner(std::string_view line) : m_rest(line) {}

    base::Result<std::vector<Token>> tokens() {
        std::vector<Token> out;
        while (true) {
            const std::size_t begin = m_rest.find_first_not_of(" \t\n");
            if (begin == std::string_view::npos) return out;
            m_rest.remove_prefix(begin);
            if (m_rest.front() == '|') {
                out.push_back({"|", true});
                m_rest.remove_prefix(1);
                continue;
            }
            Token token;
            while (!m_rest.empty() && std::string_view(" \t\n|").find(m_rest.front()) == std::string_view::npos) {
                if (auto taken = piece(token.text); !taken) return taken.error();
            }
            out.push_back(std::move(token));
        }
    }

private:
    // One quoted or plain piece of a word.
    base::Status piece(std::string& out) {
        constexpr std::string_view kPrinted = "\"$(printf '", kPrintedEnd = "')\"";
        if (m_rest.starts_with(kPrinted)) {
            m_rest.remove_prefix(kPrinted.size());
            const std::size_t end = m_rest.find(kPrintedEnd);
            if (end == std::string_view::npos) return unclosed();
            const bool read = appendPrinted(m_rest.substr(0, end), out);
            m_rest.remove_prefix(end + kPrintedEnd.size());
            if (read) return {};
            return refuse({RAFTARIUM_TEXT("Control", "this format of printf is not one that is written here"), {}});
        }
        const char c = m_rest.front();
        if (c == '\'' || c == '"') {
            const std::size_t end = m_rest.find(c, 1);
            if (end == std::string_view::npos) return unclosed();
            const std::string_view inside = m_rest.substr(1, end - 1);
            if (c == '"' && inside.find_first_of("$`\\") != std::string_view::npos) return needsShell();
            out += inside;
            m_rest.remove_prefix(end + 1);
            return {};
        }
        if (c == '\\') {
            if (m_rest.size() < 2) return unclosed();
            out += m_rest[1];
            m_rest.remove_prefix(2);
            return {};
        }
        if (std::string_view("$`;&<>()#~").find(c) != std::string_view::npos) return needsShell();
        out += c;
        m_rest.remove_prefix(1);
        return {};
    }

    static bool appendPrinted(std::string_view format, std::string& out) {
        for (std::size_t i = 0; i < format.size(); ++i) {
            const char c = format[i];
            if (c == '%') {
                if (format.substr(i, 2) != "%%") return false;
                out += '%';
                ++i;
            } else if (c == '\\' && format.substr(i, 2) == "\\n") {
                out += '\n';
                ++i;
            } else if (c == '\\') {
                unsigned byte = 0;
                if (i + 3 >= format.size()) return false;
                for (int digit = 0; digit < 3; ++digit) {
                    const char d = format[++i];
                    if (d < '0' || d > '7') return false;
                    byte = byte * 8 + static_cast<unsigned>(d - '0');
                }
                out += static_cast<char>(byte);
            } else {
                out += c;
            }
        }
        return true;
    }

    static base::Error unclosed() {
        return refuse({RAFTARIUM_TEXT("Control", "a quote of this line is not closed"), {}});
    }
    base::Error needsShell() const {
        return refuse({RAFTARIUM_TEXT("Control", "\"{0}\" has a meaning to the shell: put it in single quotes"),
                       {m_rest.substr(0, 20)}});
    }

    std::string_view m_rest;
};

bool takeWord(std::string_view& rest, std::string_view word) {
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
}

// A string as Go writes it, at the beginning of `rest`.
std::optional<std::string> takeGoString(std::string_view& rest) {
    if (!takeWord(rest, "\"")) return std::nullopt;
    std::string out;
    while (!rest.empty() && rest.front() != '"') {
        unsigned byte = 0;
        if (rest.front() != '\\') {
            out += rest.front();
            rest.remove_prefix(1);
        } else if (rest.size() >= 4 && rest[1] == 'x' && absl::SimpleHexAtoi(std::string(rest.substr(2, 2)), &byte)) {
            out += static_cast<char>(byte);
            rest.remove_prefix(4);
        } else {
            return std::nullopt;
        }
    }
    if (!takeWord(rest, "\"")) return std::nullopt;
    return out;
}

base::Error otherCall() {
    return refuse({RAFTARIUM_TEXT("Control",
                                  "of etcdctl's commands only put, del of one key, and a transaction of "
                                  "one of these are actions here"),
                   {}});
}

// The lines of a transaction: comparison, empty line, what to do then, and two empty lines.
base::Result<EtcdctlLine> readTransaction(const std::vector<Token>& lines) {
    EtcdctlLine out;
    std::size_t at = 0;
    if (lines.size() == 5) {
        std::string_view compare = lines[at++].text;
        if (!takeWord(compare, "mod(")) return otherCall();
        const auto key = takeGoString(compare);
        if (!key || !takeWord(compare, ") = \"") || !compare.ends_with('"') ||
            !absl::SimpleAtoi(std::string(compare.substr(0, compare.size() - 1)), &out.modRevision) ||
            out.modRevision <= 0)
            return otherCall();
        out.key = *key;
    } else if (lines.size() != 4) {
        return otherCall();
    }
    std::string_view then = lines[at + 1].text;
    const bool put = takeWord(then, "put "), remove = !put && takeWord(then, "del ");
    if ((!put && !remove) || !lines[at].text.empty() || !lines[at + 2].text.empty() || !lines[at + 3].text.empty())
        return otherCall();
    takeWord(then, "-- ");
    const auto key = takeGoString(then);
    if (!key || (out.modRevision != 0 && (put || *key != out.key))) return otherCall();
    out.key = *key;
    out.verb = put ? EtcdctlLine::Verb::put : EtcdctlLine::Verb::remove;
    if (put) {
        const auto value = takeWord(then, " ") ? takeGoString(then) : std::nullopt;
        if (!value) return otherCall();
        out.value = *value;
    }
    if (!then.empty()) return otherCall();
    return out;
}

base::Result<EtcdctlLine> readCall(const std::vector<Token>& words) {
    std::vector<std::string> plain;
    bool options = true;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i].text;
        if (options && word == "--")
            options = false;
        else if (options && word.starts_with('-'))
            return otherCall();
        else
            plain.push_back(word);
    }
    EtcdctlLine out;
    const std::string& verb = words.front().text;
    if (verb == "put" && plain.size() == 2) {
        out.key = plain[0];
        out.value = plain[1];
    } else if (verb == "del" && plain.size() == 1) {
        out.verb = EtcdctlLine::Verb::remove;
        out.key = plain[0];
    } else {
        return otherCall();
    }
    return out;
}

}  // namespace

base::Result<std::vector<std::string>> shellWords(std::string_view line) {
    auto tokens = Scanner(line).tokens();
    if (!tokens) return tokens.error();
    std::vector<std::string> out;
    for (Token& token : *tokens) {
        if (token.pipe)
            return refuse(
                {RAFTARIUM_TEXT("Control", "\"{0}\" has a meaning to the shell: put it in single quotes"), {"|"}});
        out.push_back(std::move(token.text));
    }
    return out;
}

base::Result<std::optional<EtcdctlLine>> parseEtcdctl(std::string_view line) {
    auto scanned = Scanner(line).tokens();
    if (!scanned) return scanned.error();
    std::vector<Token>& tokens = *scanned;
    const auto is = [&](std::size_t index, std::string_view word) {
        return index < tokens.size() && !tokens[index].pipe && tokens[index].text == word;
    };
    std::vector<Token> lines;
    std::size_t at = 0;
    const bool piped = is(0, "printf") && is(1, "%s\\n");
    if (piped) {
        for (at = 2; at < tokens.size() && !tokens[at].pipe; ++at) lines.push_back(tokens[at]);
        ++at;
    }
    if (is(at, "ETCDCTL_API=3")) ++at;
    if (!is(at, "etcdctl")) return std::optional<EtcdctlLine>();
    ++at;
    Endpoints endpoints;
    if (is(at, "--endpoints") && at + 1 < tokens.size()) {
        endpoints = absl::StrSplit(tokens[at + 1].text, ',');
        at += 2;
    }
    if (at >= tokens.size()) return otherCall();
    const std::vector<Token> words(tokens.begin() + static_cast<std::ptrdiff_t>(at), tokens.end());
    if (piped && (words.size() != 1 || words.front().text != "txn")) return otherCall();
    for (const Token& word : words)
        if (word.pipe) return otherCall();
    auto read = piped ? readTransaction(lines) : readCall(words);
    if (!read) return read.error();
    read->endpoints = std::move(endpoints);
    return std::optional<EtcdctlLine>(std::move(*read));
}

}  // namespace raftarium::control
