// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl lease grant|revoke|timetolive|list|keep-alive.
#include "cluster/base/coding.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace raftarium::tools {
namespace {

using Client = std::unique_ptr<client::EtcdClient>;

base::Result<std::int64_t> leaseId(const std::string& text) {
    const auto id = base::parseHexId(text);
    if (!id || *id > INT64_MAX) {
        return usage("bad lease ID arg (\"" + text + "\"), expecting ID in Hex");
    }
    return static_cast<std::int64_t>(*id);
}

// The usual frame: formats are checked before the server is asked.
base::Status answer(const Commands& commands,
                    const std::function<Formatter::Text(client::EtcdClient&, const Formatter&)>& ask) {
    const auto formatter = commands.formatter();
    if (!formatter) return formatter.error();
    auto client = commands.client();
    if (!client) return client.error();
    return print(ask(**client, *formatter));
}

constexpr std::chrono::milliseconds kAgain{250};

bool mayComeBack(const base::Error& error) {
    return error.code == base::Errc::unavailable || error.code == base::Errc::timeout;
}

// A lease that is gone is an end like any other, as in etcdctl. A server that is gone is none before the lease's time
// is over.
base::Status keepAliveForEver(client::EtcdClient& client, const Formatter& formatter, bool simple, std::int64_t id,
                              std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    auto until = Clock::now() + patience;
    while (true) {
        const auto lease = client.leaseKeepAliveOnce(id);
        if (lease) {
            const auto now = Clock::now();
            until = now + std::chrono::seconds(lease->ttl);
            if (auto printed = print(formatter.leaseKeptAlive(*lease)); !printed) return printed;
            // A third of the lease's time, as etcd's clients do.
            std::this_thread::sleep_until(
                now + std::chrono::milliseconds(std::max<std::int64_t>(lease->ttl * 1000 / 3, 500)));
        } else if (lease.error().code == base::Errc::notFound) {
            if (!simple) return {};
            return print("lease " + paddedHex(static_cast<std::uint64_t>(id)) + " expired or revoked.\n");
        } else if (!mayComeBack(lease.error()) || Clock::now() >= until) {
            return lease.error();
        } else {
            std::this_thread::sleep_for(kAgain);
        }
    }
}

base::Status keepAlive(const Commands& commands, const std::string& text, bool once) {
    const auto id = leaseId(text);
    if (!id) return id.error();
    const auto formatter = commands.formatter();
    if (!formatter) return formatter.error();
    const auto options = commands.clientOptions();
    if (!options) return options.error();
    auto client = commands.client();
    if (!client) return client.error();
    if (!once) {
        return keepAliveForEver(**client, *formatter, *commands.format() == Format::simple, *id,
                                std::chrono::milliseconds(options->dialTimeoutMs));
    }
    const auto lease = (*client)->leaseKeepAliveOnce(*id);
    if (!lease) return lease.error();
    return print(formatter->leaseKeptAlive(*lease));
}

void addGrantAndRevoke(Commands& commands, CLI::App* lease) {
    auto* grant = lease->add_subcommand("grant", "Creates a lease");
    auto ttl = std::make_shared<std::string>();
    commands.needs(grant, "lease grant command needs TTL argument");
    grant->add_option("ttl", *ttl, "Seconds to live")->required();
    commands.onRun(grant, [&commands, ttl]() -> base::Status {
        const auto seconds = parseInteger(*ttl);
        if (!seconds) return usage("bad TTL (\"" + *ttl + "\"): a number of seconds");
        return answer(commands, [&](client::EtcdClient& client, const Formatter& formatter) -> Formatter::Text {
            const auto granted = client.leaseGrant(*seconds);
            if (!granted)
                return base::Error{granted.error().code, "failed to grant lease (" + granted.error().text + ")"};
            return formatter.leaseGranted(*granted);
        });
    });

    auto* revoke = lease->add_subcommand("revoke", "Revokes a lease and deletes its keys");
    auto id = std::make_shared<std::string>();
    commands.needs(revoke, "lease revoke command needs 1 argument");
    revoke->add_option("lease", *id, "Lease ID in hex")->required();
    commands.onRun(revoke, [&commands, id]() -> base::Status {
        const auto number = leaseId(*id);
        if (!number) return number.error();
        return answer(commands, [&](client::EtcdClient& client, const Formatter& formatter) -> Formatter::Text {
            const auto revoked = client.leaseRevoke(*number);
            if (!revoked)
                return base::Error{revoked.error().code, "failed to revoke lease (" + revoked.error().text + ")"};
            return formatter.leaseRevoked(*revoked, *number);
        });
    });
}

}  // namespace

void addLeaseCommands(Commands& commands) {
    auto* lease = commands.app().add_subcommand("lease", "Leases");
    lease->require_subcommand(1);
    addGrantAndRevoke(commands, lease);

    auto* timeToLive = lease->add_subcommand("timetolive", "Remaining time of a lease");
    auto id = std::make_shared<std::string>();
    auto keys = std::make_shared<bool>(false);
    commands.needs(timeToLive, "lease timetolive command needs lease ID as argument");
    timeToLive->add_option("lease", *id, "Lease ID in hex")->required();
    timeToLive->add_flag("--keys", *keys, "With the keys attached to it");
    commands.onRun(timeToLive, [&commands, id, keys]() -> base::Status {
        const auto number = leaseId(*id);
        if (!number) return number.error();
        return answer(commands, [&](client::EtcdClient& client, const Formatter& formatter) -> Formatter::Text {
            const auto told = client.leaseTimeToLive(*number, *keys);
            if (!told) return told.error();
            return formatter.leaseTimeToLive(*told, *keys);
        });
    });

    auto* list = lease->add_subcommand("list", "All leases");
    commands.onRun(list, [&commands] {
        return answer(commands, [](client::EtcdClient& client, const Formatter& formatter) -> Formatter::Text {
            const auto ids = client.leases();
            if (!ids) return ids.error();
            // The list comes without a header; a status of the same server has the same one.
            const auto status = client.status();
            if (!status) return status.error();
            return formatter.leases(status->header, *ids);
        });
    });

    auto* alive = lease->add_subcommand("keep-alive", "Keeps a lease alive, until Ctrl-C");
    auto aliveId = std::make_shared<std::string>();
    auto once = std::make_shared<bool>(false);
    commands.needs(alive, "lease keep-alive command needs lease ID as argument");
    alive->add_option("lease", *aliveId, "Lease ID in hex")->required();
    alive->add_flag("--once", *once, "Renew it once");
    commands.onRun(alive, [&commands, aliveId, once] { return keepAlive(commands, *aliveId, *once); });
}

}  // namespace raftarium::tools
