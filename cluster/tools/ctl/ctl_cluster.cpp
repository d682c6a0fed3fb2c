// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl cluster ...: create, list, status, log, destroy.
#include "cluster/base/coding.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/control/engine.h"
#include "cluster/control/supervisor/supervisor_protocol.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

namespace raftarium::tools {
namespace {

using control::Cluster;
using control::ClusterStatus;
using observe::ProcessState;

// Who leads in which term, as the running nodes themselves say it.
std::map<std::uint64_t, client::StatusResult> askNodes(const ClusterStatus& status) {
    std::map<std::uint64_t, client::StatusResult> out;
    for (const auto& node : status.nodes) {
        if (node.process != ProcessState::running) continue;
        client::ClientOptions options;
        options.endpoints = {node.spec.clientUrl()};
        options.dialTimeoutMs = options.requestTimeoutMs = 1000;
        if (auto answer = client::EtcdClient::create(options)->status()) out[node.spec.id] = *answer;
    }
    return out;
}

struct Standing {
    std::string role;  // empty if it gives no answer
    std::uint64_t term = 0;
    std::int64_t revision = 0;
};

Standing standingOf(const std::map<std::uint64_t, client::StatusResult>& answers, std::uint64_t id) {
    const auto it = answers.find(id);
    if (it == answers.end()) return {};
    const client::StatusResult& status = it->second;
    return {status.leader == id  ? "leader"
            : status.learner     ? "learner"
            : status.leader == 0 ? "no leader"
                                 : "follower",
            status.raftTerm, status.header.revision};
}

// With what the nodes themselves say; null where one gives no answer.
nlohmann::json statusJson(const ClusterStatus& status) {
    nlohmann::json out = control::statusToJson(status);
    const auto answers = status.running ? askNodes(status) : std::map<std::uint64_t, client::StatusResult>();
    for (std::size_t i = 0; i < status.nodes.size(); ++i) {
        const Standing standing = standingOf(answers, status.nodes[i].spec.id);
        const bool known = !standing.role.empty();
        nlohmann::json& node = out["nodes"][i];
        node["role"] = known ? nlohmann::json(standing.role) : nlohmann::json();
        node["term"] = known ? nlohmann::json(standing.term) : nlohmann::json();
        node["revision"] = known ? nlohmann::json(standing.revision) : nlohmann::json();
    }
    return out;
}

std::string faultText(const observe::LinkFaults& link, const std::map<std::uint64_t, std::string>& names) {
    const auto nameOf = [&](std::uint64_t id) {
        const auto it = names.find(id);
        return it == names.end() ? base::hexId(id) : it->second;
    };
    std::string out = nameOf(link.from) + " -> " + nameOf(link.to) + ":";
    if (link.cut) out += " cut";
    if (link.delayNs != 0 || link.jitterNs != 0) out += " delay " + goDuration(link.delayNs);
    if (link.jitterNs != 0) out += " jitter " + goDuration(link.jitterNs);
    if (link.hold) out += " hold";
    if (link.dropShare > 0) out += " drop " + std::to_string(static_cast<int>(link.dropShare * 100 + 0.5)) + "%";
    return out;
}

std::string paceText(const control::ClusterSpec& spec) {
    const bool preset = control::paceOf(spec.pace) == spec.timing;
    return (preset ? control::paceName(spec.pace) : "own") + std::string(" (heartbeat ") +
           goDuration(spec.timing.heartbeatMs * 1'000'000) + ", election " +
           goDuration(spec.timing.electionMs * 1'000'000) + " to " + goDuration(spec.timing.electionMs * 2'000'000) +
           ", link delay " + goDuration(spec.timing.linkDelayMs * 1'000'000) + ")";
}

std::string statusText(const ClusterStatus& status) {
    std::string out = "cluster    " + status.spec.name + (status.running ? " (running)" : " (not running)") + "\n";
    if (!status.problem.empty()) out += "problem    " + status.problem + "\n";
    if (status.spec.nodes.empty()) return out;
    out += "directory  " + status.spec.directory + ", " + humanBytes(status.diskBytes) + "\n";
    out += "pace       " + paceText(status.spec) + "\n";
    out += std::string("protocol   pre-vote ") + (status.spec.preVote ? "on" : "off") + ", check-quorum " +
           (status.spec.checkQuorum ? "on" : "off") + "\n\n";
    const auto answers = status.running ? askNodes(status) : std::map<std::uint64_t, client::StatusResult>();
    std::vector<std::vector<std::string>> rows{
        {"NODE", "STATE", "PID", "ROLE", "TERM", "REVISION", "ENDPOINT", "ID", ""}};
    std::map<std::uint64_t, std::string> names;
    for (const auto& node : status.nodes) {
        names[node.spec.id] = node.spec.name;
        const Standing standing = standingOf(answers, node.spec.id);
        const bool known = !standing.role.empty();
        rows.push_back({node.spec.name, control::processStateName(node.process),
                        node.pid != 0 ? std::to_string(node.pid) : "-", standing.role,
                        known ? std::to_string(standing.term) : "", known ? std::to_string(standing.revision) : "",
                        "127.0.0.1:" + std::to_string(node.spec.clientPort), base::hexId(node.spec.id), node.text});
    }
    out += columns(rows);
    for (const auto& link : status.faults)
        out += (&link == &status.faults.front() ? "\n" : "") + faultText(link, names) + "\n";
    return out;
}

base::Status showStatus(const Commands& commands) {
    const auto format = commands.format();
    if (!format) return format.error();
    const auto name = commands.chosenCluster();
    if (!name) return name.error();
    const auto all = control::listClusters();
    if (!all) return all.error();
    for (const ClusterStatus& status : *all) {
        if (status.spec.name != *name) continue;
        return print(*format == Format::json ? control::toLine(statusJson(status)) : statusText(status));
    }
    return base::Error{base::Errc::notFound,
                       "there is no cluster \"" + *name + "\" in " + control::clustersDirectory()};
}

base::Status list(const Commands& commands) {
    const auto format = commands.format();
    if (!format) return format.error();
    const auto all = control::listClusters();
    if (!all) return all.error();
    if (*format == Format::json) {
        nlohmann::json out = nlohmann::json::array();
        for (const ClusterStatus& status : *all) out.push_back(control::statusToJson(status));
        return print(control::toLine(out));
    }
    if (all->empty()) return print(std::string("no clusters yet: create one with 'raftariumctl cluster start'\n"));
    std::vector<std::vector<std::string>> rows{{"NAME", "STATE", "NODES", "PACE", "DISK", ""}};
    for (const ClusterStatus& status : *all) {
        std::size_t up = 0;
        for (const auto& node : status.nodes) up += node.process == ProcessState::running ? 1 : 0;
        const std::string nodes = std::to_string(status.spec.nodes.size());
        rows.push_back({status.spec.name, status.running ? "running" : "stopped",
                        status.running ? std::to_string(up) + " of " + nodes + " up" : nodes,
                        control::paceName(status.spec.pace), humanBytes(status.diskBytes), status.problem});
    }
    return print(columns(rows));
}

base::Status act(const Commands& commands, const std::function<base::Status(Cluster&)>& action) {
    auto cluster = commands.joined();
    if (!cluster) return cluster.error();
    return action(**cluster);
}

}  // namespace

void addCreateOptions(CLI::App* command, control::CreateOptions& options, std::string& pace) {
    command->add_option("--nodes", options.nodes, "Number of nodes, 1 to 9")->capture_default_str();
    command->add_option("--pace", pace, "classroom (slow enough to watch), paper or etcd")
        ->check(CLI::IsMember({"classroom", "paper", "etcd"}))
        ->capture_default_str();
}

void addClusterCommands(Commands& commands) {
    auto* cluster = commands.app().add_subcommand("cluster", "Local clusters: start, disturb, heal");
    cluster->require_subcommand(1);

    auto* create = cluster->add_subcommand("create", "Makes a cluster; starts nothing");
    auto options = std::make_shared<control::CreateOptions>();
    auto pace = std::make_shared<std::string>("classroom");
    create->add_option("name", options->name, "Name: a-z, 0-9, -")->required();
    addCreateOptions(create, *options, *pace);
    commands.onRun(create, [options, pace]() -> base::Status {
        options->pace = control::pacePreset(*pace).value_or(control::PacePreset::classroom);
        const auto spec = control::createCluster(*options);
        if (!spec) return spec.error();
        return print("created cluster " + spec->name + " of " + std::to_string(spec->nodes.size()) + " nodes in " +
                     spec->directory + "\nstart it with 'raftariumctl cluster start " + spec->name + "'\n");
    });

    addClusterStartCommand(commands, cluster);
    addActionCommands(commands, cluster);
    addHeldCommand(commands, cluster);
    addFeedCommand(commands, cluster);
    commands.onRun(cluster->add_subcommand("status", "Nodes, faults, pace"), [&] { return showStatus(commands); });
    commands.onRun(cluster->add_subcommand("list", "All clusters of this user"), [&] { return list(commands); });

    auto* log = cluster->add_subcommand("log", "The end of a node's own output");
    auto logNode = std::make_shared<std::string>();
    auto bytes = std::make_shared<std::size_t>(8192);
    log->add_option("node", *logNode, "Name of the node")->required();
    log->add_option("--bytes", *bytes, "How much")->capture_default_str();
    commands.onRun(log, [&commands, logNode, bytes] {
        return act(commands, [&](Cluster& joined) -> base::Status {
            std::vector<std::string> names;
            for (const auto& known : joined.status().nodes) names.push_back(known.spec.name);
            if (std::find(names.begin(), names.end(), *logNode) == names.end())
                return control::unknownNode(*logNode, names);
            return print(joined.logTail(*logNode, *bytes));
        });
    });

    auto* destroy = cluster->add_subcommand("destroy", "Deletes a stopped cluster with all its data");
    auto name = std::make_shared<std::string>();
    auto yes = std::make_shared<bool>(false);
    destroy->add_option("name", *name, "Name of the cluster")->required();
    destroy->add_flag("--yes", *yes, "Really delete");
    commands.onRun(destroy, [name, yes]() -> base::Status {
        if (!*yes) return usage("this deletes cluster " + *name + " and all its data: say --yes to do it");
        return control::destroyCluster(*name);
    });
}

}  // namespace raftarium::tools
