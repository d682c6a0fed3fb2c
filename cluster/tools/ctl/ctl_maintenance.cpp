// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl compaction, defrag, move-leader, version.
#include "cluster/base/coding.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <cstdio>

namespace raftarium::tools {
namespace {

base::Status moveLeader(const Commands& commands, const std::string& text) {
    const auto target = base::parseHexId(text);
    if (!target) return usage("bad member ID \"" + text + "\", expecting ID in Hex");
    const auto endpoints = commands.endpoints();
    if (!endpoints) return endpoints.error();
    // Only the leader itself can hand over.
    for (const std::string& endpoint : *endpoints) {
        auto client = commands.clientOf(endpoint);
        if (!client) return client.error();
        const auto status = (*client)->status();
        if (!status || status->leader != status->header.memberId) continue;
        const auto moved = (*client)->moveLeader(*target);
        if (!moved) return moved.error();
        return print("Leadership transferred from " + base::hexId(status->leader) + " to " + base::hexId(*target) +
                     "\n");
    }
    return base::Error{base::Errc::unavailable, "no leader endpoint given: name the leader's with --endpoints"};
}

base::Status defragment(const Commands& commands) {
    const auto endpoints = commands.endpoints();
    if (!endpoints) return endpoints.error();
    std::string failed;
    for (const std::string& endpoint : *endpoints) {
        auto client = commands.clientOf(endpoint);
        if (!client) return client.error();
        const auto done = (*client)->defragment();
        if (done) {
            if (auto said = print("Finished defragmenting etcd member[" + endpoint + "]\n"); !said) return said;
        } else {
            std::fprintf(stderr, "Failed to defragment etcd member[%s] (%s)\n", endpoint.c_str(),
                         done.error().text.c_str());
            failed += (failed.empty() ? "" : ", ") + endpoint;
        }
    }
    if (failed.empty()) return {};
    return base::Error{base::Errc::unavailable, "not defragmented: " + failed};
}

}  // namespace

void addMaintenanceCommands(Commands& commands) {
    CLI::App& app = commands.app();
    auto* compaction = app.add_subcommand("compaction", "Compacts the event history in etcd")->alias("compact");
    auto revision = std::make_shared<std::string>();
    auto physical = std::make_shared<bool>(false);
    commands.needs(compaction, "compaction command needs 1 argument");
    compaction->add_option("revision", *revision, "Versions below it are dropped")->required();
    compaction->add_flag("--physical", *physical, "Wait until they are removed from the backend");
    commands.onRun(compaction, [&commands, revision, physical]() -> base::Status {
        const auto number = parseInteger(*revision);
        if (!number) return usage("bad revision \"" + *revision + "\"");
        auto client = commands.client();
        if (!client) return client.error();
        const auto done = (*client)->compact(*number, *physical);
        if (!done) return done.error();
        return print("compacted revision " + std::to_string(*number) + "\n");
    });

    commands.onRun(app.add_subcommand("defrag", "Defragments the storage of the members with given endpoints"),
                   [&commands] { return defragment(commands); });

    auto* move = app.add_subcommand("move-leader", "Transfers leadership to another member");
    auto target = std::make_shared<std::string>();
    commands.needs(move, "move-leader command needs 1 argument");
    move->add_option("member", *target, "Member ID in hex")->required();
    commands.onRun(move, [&commands, target] { return moveLeader(commands, *target); });

    commands.onRun(app.add_subcommand("version", "Prints the version"), [] {
        return print(std::string("raftariumctl version: ") + RAFTARIUM_VERSION + "\nAPI version: 3.4\n");
    });
}

}  // namespace raftarium::tools
