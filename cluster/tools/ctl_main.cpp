// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl: etcdctl's commands and formats, and everything the app can do to a cluster.
#include "cluster/tools/ctl_command.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using namespace raftarium;

namespace {

// CLI11 takes "-w json" and "--write-out=json", etcdctl also "-w=json". After "--name=" CLI11 would take the next word
// for the value, which is empty.
std::vector<std::string> normalised(int argc, char** argv) {
    std::vector<std::string> out;
    bool options = true;
    for (int i = 1; i < argc; ++i) {
        std::string word = argv[i];
        if (word == "--") options = false;
        if (options && word.rfind("-w=", 0) == 0) word = "--write-out=" + word.substr(3);
        const bool empty = options && word.rfind("--", 0) == 0 && word.find('=') == word.size() - 1;
        if (empty) word.pop_back();
        out.push_back(word);
        if (empty) out.emplace_back();
    }
    std::reverse(out.begin(), out.end());  // as CLI11 wants them
    return out;
}

// A word or option that stands where a command of `group` should.
int unknownCommand(const CLI::App& app, const CLI::App& group) {
    const std::vector<std::string> words = app.remaining(true);
    const std::string path = group.get_parent() == nullptr ? "" : group.get_name() + " ";
    if (words.empty()) {
        std::fputs(group.help().c_str(), stderr);
    } else {
        std::fprintf(stderr, "Error: unknown %s \"%s\"\nRun 'raftariumctl %s--help' for the commands there are.\n",
                     words.front().starts_with('-') ? "option" : "command", words.front().c_str(), path.c_str());
    }
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Raftarium's command line: starts and disturbs local clusters, and talks to any etcd v3 cluster.",
                 "raftariumctl");
    tools::Commands commands(app);
    tools::Global& global = commands.global();
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag("--version", std::string("raftariumctl version: ") + RAFTARIUM_VERSION);
    app.add_option("--cluster", global.cluster, "Local cluster to act on (default: the only one that runs)")
        ->envname("RAFTARIUM_CLUSTER");
    app.add_option("--endpoints", global.endpoints, "Servers to talk to (default: those of the local cluster)")
        ->delimiter(',')
        ->envname("ETCDCTL_ENDPOINTS");
    app.add_option("-w,--write-out", global.writeOut, "Output format: simple, json, table, fields")
        ->envname("ETCDCTL_WRITE_OUT");
    app.add_option("--dial-timeout", global.dialTimeout, "Time to connect")->envname("ETCDCTL_DIAL_TIMEOUT");
    app.add_option("--command-timeout", global.commandTimeout, "Time for a command")
        ->envname("ETCDCTL_COMMAND_TIMEOUT");
    app.add_flag("--hex", global.hex, "Print keys and values as hex");

    addClusterCommands(commands);
    addKeyCommands(commands);
    addWatchCommand(commands);
    addMemberCommands(commands);
    addEndpointCommands(commands);
    addLeaseCommands(commands);
    addMaintenanceCommands(commands);
    addSnapshotCommands(commands);
    addWalCommands(commands);
    addTraceCommands(commands);
    addBenchCommands(commands);

    try {
        app.parse(normalised(argc, argv));
    } catch (const CLI::RequiredError& error) {
        if (argc < 2) {
            std::fputs(app.help().c_str(), stdout);
            return 0;
        }
        const CLI::App* group = &app;
        while (!group->get_subcommands().empty()) group = group->get_subcommands().front();
        if (!group->get_subcommands({}).empty()) return unknownCommand(app, *group);
        app.exit(error);
        return 2;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    const base::Status done = commands.run();
    if (done) return 0;
    std::fprintf(stderr, "Error: %s\n", done.error().text.c_str());
    return tools::isUsage(done.error()) ? 2 : 1;
}
