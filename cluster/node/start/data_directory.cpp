// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/data_directory.h"

#include "cluster/node/members/membership_json.h"
#include "cluster/node/start/adoption.h"
#include "cluster/node/start/open_log.h"
#include "cluster/node/start/side_thread.h"
#include "cluster/node/start/start_checks.h"

#include <functional>
#include <optional>

namespace raftarium::node {
namespace {

constexpr std::size_t kKeepAll = 0;

// The store must hold at least what the log no longer has.
base::Status matchStore(const MemberPaths& paths, base::FileSystem& fs, OpenedMember& member) {
    const raft::Index needed = member.start.snapshotIndex;
    if (member.store->consistentIndex() >= needed) return {};
    const std::string received = receivedDatabase(paths.snapshots, needed);
    if (!fs.exists(received))
        return base::Error{base::Errc::corruption, paths.backend + " has applied index " +
                                                       std::to_string(member.store->consistentIndex()) +
                                                       ", but the log begins after " + std::to_string(needed) +
                                                       " and " + received + " is not there: " + howToReplaceMember()};
    if (auto status = member.backend->replaceWith(received); !status) return status;
    return member.store->open();
}

base::Status addStoredMembers(mvcc::Backend& backend, Membership& known) {
    base::Status status;
    backend.scan(mvcc::Bucket::members, "", "", [&](std::string_view, std::string_view value) {
        auto member = memberFromJson(value);
        if (!member) {
            status = member.error();
            return false;
        }
        known.members[member->id] = std::move(*member);
        return true;
    });
    return status;
}

// Data that was protected must not become readable for everybody.
base::Status refuseAuth(const MemberPaths& paths, mvcc::Backend& backend) {
    const auto enabled = backend.get(mvcc::Bucket::auth, "authEnabled");
    if (!enabled || *enabled != "\x01") return {};
    return base::Error{base::Errc::unimplemented,
                       paths.backend +
                           ": authentication is enabled in this data, and this version cannot check "
                           "users yet: disable it in etcd first (etcdctl auth disable)"};
}

mvcc::StoreOptions storeOptions(const Config& config) {
    mvcc::StoreOptions options;
    options.minLeaseTtlSeconds = (3 * config.electionMs / 2 + 999) / 1000;
    options.quotaBytes = config.quotaBackendBytes;
    options.maxTxnOps = config.maxTxnOps;
    options.persistLeaseCheckpoints = config.leaseCheckpointPersist;
    options.compactionRowsPerStep = config.compactionBatchLimit;
    options.watchProgressInterval = config.watchProgressIntervalNs;
    options.sideWork = [] { return std::make_unique<SideThread>(); };
    return options;
}

// The part that needs nothing of the log.
base::Status openStore(const Config& config, const MemberPaths& paths, const BackendOpener& openBackend,
                       const storage::LmdbOptions& options, OpenedMember& member) {
    auto backend = openBackend(paths.backend, options);
    if (!backend) return backend.error();
    member.backend = std::move(*backend);
    member.store = std::make_unique<mvcc::Store>(*member.backend, storeOptions(config));
    return member.store->open();
}

base::Status joinStoreAndLog(const MemberPaths& paths, base::FileSystem& fs, OpenedMember& member) {
    if (auto status = matchStore(paths, fs, member); !status) return status;
    if (auto status = refuseAuth(paths, *member.backend); !status) return status;
    if (const std::string fault = raft::startFault(*member.start.log, member.start.snapshotIndex); !fault.empty())
        return base::Error{base::Errc::corruption,
                           paths.wal + ": " + fault +
                               "; give the member its whole log back, or remove it from the cluster (member remove), "
                               "delete its data directory and add it again (member add)"};
    member.backend->releasePages();
    return addStoredMembers(*member.backend, member.start.known);
}

// Whether opening the store takes long enough to do it beside reading the log.
bool isLarge(base::FileSystem& fs, const std::string& path) {
    constexpr std::uint64_t kLargeBytes = 16 << 20;
    if (!fs.exists(path)) return false;
    const auto file = fs.open(path, base::OpenMode::read);
    if (!file) return false;
    const auto size = (*file)->size();
    return size && *size >= kLargeBytes;
}

}  // namespace

base::Result<OpenedMember> openMember(const Config& config, base::FileSystem& fs, const base::Clock& clock,
                                      const Membership* existing, const BackendOpener& openBackend) {
    const MemberPaths paths = memberPaths(config);
    OpenedMember member;
    if (auto status = prepareDirectories(fs, paths); !status) return status.error();
    storage::LmdbOptions lmdb;
    lmdb.fsync = !config.unsafeNoFsync;
    const bool adopting = needsAdoption(fs, paths);
    base::Status opened;
    bool tried = false;
    const auto openNow = [&] {
        tried = true;
        opened = openStore(config, paths, openBackend, lmdb, member);
    };
    std::optional<SideThread> beside;
    // Not before the directory is known to be ours alone.
    const auto locked = [&] {
        if (adopting || !isLarge(fs, paths.backend)) return;
        beside.emplace();
        beside->begin(openNow);
    };
    const auto finishOpening = [&] {
        if (beside) beside->wait();
        if (!tried) openNow();
    };
    const storage::Wal::Agree agree = [&](const storage::WalContent& content, const auto& whereItEnds) -> base::Status {
        if (adopting) return checkAdoption(fs, paths, content, whereItEnds);
        finishOpening();
        if (!opened) return opened;
        if (const raft::Index applied = member.store->consistentIndex(); applied > content.lastIndex())
            addNote(member.note, "the store has applied index " + std::to_string(applied) + ", the log ends at " +
                                     std::to_string(content.lastIndex()) + " with a snapshot from the leader");
        return checkLogAndStore(paths, content,
                                {paths.backend, member.store->consistentIndex(), member.store->consistentTerm()},
                                whereItEnds);
    };
    const auto giveUp = [&](base::Error error) {
        member.store.reset();
        member.backend.reset();
        if (adopting) abandonAdoption(fs, paths);
        return error;
    };
    auto log = openLog(config, fs, paths, existing, locked, agree);
    if (beside) beside->wait();
    if (!log) return giveUp(log.error());
    if (!log->note.empty()) addNote(member.note, log->note);
    member.start = std::move(log->start);
    member.start.incarnation = static_cast<std::uint64_t>(clock.wallNow());
    member.files.wal = std::move(log->wal);
    member.files.fileSystem = &fs;
    member.files.snapshotDirectory = paths.snapshots;
    member.files.keepWals = config.maxWals > 0 ? static_cast<std::size_t>(config.maxWals) : kKeepAll;
    member.files.keepSnapshots = config.maxSnapshots > 0 ? static_cast<std::size_t>(config.maxSnapshots) : kKeepAll;

    if (adopting) {
        const auto adopted = adoptDatabase(fs, paths, member.start, lmdb);
        if (!adopted) return adopted.error();
        addNote(member.note, *adopted);
    }
    finishOpening();
    if (opened) opened = joinStoreAndLog(paths, fs, member);
    if (!opened) return giveUp(opened.error());
    if (auto status = finishAdoption(fs, paths); !status) return status.error();
    return member;
}

}  // namespace raftarium::node
