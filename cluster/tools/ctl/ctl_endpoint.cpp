// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl member list, endpoint status|health|hashkv.
#include "cluster/base/clock.h"
#include "cluster/mvcc/txn/api_error.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <cstdio>
#include <future>

namespace raftarium::tools {
namespace {

// The given endpoints, or with --cluster those of all members.
base::Result<std::vector<std::string>> chosen(const Commands& commands, bool all) {
    if (!all) return commands.endpoints();
    auto client = commands.client();
    if (!client) return client.error();
    const auto members = (*client)->members();
    if (!members) return members.error();
    std::vector<std::string> out;
    for (const auto& member : members->second) {
        for (const std::string& url : member.clientUrls) out.push_back(url);
    }
    return out;
}

// Asks each endpoint; those that fail are named on standard error, and the command fails at the end.
template <typename Entry>
base::Status askEach(const Commands& commands, bool all, const char* what,
                     const std::function<base::Result<Entry>(client::EtcdClient&, const std::string&)>& ask,
                     const std::function<Formatter::Text(const Formatter&, const std::vector<Entry>&)>& show) {
    const auto formatter = commands.formatter();
    if (!formatter) return formatter.error();
    const auto endpoints = chosen(commands, all);
    if (!endpoints) return endpoints.error();
    std::vector<Entry> entries;
    std::string failed;
    for (const std::string& endpoint : *endpoints) {
        auto client = commands.clientOf(endpoint);
        if (!client) return client.error();
        auto entry = ask(**client, endpoint);
        if (entry) {
            entries.push_back(std::move(*entry));
        } else {
            std::fprintf(stderr, "Failed to get the %s of endpoint %s (%s)\n", what, endpoint.c_str(),
                         entry.error().text.c_str());
            failed += (failed.empty() ? "" : ", ") + endpoint;
        }
    }
    if (auto printed = print(show(*formatter, entries)); !printed) return printed;
    if (failed.empty()) return {};
    return base::Error{base::Errc::unavailable, "no answer from " + failed};
}

// A linearizable read of some key, as etcdctl does: it needs a leader with a majority.
EndpointHealth healthOf(const std::string& endpoint, client::EtcdClient& client) {
    const base::SystemClock clock;
    const auto begin = clock.monotonicNow();
    const auto result = client.range("health");
    const bool good = result.ok() || result.error().api == static_cast<int>(mvcc::ApiError::permissionDenied);
    return {endpoint, good, goDuration(clock.monotonicNow() - begin), good ? "" : result.error().text};
}

base::Status health(const Commands& commands, bool all) {
    const auto formatter = commands.formatter();
    if (!formatter) return formatter.error();
    const auto endpoints = chosen(commands, all);
    if (!endpoints) return endpoints.error();
    // All at once: those that are dead take their time.
    std::vector<std::unique_ptr<client::EtcdClient>> clients;
    for (const std::string& endpoint : *endpoints) {
        auto client = commands.clientOf(endpoint);
        if (!client) return client.error();
        clients.push_back(std::move(*client));
    }
    std::vector<std::future<EndpointHealth>> asked;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        asked.push_back(std::async(std::launch::async, [&endpoint = (*endpoints)[i], &client = *clients[i]] {
            return healthOf(endpoint, client);
        }));
    }
    const bool simple = *commands.format() == Format::simple;
    std::vector<EndpointHealth> shown, sick;
    for (auto& each : asked) {
        EndpointHealth entry = each.get();
        if (!entry.healthy) sick.push_back(entry);
        if (entry.healthy || !simple) shown.push_back(std::move(entry));
    }
    if (auto printed = print(formatter->endpointHealth(shown)); !printed) return printed;
    if (sick.empty()) return {};
    if (simple) std::fputs(formatter->endpointHealth(sick)->c_str(), stderr);
    return base::Error{base::Errc::unavailable, "unhealthy cluster"};
}

}  // namespace

void addMemberCommands(Commands& commands) {
    auto* member = commands.app().add_subcommand("member", "Membership");
    member->require_subcommand(1);
    auto* list = member->add_subcommand("list", "Lists all members in the cluster");
    commands.onRun(list, [&commands]() -> base::Status {
        const auto formatter = commands.formatter();
        if (!formatter) return formatter.error();
        auto client = commands.client();
        if (!client) return client.error();
        const auto members = (*client)->members();
        if (!members) return members.error();
        return print(formatter->members(members->first, members->second));
    });
}

void addEndpointCommands(Commands& commands) {
    auto* endpoint = commands.app().add_subcommand("endpoint", "Each server by itself");
    endpoint->require_subcommand(1);
    auto all = std::make_shared<bool>(false);
    // Here, as in etcdctl, --cluster means all members; a local cluster is chosen before the word "endpoint".
    auto* status = endpoint->add_subcommand("status", "Version, size, leader, term and indexes of each endpoint");
    status->add_flag("--cluster", *all, "All members' endpoints");
    commands.onRun(status, [&commands, all] {
        return askEach<EndpointStatus>(
            commands, *all, "status",
            [](client::EtcdClient& client, const std::string& name) -> base::Result<EndpointStatus> {
                auto answer = client.status();
                if (!answer) return answer.error();
                return EndpointStatus{name, std::move(*answer)};
            },
            [](const Formatter& formatter, const std::vector<EndpointStatus>& entries) {
                return formatter.endpointStatus(entries);
            });
    });

    auto* hash = endpoint->add_subcommand("hashkv", "Hash of the key history of each endpoint");
    auto revision = std::make_shared<std::int64_t>(0);
    hash->add_flag("--cluster", *all, "All members' endpoints");
    hash->add_option("--rev", *revision, "Up to this revision (0: the newest)");
    commands.onRun(hash, [&commands, all, revision] {
        return askEach<EndpointHash>(
            commands, *all, "hash",
            [revision](client::EtcdClient& client, const std::string& name) -> base::Result<EndpointHash> {
                auto answer = client.hashKv(*revision);
                if (!answer) return answer.error();
                return EndpointHash{name, std::move(*answer)};
            },
            [](const Formatter& formatter, const std::vector<EndpointHash>& entries) {
                return formatter.endpointHash(entries);
            });
    });

    auto* healthy = endpoint->add_subcommand("health", "Whether each endpoint can commit");
    healthy->add_flag("--cluster", *all, "All members' endpoints");
    commands.onRun(healthy, [&commands, all] { return health(commands, *all); });
}

}  // namespace raftarium::tools
