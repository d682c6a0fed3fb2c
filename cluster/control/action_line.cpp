// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/byte_text.h"
#include "cluster/control/action_words.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <span>

namespace raftarium::control {
namespace {

using base::Text;

using Words = std::vector<std::string>;

base::Error refuse(Text text) { return base::sayError(base::Errc::invalidArgument, std::move(text)); }

struct Printer {
    Words words, options;
    std::string verb;

    void option(const char* name, std::string value) {
        options.emplace_back(name);
        options.push_back(std::move(value));
    }
    void command(const char*, const char* word, const char*) { verb = word; }
    void node(const char*, const char*, std::string& field) { words.push_back(field); }
    void nodeOption(const char*, const char* name, const char*, std::string& field) { option(name, field); }
    void flag(const char*, const char* name, const char*, bool& field, bool given) {
        if (field == given) options.emplace_back(name);
    }
    void time(const char*, const char*, std::int64_t& field) { words.push_back(timeText(field)); }
    void timeOption(const char*, const char* name, const char*, std::int64_t& field) {
        if (field != 0) option(name, timeText(field));
    }
    void share(const char*, const char*, double& field) { words.push_back(shareText(field)); }
    void groups(const char*, const char*, std::vector<Words>& field) {
        for (const Words& group : field) words.push_back(absl::StrJoin(group, ","));
    }
    void held(const char*, const char*, HeldName& field) { words.push_back(heldText(field)); }
    void how(const char*, HeldAction&) {}
    void pace(const char*, const char*, PaceSpec& field) {
        if (const auto preset = presetOf(field)) {
            words.emplace_back(paceName(*preset));
            return;
        }
        option("--heartbeat", timeText(field.heartbeatMs));
        option("--election", timeText(field.electionMs));
        option("--link-delay", timeText(field.linkDelayMs));
    }
    void onOff(const char*, const char* name, const char*, std::optional<bool>& field) {
        if (field) option(name, *field ? "on" : "off");
    }
    void bytes(const char*, const char*, std::string& field) { words.push_back(base::byteText(field)); }
    void numberOption(const char*, const char* name, const char*, std::int64_t& field) {
        if (field != 0) option(name, std::to_string(field));
    }
};

// "delay FROM TO TIME [--jitter TIME]"
struct Usage {
    std::string text;

    void add(const std::string& word) { text += (text.empty() ? "" : " ") + word; }
    void command(const char*, const char* verb, const char*) { add(verb); }
    void node(const char* name, const char*, std::string&) { add(absl::AsciiStrToUpper(name)); }
    void nodeOption(const char*, const char* name, const char*, std::string&) { add(std::string(name) + " NODE"); }
    void flag(const char*, const char* name, const char*, bool&, bool) { add("[" + std::string(name) + "]"); }
    void time(const char*, const char*, std::int64_t&) { add("TIME"); }
    void timeOption(const char*, const char* name, const char*, std::int64_t&) {
        add("[" + std::string(name) + " TIME]");
    }
    void share(const char*, const char*, double&) { add("SHARE"); }
    void groups(const char*, const char*, std::vector<Words>&) { add("GROUP GROUP..."); }
    void held(const char*, const char*, HeldName&) { add("MESSAGE"); }
    void how(const char*, HeldAction&) {}
    void pace(const char*, const char*, PaceSpec&) {
        add("classroom|paper|etcd, or pace --heartbeat TIME --election TIME [--link-delay TIME]");
    }
    void onOff(const char*, const char* name, const char*, std::optional<bool>&) {
        add("[" + std::string(name) + " on|off]");
    }
    void bytes(const char* name, const char*, std::string&) { add(absl::AsciiStrToUpper(name)); }
    void numberOption(const char*, const char* name, const char*, std::int64_t&) {
        add("[" + std::string(name) + " NUMBER]");
    }
};

// Walks through a description twice: first the options are taken out of the words, then come the words in their order.
// Keeps the first problem.
struct Reader {
    Words words;  // after the verb
    bool options = true;
    std::size_t next = 0;
    std::size_t flagsEnd = 0;  // words from here on stood after "--": they are no options
    std::optional<Text> problem;

