// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/tools/ctl/ctl_command.h"

#include "cluster/tools/ctl/ctl_text.h"

#include <cstdio>

namespace raftarium::tools {
namespace {

constexpr int kUsage = -2;  // Error::api of a usage error; the layers below use values from 0

}  // namespace

base::Error usage(const std::string& text) { return {base::Errc::invalidArgument, text, kUsage}; }
bool isUsage(const base::Error& error) { return error.api == kUsage; }

base::Status print(const base::Result<std::string>& text) {
    if (!text) return text.error();
    if (std::fwrite(text->data(), 1, text->size(), stdout) != text->size() || std::fflush(stdout) != 0) {
        return base::Error{base::Errc::ioError, "cannot write to standard output"};
    }
    return {};
}

void Commands::onRun(CLI::App* command, std::function<base::Status()> work) {
    command->callback([this, work = std::move(work)] { m_work = work; });
}

std::string Commands::needsOf(const CLI::App* command) const {
    const auto it = m_needs.find(command);
    return it == m_needs.end() ? std::string() : it->second;
}

base::Status Commands::run() { return m_work ? m_work() : usage("no command given"); }

base::Result<Format> Commands::format() const {
    if (const auto format = parseFormat(m_global.writeOut)) return *format;
    return usage("unsupported output format \"" + m_global.writeOut + "\": use simple, json, table or fields");
}

base::Result<Formatter> Commands::formatter() const {
    const auto chosen = format();
    if (!chosen) return chosen.error();
    return Formatter(*chosen, m_global.hex);
}

base::Result<std::string> Commands::chosenCluster() const {
    if (!m_global.cluster.empty()) return m_global.cluster;
    const auto clusters = control::listClusters();
    if (!clusters) return clusters.error();
    std::vector<std::string> running;
    for (const auto& cluster : *clusters) {
        if (cluster.running) running.push_back(cluster.spec.name);
    }
    if (running.size() == 1) return running.front();
    if (running.empty()) {
        return base::Error{base::Errc::unavailable,
                           "no cluster is running: start one with 'raftariumctl cluster start'"};
    }
    std::string names;
    for (const std::string& name : running) names += (names.empty() ? "" : ", ") + name;
    return usage("several clusters are running (" + names + "): choose one with --cluster NAME");
}

base::Result<std::unique_ptr<control::Cluster>> Commands::joined() const {
    const auto name = chosenCluster();
    if (!name) return name.error();
    return control::joinCluster(*name);
}

base::Result<std::vector<std::string>> Commands::endpoints() const {
    if (!m_global.endpoints.empty()) return split(m_global.endpoints, ',');
    const auto name = chosenCluster();
    if (!name && (isUsage(name.error()) || name.error().code != base::Errc::unavailable)) return name.error();
    if (!name) return std::vector<std::string>{"127.0.0.1:2379"};
    const auto cluster = control::joinCluster(*name);
    if (!cluster) return cluster.error();
    std::vector<std::string> out, others;
    for (const auto& node : (*cluster)->status().nodes) {
        const std::string endpoint = "127.0.0.1:" + std::to_string(node.spec.clientPort);
        (node.process == observe::ProcessState::running ? out : others).push_back(endpoint);
    }
    return out.empty() ? others : out;
}

base::Result<client::ClientOptions> Commands::clientOptions() const {
    client::ClientOptions options;
    const auto dial = parseDuration(m_global.dialTimeout);
    const auto request = parseDuration(m_global.commandTimeout);
    if (!dial) return usage("--dial-timeout " + m_global.dialTimeout + ": not a duration such as 2s or 500ms");
    if (!request) return usage("--command-timeout " + m_global.commandTimeout + ": not a duration such as 5s or 500ms");
    options.dialTimeoutMs = *dial / 1'000'000;
    options.requestTimeoutMs = *request / 1'000'000;
    return options;
}

base::Result<std::unique_ptr<client::EtcdClient>> Commands::client() const {
    auto options = clientOptions();
    if (!options) return options.error();
    auto chosen = endpoints();
    if (!chosen) return chosen.error();
    options->endpoints = std::move(*chosen);
    return client::EtcdClient::create(*options);
}

base::Result<std::unique_ptr<client::EtcdClient>> Commands::clientOf(const std::string& endpoint) const {
    auto options = clientOptions();
    if (!options) return options.error();
    options->endpoints = {endpoint};
    return client::EtcdClient::create(*options);
}

}  // namespace raftarium::tools
