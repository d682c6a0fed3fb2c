// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What all commands of raftariumctl share. A command is a CLI11 subcommand whose callback calls run().
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/etcd_client.h"
#include "cluster/control/controller.h"
#include "cluster/tools/ctl/ctl_format.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::tools {

struct Global {
    std::string endpoints;  // as given, with commas; see Commands::endpoints()
    std::string cluster;
    std::string writeOut = "simple";
    std::string dialTimeout = "2s", commandTimeout = "5s";
    bool hex = false;
};

class Commands {
public:
    explicit Commands(CLI::App& app) : m_app(app) {}
    CLI::App& app() { return m_app; }
    Global& global() { return m_global; }

    // The command's work; its error is printed as "Error: text".
    void onRun(CLI::App* command, std::function<base::Status()> work);
    base::Status run();  // what was chosen

    // What to say when a command is called with too few or too many arguments; without it, which one is wrong.
    void needs(const CLI::App* command, const std::string& text) { m_needs[command] = text; }
    std::string needsOf(const CLI::App* command) const;

    base::Result<Format> format() const;
    base::Result<Formatter> formatter() const;
    // --endpoints, else the members of --cluster or of the only cluster that runs, else etcd's own default.
    base::Result<std::vector<std::string>> endpoints() const;
    base::Result<client::ClientOptions> clientOptions() const;  // but for the endpoints
    base::Result<std::unique_ptr<client::EtcdClient>> client() const;
    base::Result<std::unique_ptr<client::EtcdClient>> clientOf(const std::string& endpoint) const;
    // --cluster, else the only one that runs.
    base::Result<std::string> chosenCluster() const;
    base::Result<std::unique_ptr<control::Cluster>> joined() const;

private:
    CLI::App& m_app;
    Global m_global;
    std::function<base::Status()> m_work;
    std::map<const CLI::App*, std::string> m_needs;
};

// Wrong arguments (exit code 2), apart from a command that failed (1). etcdctl ends with 1 to 5 or 128; what is zero
// there is zero here, and what is not is not.
base::Error usage(const std::string& text);
bool isUsage(const base::Error& error);
// One or two words, as they are. (A list option of CLI11 would take "[1,2]" apart.)
struct Words {
    std::string first, second;
    CLI::Option* secondOption = nullptr;
    bool hasSecond() const { return secondOption->count() > 0; }

    void add(CLI::App* command, const char* firstName, const char* secondName) {
        command->add_option(firstName, first)->required();
        secondOption = command->add_option(secondName, second);
    }
};

// Writes to standard output; an error is passed on.
base::Status print(const base::Result<std::string>& text);

void addClusterCommands(Commands& commands);
void addClusterStartCommand(Commands& commands, CLI::App* cluster);
void addActionCommands(Commands& commands, CLI::App* cluster);
void addHeldCommand(Commands& commands, CLI::App* cluster);
void addFeedCommand(Commands& commands, CLI::App* cluster);
void addKeyCommands(Commands& commands);
void addWatchCommand(Commands& commands);
void addMemberCommands(Commands& commands);
void addEndpointCommands(Commands& commands);
void addLeaseCommands(Commands& commands);
void addMaintenanceCommands(Commands& commands);
void addSnapshotCommands(Commands& commands);
void addWalCommands(Commands& commands);
void addTraceCommands(Commands& commands);
void addBenchCommands(Commands& commands);

}  // namespace raftarium::tools