    void fail(Text text) {
        if (!problem) problem = std::move(text);
    }
    std::optional<std::string> takeOption(const char* name, bool hasValue) {
        const std::string prefix = std::string(name) + "=";
        for (std::size_t i = 0; i < flagsEnd; ++i) {
            const bool inOne = hasValue && words[i].starts_with(prefix);
            if (words[i] != name && !inOne) continue;
            std::string value = inOne ? words[i].substr(prefix.size()) : std::string();
            if (hasValue && !inOne) {
                if (i + 1 >= flagsEnd) {
                    fail({RAFTARIUM_TEXT("Control", "a value must follow {0}"), {name}});
                    return std::nullopt;
                }
                value = words[i + 1];
                words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
                --flagsEnd;
            }
            words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
            --flagsEnd;
            return value;
        }
        return std::nullopt;
    }
    std::optional<std::string> takeWord(const char* name) {
        if (next < words.size()) return words[next++];
        fail({RAFTARIUM_TEXT("Control", "{0} is missing"), {absl::AsciiStrToUpper(name)}});
        return std::nullopt;
    }
    void readTime(const char* name, const std::string& word, std::int64_t& field) {
        if (const auto ms = parseTime(word))
            field = *ms;
        else
            fail({RAFTARIUM_TEXT("Control", "{0} {1}: must be a time in whole milliseconds, such as 200ms or 1.5s"),
                  {name, word}});
    }

    void command(const char*, const char*, const char*) {}
    void node(const char* name, const char*, std::string& field) {
        if (options) return;
        const auto word = takeWord(name);
        if (!word) return;
        field = *word;
        if (field.empty()) fail({RAFTARIUM_TEXT("Control", "{0} is empty"), {absl::AsciiStrToUpper(name)}});
    }
    void nodeOption(const char*, const char* name, const char*, std::string& field) {
        if (!options) return;
        if (const auto value = takeOption(name, true))
            field = *value;
        else
            fail({RAFTARIUM_TEXT("Control", "{0} is missing"), {name}});
    }
    void flag(const char*, const char* name, const char*, bool& field, bool given) {
        if (options) field = takeOption(name, false) ? given : !given;
    }
    void time(const char*, const char*, std::int64_t& field) {
        if (options) return;
        if (const auto word = takeWord("time")) readTime("TIME", *word, field);
    }
    void timeOption(const char*, const char* name, const char*, std::int64_t& field) {
        if (!options) return;
        if (const auto value = takeOption(name, true)) readTime(name, *value, field);
    }
    void share(const char*, const char*, double& field) {
        if (options) return;
        const auto word = takeWord("share");
        if (!word) return;
        if (const auto read = parseShare(*word))
            field = *read;
        else
            fail({RAFTARIUM_TEXT("Control", "share {0}: must be 0% to 100%"), {*word}});
    }
    void groups(const char*, const char*, std::vector<Words>& field) {
        if (options) return;
        if (next >= words.size()) (void)takeWord("group");
        for (; next < words.size(); ++next) {
            field.push_back(absl::StrSplit(words[next], ','));
            for (const std::string& name : field.back()) {
                if (!name.empty()) continue;
                fail({RAFTARIUM_TEXT("Control", "group \"{0}\" has an empty name"), {words[next]}});
            }
        }
    }
    void held(const char*, const char*, HeldName& field) {
        if (options) return;
        const auto word = takeWord("message");
        if (!word) return;
        if (auto message = parseHeld(*word))
            field = std::move(*message);
        else
            fail({RAFTARIUM_TEXT("Control", "message {0}: must be a held message such as n1:42, or all"), {*word}});
    }
    void how(const char*, HeldAction&) {}
    void pace(const char*, const char*, PaceSpec& field) {
        if (options) {
            const auto heartbeat = takeOption("--heartbeat", true), election = takeOption("--election", true),
                       delay = takeOption("--link-delay", true);
            if (!heartbeat && !election && !delay) return;
            ownPace = true;
            if (!heartbeat || !election)
                fail({RAFTARIUM_TEXT("Control", "a pace of your own needs --heartbeat and --election"), {}});
            if (heartbeat) readTime("--heartbeat", *heartbeat, field.heartbeatMs);
            if (election) readTime("--election", *election, field.electionMs);
            if (delay) readTime("--link-delay", *delay, field.linkDelayMs);
            return;
        }
        if (ownPace) return;
        const auto word = takeWord("pace");
        if (!word) return;
        if (const auto preset = pacePreset(*word))
            field = paceOf(*preset);
        else
            fail({RAFTARIUM_TEXT("Control", "{0}: must be classroom, paper or etcd"), {*word}});
    }
    void onOff(const char*, const char* name, const char*, std::optional<bool>& field) {
        if (!options) return;
        const auto value = takeOption(name, true);
        if (!value) return;
        if (*value == "on" || *value == "true")
            field = true;
        else if (*value == "off" || *value == "false")
            field = false;
        else
            fail({RAFTARIUM_TEXT("Control", "{0} {1}: must be on or off"), {name, *value}});
    }
    void bytes(const char* name, const char*, std::string& field) {
        if (options) return;
        const auto word = takeWord(name);
        if (!word) return;
        if (auto read = base::bytesOfText(*word))
            field = std::move(*read);
        else
            fail({RAFTARIUM_TEXT("Control", "{0}: a backslash begins none of \\\\ \\n \\t \\r \\xNN"), {*word}});
    }
    void numberOption(const char*, const char* name, const char*, std::int64_t& field) {
        if (!options) return;
        const auto value = takeOption(name, true);
        if (value && (!absl::SimpleAtoi(*value, &field) || field < 0))
            fail({RAFTARIUM_TEXT("Control", "{0} {1}: must be a whole number, not negative"), {name, *value}});
    }

