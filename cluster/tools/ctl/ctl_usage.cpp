// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/tools/ctl/ctl_usage.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <optional>

namespace raftarium::tools {
namespace {

constexpr int kWrongArguments = 2, kGoOn = -1;

// The name of an ExtrasError is the command's.
bool is(const CLI::ParseError& error, CLI::ExitCodes code) { return error.get_exit_code() == static_cast<int>(code); }

const CLI::App& deepest(const CLI::App& app) {
    const CLI::App* group = &app;
    while (!group->get_subcommands().empty()) group = group->get_subcommands().front();
    return *group;
}

std::string pathOf(const CLI::App& command) {
    return command.get_parent() == nullptr ? command.get_name()
                                           : pathOf(*command.get_parent()) + " " + command.get_name();
}

std::string inQuotes(const std::string& text) { return "\"" + text + "\""; }

bool takesArguments(const CLI::App& command) {
    const auto options = command.get_options();
    return std::any_of(options.begin(), options.end(), [](const CLI::Option* each) { return each->get_positional(); });
}

std::string unknownFlag(const CLI::App& command, const std::string& word) {
    std::string text = word.starts_with("--") ? "unknown flag: " + word.substr(0, word.find('='))
                                              : "unknown shorthand flag: '" + word.substr(1, 1) + "' in " + word;
    if (takesArguments(command))
        text += "\nAn argument that begins with \"-\" stands after \"--\": " + pathOf(command) + " ... -- " + word;
    return text;
}

// "Could not convert: --rev = x" of CLI11.
std::string badValue(const std::string& text) {
    constexpr std::string_view kBegin = "Could not convert: ", kBetween = " = ";
    const std::size_t between = text.find(kBetween);
    if (!text.starts_with(kBegin) || between == std::string::npos) return text;
    return "invalid argument " + inQuotes(text.substr(between + kBetween.size())) + " for " +
           inQuotes(text.substr(kBegin.size(), between - kBegin.size())) + " flag";
}

std::string textOf(const Commands& commands, const CLI::App& app, const CLI::App& command, const Typed& typed,
                   const CLI::ParseError& error) {
    const std::vector<std::string> rest = app.remaining(true);
    const auto flag = std::find_if(rest.begin(), rest.end(), [&](const auto& word) { return typed.mayBeFlag(word); });
    if (flag != rest.end()) return unknownFlag(command, *flag);
    if (is(error, CLI::ExitCodes::RequiredError) || is(error, CLI::ExitCodes::ExtrasError)) {
        if (!command.get_subcommands({}).empty())
            return "unknown command " + inQuotes(rest.empty() ? "" : rest.front()) + " for " +
                   inQuotes(pathOf(command));
        if (const std::string needs = commands.needsOf(&command); !needs.empty()) return needs;
        return rest.empty() ? error.what() : "unexpected argument " + inQuotes(rest.front());
    }
    const std::string text = error.what();
    if (is(error, CLI::ExitCodes::ArgumentMismatch) && text.starts_with("--"))
        return "flag needs an argument: " + text.substr(0, text.find(':'));
    return badValue(text);
}

int complain(const CLI::App& command, const std::string& text) {
    std::fprintf(stderr, "Error: %s\nRun '%s --help' for usage.\n", text.c_str(), pathOf(command).c_str());
    return kWrongArguments;
}

// CLI11 takes "-100" for an argument; etcdctl does not, nor would a key such as "-k" be one here.
std::optional<std::string> numberLikeAFlag(const CLI::App& command, const Typed& typed) {
    for (const CLI::Option* option : command.get_options()) {
        if (!option->get_positional()) continue;
        for (const std::string& word : option->results())
            if (word.size() > 1 && std::isdigit(static_cast<unsigned char>(word[1])) != 0 && typed.mayBeFlag(word))
                return word;
    }
    return std::nullopt;
}

}  // namespace

bool Typed::mayBeFlag(const std::string& word) const {
    if (word.size() < 2 || word[0] != '-') return false;
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(flagsEnd);
    return std::find(words.begin(), end, word) != end;
}

// CLI11 takes "-w json" and "--write-out=json", etcdctl also "-w=json". After "--name=" CLI11 would take the next word
// for the value, which is empty.
Typed typedWords(int argc, const char* const* argv) {
    Typed typed;
    bool flags = true;
    for (int i = 1; i < argc; ++i) {
        std::string word = argv[i];
        if (word == "--") flags = false;
        if (flags && word.starts_with("-w=")) word = "--write-out=" + word.substr(3);
        const bool empty = flags && word.starts_with("--") && word.find('=') == word.size() - 1;
        if (empty) word.pop_back();
        typed.words.push_back(word);
        if (empty) typed.words.emplace_back();
        if (flags) typed.flagsEnd = typed.words.size();
    }
    return typed;
}

int parse(Commands& commands, const Typed& typed) {
    CLI::App& app = commands.app();
    try {
        app.parse(std::vector<std::string>(typed.words.rbegin(), typed.words.rend()));  // as CLI11 wants them
    } catch (const CLI::Success& asked) {
        return app.exit(asked);
    } catch (const CLI::ParseError& error) {
        const CLI::App& command = deepest(app);
        const bool group = !command.get_subcommands({}).empty();
        if (group && is(error, CLI::ExitCodes::RequiredError) && app.remaining(true).empty()) {
            std::fputs(command.help().c_str(), stdout);
            return 0;
        }
        return complain(command, textOf(commands, app, command, typed, error));
    }
    const CLI::App& command = deepest(app);
    if (const auto word = numberLikeAFlag(command, typed)) return complain(command, unknownFlag(command, *word));
    return kGoOn;
}

}  // namespace raftarium::tools
