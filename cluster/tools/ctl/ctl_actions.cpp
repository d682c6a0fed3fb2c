// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl cluster kill|cut|pace|...: one command for each verb of the actions, made from their descriptions.
#include "cluster/control/action_words.h"
#include "cluster/tools/ctl/ctl_command.h"

#include <nlohmann/json.hpp>

#include <set>

namespace raftarium::tools {
namespace {

using control::Action;

// Gives a command the arguments and options of an action. What was typed is put together again for the actions' own
// parser, which knows what the words mean.
class Options : public control::NoFields {
public:
    Options(CLI::App* command, bool required) : m_command(command), m_required(required) {}

    // After the verb: options, "--", arguments.
    std::vector<std::string> words() const {
        std::vector<std::string> out;
        for (const CLI::Option* option : m_options) {
            if (option->count() == 0) continue;
            out.push_back(option->get_name());
            if (option->get_items_expected_max() > 0) out.push_back(option->results().back());
        }
        out.emplace_back("--");
        for (const CLI::Option* argument : m_arguments)
            out.insert(out.end(), argument->results().begin(), argument->results().end());
        return out;
    }

    void node(const char* name, const char* help, std::string&) { argument(name, help); }
    void nodeOption(const char*, const char* name, const char* help, std::string&) { option(name, help); }
    void flag(const char*, const char* name, const char* help, bool&, bool) {
        auto given = std::make_shared<bool>(false);
        m_values.push_back(given);
        m_options.push_back(m_command->add_flag(name, *given, help));
    }
    void time(const char*, const char* help, std::int64_t&) { argument("time", help); }
    void timeOption(const char*, const char* name, const char* help, std::int64_t&) { option(name, help); }
    void share(const char* name, const char* help, double&) { argument(name, help); }
    void groups(const char* name, const char* help, std::vector<std::vector<std::string>>&) {
        auto values = std::make_shared<std::vector<std::string>>();
        m_values.push_back(values);
        add(m_command->add_option(name, *values, help));
    }
    void held(const char* name, const char* help, control::HeldName&) { argument(name, help); }
    void pace(const char*, const char* help, control::PaceSpec&) {
        m_required = false;
        argument("preset", help);
        option("--heartbeat", "Time between heartbeats, such as 100ms");
        option("--election", "Shortest election timeout; each is drawn between it and its double");
        option("--link-delay", "Delay of each message");
    }
    void onOff(const char*, const char* name, const char* help, std::optional<bool>&) { option(name, help); }

private:
    CLI::Option* string(const char* name, const char* help) {
        auto value = std::make_shared<std::string>();
        m_values.push_back(value);
        return m_command->add_option(name, *value, help);
    }
    void option(const char* name, const char* help) { m_options.push_back(string(name, help)); }
    void argument(const char* name, const char* help) { add(string(name, help)); }
    void add(CLI::Option* argument) {
        if (m_required) argument->required();
        m_arguments.push_back(argument);
    }

    CLI::App* const m_command;
    bool m_required;
    std::vector<CLI::Option*> m_options, m_arguments;
    std::vector<std::shared_ptr<void>> m_values;  // where CLI11 writes what it reads
};

struct Head : control::NoFields {
    std::string verb, help;
    void command(const char*, const char* word, const char* text) {
        verb = word;
        help = text;
    }
};

Head headOf(Action& action) {
    Head head;
    std::visit([&](auto& one) { describe(one, head); }, action);
    return head;
}

base::Status run(Commands& commands, const Action& action) {
    const auto* wipe = std::get_if<control::WipeNode>(&action);
    // Wiping all nodes is for a cluster that is stopped: it is opened for that.
    const bool open = wipe != nullptr && wipe->node == "*" && !commands.global().cluster.empty();
    auto cluster = open ? control::openCluster(commands.global().cluster, "") : commands.joined();
    if (!cluster) return cluster.error();
    const auto outcome = (*cluster)->apply(action);
    if (!outcome) return outcome.error();
    const auto* add = std::get_if<control::AddNode>(&action);
    if (add == nullptr) return {};
    return print("added " + outcome->node +
                 (add->learner ? ", a learner; 'raftariumctl cluster promote " + outcome->node + "' gives it a vote"
                               : std::string()) +
                 "\n");
}

}  // namespace

void addActionCommands(Commands& commands, CLI::App* cluster) {
    // "start" also makes and supervises clusters; keys are raftariumctl's own commands.
    const std::set<std::string> elsewhere{"start", "put", "del"};
    std::vector<Action> kinds = control::actionPrototypes();
    std::set<std::string> done = elsewhere;
    for (Action& first : kinds) {
        const std::string verb = headOf(first).verb;
        if (!done.insert(verb).second) continue;
        // Of several kinds with one verb ("stop", "stop n2") the one with the most fields has all of them.
        Action* richest = &first;
        bool several = false;
        for (Action& other : kinds) {
            if (&other == &first || headOf(other).verb != verb) continue;
            several = true;
            if (control::actionToJson(other).size() > control::actionToJson(*richest).size()) richest = &other;
        }
        auto* command = cluster->add_subcommand(verb, headOf(*richest).help);
        auto options = std::make_shared<Options>(command, !several);
        std::visit([&](auto& one) { describe(one, *options); }, *richest);
        commands.onRun(command, [&commands, verb, options]() -> base::Status {
            std::vector<std::string> words = options->words();
            words.insert(words.begin(), verb);
            const auto action = control::actionOfWords(std::move(words));
            if (!action) return usage(action.error().text);
            return run(commands, *action);
        });
    }
}

}  // namespace raftarium::tools
