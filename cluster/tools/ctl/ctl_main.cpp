// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl: etcdctl's commands and formats, and everything the app can do to a cluster.
#include "cluster/tools/ctl/ctl_usage.h"

#include <cstdio>
#include <string>

using namespace raftarium;

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
    app.add_option("--endpoints", global.endpoints,
                   "Servers to talk to, with commas between (default: those of the local cluster)")
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

    if (const int code = tools::parse(commands, tools::typedWords(argc, argv)); code >= 0) return code;
    const base::Status done = commands.run();
    if (done) return 0;
    std::fprintf(stderr, "Error: %s\n", done.error().text.c_str());
    return tools::isUsage(done.error()) ? 2 : 1;
}