    void finishOptions() {
        for (std::size_t i = 0; i < flagsEnd; ++i) {
            if (words[i].size() > 1 && words[i][0] == '-')
                fail({RAFTARIUM_TEXT("Control", "there is no option {0} here"), {words[i]}});
        }
        options = false;
    }
    void finish() {
        if (next < words.size()) fail({RAFTARIUM_TEXT("Control", "\"{0}\" is more than there may be"), {words[next]}});
    }
    bool ownPace = false;
};

struct VerbOf : NoFields {
    std::string verb;
    void command(const char*, const char* word, const char*) { verb = word; }
};

template <typename Visitor>
Visitor& walk(Action& action, Visitor& visitor) {
    std::visit([&](auto& one) { describe(one, visitor); }, action);
    return visitor;
}

std::string usageOf(Action& action) {
    Usage usage;
    return walk(action, usage).text;
}

base::Error unknownVerb(const std::string& word) {
    Words verbs;
    for (Action& action : actionPrototypes()) {
        VerbOf each;
        walk(action, each);
        if (std::find(verbs.begin(), verbs.end(), each.verb) == verbs.end()) verbs.push_back(each.verb);
    }
    return refuse({RAFTARIUM_TEXT("Control", "there is no action \"{0}\"; the actions are {1}"),
                   {word.substr(0, 60), absl::StrJoin(verbs, ", ")}});
}

// One kind with these words; the words stand in `reader`.
std::optional<Action> read(Action action, Reader reader, std::optional<Text>& problem) {
    walk(action, reader);
    reader.finishOptions();
    if (!reader.problem) walk(action, reader);
    reader.finish();
    if (!reader.problem) {
        const auto* protocol = std::get_if<SetProtocol>(&action);
        if (protocol && !protocol->preVote && !protocol->checkQuorum)
            reader.fail({RAFTARIUM_TEXT("Control", "say --pre-vote on|off or --check-quorum on|off"), {}});
    }
    problem = std::move(reader.problem);
    return problem ? std::nullopt : std::optional<Action>(std::move(action));
}

base::Result<Action> readWords(const Words& words, std::size_t flagsEnd) {
    if (words.empty())
        return refuse({RAFTARIUM_TEXT("Control", "an action begins with what to do, such as kill n2"), {}});
    base::Error error = unknownVerb(words.front());
    for (Action& prototype : actionPrototypes()) {
        VerbOf each;
        if (walk(prototype, each).verb != words.front()) continue;
        Reader reader;
        reader.words.assign(words.begin() + 1, words.end());
        reader.flagsEnd = flagsEnd - 1;
        std::optional<Text> problem;
        if (auto action = read(prototype, reader, problem)) return std::move(*action);
        // Of two kinds with one verb ("stop", "stop n2") the one with more words says what is wrong.
        error = refuse({RAFTARIUM_TEXT("Control", "{0}: {1}; it is written: {2}"),
                        {words.front(), std::move(*problem), usageOf(prototype)}});
    }
    return error;
}

// --cluster NAME among the options; its value.
base::Result<std::string> takeCluster(Words& words, std::size_t& flagsEnd) {
    Reader reader;
    reader.words = words;
    reader.flagsEnd = flagsEnd;
    const auto cluster = reader.takeOption("--cluster", true);
    if (reader.problem) return refuse(std::move(*reader.problem));
    words = std::move(reader.words);
    flagsEnd = reader.flagsEnd;
    return cluster.value_or("");
}

// Takes the first "--" away; words before it may be options.
std::size_t takeDoubleDash(Words& words) {
    const auto dash = std::find(words.begin(), words.end(), "--");
    const auto end = static_cast<std::size_t>(dash - words.begin());
    if (dash != words.end()) words.erase(dash);
    return end;
}

base::Result<ActionLine> readClusterLine(Words words) {
    std::size_t flagsEnd = takeDoubleDash(words);
    auto cluster = takeCluster(words, flagsEnd);
    if (!cluster) return cluster.error();
    auto action = readWords(words, flagsEnd);
    if (!action) return action.error();
    return ActionLine{std::move(*action), {std::move(*cluster), {}}};
}

}  // namespace

std::vector<std::string> actionWords(const Action& action) {
    Action copy = action;
    Printer printer;
    walk(copy, printer);
    Words out{printer.verb};
    // The options first: after "--" every word is one that stands for itself.
    out.insert(out.end(), printer.options.begin(), printer.options.end());
    const auto like = [](const std::string& word) { return word.starts_with('-'); };
    if (std::any_of(printer.words.begin(), printer.words.end(), like)) out.emplace_back("--");
    out.insert(out.end(), printer.words.begin(), printer.words.end());
    return out;
}

std::string printAction(const Action& action, const ActionTarget& target) {
    if (const auto* put = std::get_if<Put>(&action)) return etcdctlPut(target.endpoints, put->key, put->value);
    if (const auto* gone = std::get_if<DeleteKey>(&action))
        return etcdctlDelete(target.endpoints, gone->key, gone->modRevision);
    return clusterCommand(target.cluster, actionWords(action));
}

base::Result<Action> actionOfWords(std::vector<std::string> words) {
    const std::size_t flagsEnd = takeDoubleDash(words);
    return readWords(words, flagsEnd);
}

base::Result<ActionLine> parseAction(std::string_view line) {
    const auto etcdctl = parseEtcdctl(line);
    if (!etcdctl) return etcdctl.error();
    if (*etcdctl) {
        const EtcdctlLine& read = **etcdctl;
        if (read.verb == EtcdctlLine::Verb::put) return ActionLine{Put{read.key, read.value}, {"", read.endpoints}};
        return ActionLine{DeleteKey{read.key, read.modRevision}, {"", read.endpoints}};
    }
    auto words = shellWords(line);
    if (!words) return words.error();
    if (!words->empty() && words->front() == "raftariumctl") {
        if (words->size() < 2 || (*words)[1] != "cluster") {
            return refuse({RAFTARIUM_TEXT("Control",
                                          "only \"raftariumctl cluster\" acts on a cluster; the line begins "
                                          "with {0}"),
                           {absl::StrJoin(std::span(*words).first(std::min<std::size_t>(words->size(), 2)), " ")}});
        }
        words->erase(words->begin(), words->begin() + 2);
    }
    return readClusterLine(std::move(*words));
}

}  // namespace raftarium::control
