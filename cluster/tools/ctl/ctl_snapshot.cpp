// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl snapshot save, status, restore: etcdctl 3.4's flags and output.
#include "cluster/base/coding.h"
#include "cluster/node/start/restore.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/snapshot/snapshot_database.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <cstdio>

namespace raftarium::tools {
namespace {

constexpr std::size_t kSyncEveryBytes = 64 << 20;  // so that the last sync of a large file does not take minutes

std::string parentOf(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// Into `path`, which holds nothing of worth yet; synced and checked.
base::Status receive(client::EtcdClient& client, base::FileSystem& fs, const std::string& path,
                     std::int64_t timeoutMs) {
    {
        auto file = fs.open(path, base::OpenMode::createOrTruncate, 0600);
        if (!file) return file.error();
        std::uint64_t bytes = 0, unsynced = 0;
        const auto received = client.snapshot(
            [&](std::string_view piece, std::uint64_t) -> base::Status {
                if (auto status = (*file)->writeAt(bytes, piece); !status) return status;
                bytes += piece.size();
                unsynced += piece.size();
                if (unsynced < kSyncEveryBytes) return {};
                unsynced = 0;
                return (*file)->syncData();
            },
            timeoutMs);
        if (!received) return received;
        if (auto status = (*file)->sync(); !status) return status;
    }
    const auto checked = storage::checkSnapshotHash(fs, path);
    if (checked || checked.error().code != base::Errc::notFound) return checked;
    return base::Error{base::Errc::corruption, "the server sent a snapshot without a hash"};
}

base::Status save(Commands& commands, const std::string& path) {
    const auto endpoints = commands.endpoints();
    if (!endpoints) return endpoints.error();
    if (endpoints->size() > 1) {
        std::string all;
        for (const std::string& endpoint : *endpoints) all += (all.empty() ? "" : " ") + endpoint;
        return base::Error{base::Errc::invalidArgument,
                           "snapshot must be requested to one selected node, not multiple [" + all + "]"};
    }
    // As with etcdctl there is no time limit unless one is asked for.
    std::int64_t timeoutMs = 0;
    if (commands.app().get_option("--command-timeout")->count() > 0) {
        const auto options = commands.clientOptions();
        if (!options) return options.error();
        timeoutMs = options->requestTimeoutMs;
    }
    auto client = commands.clientOf(endpoints->front());
    if (!client) return client.error();
    base::FileSystem& fs = storage::posixFileSystem();
    const std::string partial = path + ".part";
    auto status = receive(**client, fs, partial, timeoutMs);
    if (status) status = fs.rename(partial, path);
    if (status) status = fs.syncDirectory(parentOf(path));
    if (status) return print("Snapshot saved at " + path + "\n");
    static_cast<void>(fs.remove(partial));
    return status;
}

base::Status status(const Commands& commands, const std::string& path) {
    const auto formatter = commands.formatter();
    if (!formatter) return formatter.error();
    base::FileSystem& fs = storage::posixFileSystem();
    const auto found = storage::readSnapshotStatus(fs, path);
    if (!found) return found.error();
    // A database out of a data directory has no hash, and that is fine here.
    const auto hash = storage::checkSnapshotHash(fs, path);
    if (!hash && hash.error().code != base::Errc::notFound) return hash;
    return print(formatter->snapshotStatus(*found));
}

base::Status restore(const node::RestoreOptions& options) {
    const auto restored = node::restoreMember(storage::posixFileSystem(), options);
    if (!restored) return restored.error();
    std::fprintf(stderr, "Restored %llu pairs of %s into %s: member %s of cluster %s\n",
                 static_cast<unsigned long long>(restored->pairs), options.snapshotPath.c_str(),
                 restored->dataDir.c_str(), base::hexId(restored->nodeId).c_str(),
                 base::hexId(restored->clusterId).c_str());
    return {};
}

// Exactly one file name.
void takeFile(CLI::App* command, std::vector<std::string>& names) { command->add_option("filename", names, "File"); }
base::Result<std::string> onlyFile(const std::vector<std::string>& names, const char* complaint) {
    if (names.size() != 1) return usage(complaint);
    return names.front();
}

void addRestore(Commands& commands, CLI::App* snapshot) {
    auto* command = snapshot->add_subcommand("restore", "Restores an etcd member snapshot to an etcd directory");
    auto options = std::make_shared<node::RestoreOptions>();
    auto names = std::make_shared<std::vector<std::string>>();
    takeFile(command, *names);
    command->add_option("--data-dir", options->dataDir, "Path to the data directory (default NAME.etcd)");
    command->add_option("--wal-dir", options->walDir, "Path to the WAL directory (use --data-dir if none given)");
    command
        ->add_option("--initial-cluster", options->initialCluster,
                     "Initial cluster configuration for restore bootstrap")
        ->capture_default_str();
    command
        ->add_option("--initial-cluster-token", options->initialClusterToken,
                     "Initial cluster token for the etcd cluster during restore bootstrap")
        ->capture_default_str();
    command
        ->add_option("--initial-advertise-peer-urls", options->initialAdvertisePeerUrls,
                     "List of this member's peer URLs to advertise to the rest of the cluster")
        ->capture_default_str();
    command->add_option("--name", options->name, "Human-readable name for this member")->capture_default_str();
    command->add_flag("--skip-hash-check", options->skipHashCheck,
                      "Ignore snapshot integrity hash value (required if copied from data directory)");
    commands.onRun(command, [options, names]() -> base::Status {
        const auto file = onlyFile(*names, "snapshot restore requires exactly one argument");
        if (!file) return file.error();
        options->snapshotPath = *file;
        return restore(*options);
    });
}

}  // namespace

void addSnapshotCommands(Commands& commands) {
    auto* snapshot = commands.app().add_subcommand("snapshot", "Manages etcd node snapshots");
    snapshot->require_subcommand(1);
    auto saved = std::make_shared<std::vector<std::string>>();
    auto* saving = snapshot->add_subcommand("save", "Stores an etcd node backend snapshot to a given file");
    takeFile(saving, *saved);
    commands.onRun(saving, [&commands, saved]() -> base::Status {
        const auto file = onlyFile(*saved, "snapshot save expects one argument");
        return file ? save(commands, *file) : base::Status(file.error());
    });
    auto shown = std::make_shared<std::vector<std::string>>();
    auto* showing = snapshot->add_subcommand("status", "Gets backend snapshot status of a given file");
    takeFile(showing, *shown);
    commands.onRun(showing, [&commands, shown]() -> base::Status {
        const auto file = onlyFile(*shown, "snapshot status requires exactly one argument");
        return file ? status(commands, *file) : base::Status(file.error());
    });
    addRestore(commands, snapshot);
}

}  // namespace raftarium::tools
