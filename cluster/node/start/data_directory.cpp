// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/data_directory.h"

#include "cluster/base/coding.h"
#include "cluster/node/config/config_flags.h"
#include "cluster/node/start/adoption.h"
#include "cluster/node/start/side_thread.h"
#include "cluster/node/start/start_checks.h"
#include "cluster/storage/snapshot/snapshot_files.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <functional>
#include <optional>

namespace raftarium::node {
namespace {

constexpr std::size_t kKeepAll = 0;

base::Error invalid(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

void addNote(std::string& note, const std::string& text) { note += (note.empty() ? "" : "; ") + text; }

std::string joined(const std::vector<std::string>& items) {
    std::string out;
    for (const std::string& item : items) out += (out.empty() ? "" : ",") + item;
    return out;
}

storage::WalOptions walOptions(const Config& config) {
    storage::WalOptions options;
    options.segmentBytes = config.walSegmentBytes;
    options.fsync = !config.unsafeNoFsync;
    return options;
}

// New directories outlive a power loss only when those that hold them are synced; the log makes its own so.
base::Status prepareDirectories(base::FileSystem& fs, const MemberPaths& paths) {
    const bool fresh = !fs.exists(paths.snapshots);
    if (auto status = fs.createDirectories(paths.snapshots); !status)
        return base::Error{status.error().code, "--data-dir: " + status.error().text};
    const std::string walParent = parentOf(paths.wal);
    if (auto status = fs.createDirectories(walParent); !status)
        return base::Error{status.error().code, "--wal-dir: " + status.error().text};
    if (fresh) {
        const std::string member = parentOf(paths.snapshots);
        for (const std::string& directory : {member, paths.data, walParent})
            if (auto status = fs.syncDirectory(directory); !status) return status;
        // These may belong to somebody else and not be readable.
        static_cast<void>(fs.syncDirectory(parentOf(paths.data)));
        static_cast<void>(fs.syncDirectory(parentOf(walParent)));
    }
    // What was being received or sent when the process ended.
    auto names = fs.list(paths.snapshots);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        if (!name.starts_with("tmp")) continue;
        if (auto status = fs.remove(paths.snapshots + "/" + name); !status) return status;
    }
    return {};
}

// An earlier run of the member told the cluster its client URLs; then it had a log.
base::Status refuseKnown(const Membership* existing, std::uint64_t id) {
    if (!existing) return {};
    const auto known = existing->members.find(id);
    if (known == existing->members.end() || known->second.clientUrls.empty()) return {};
    return base::Error{base::Errc::invalidArgument, alreadyBootstrapped(id)};
}

// Ids and conf changes of a new cluster: the same on every member, from the same flags.
base::Status planBootstrap(const Config& config, const Membership* existing, StartState& start) {
    std::vector<std::uint64_t> ids;
    for (const auto& [name, urls] : config.initialCluster) {
        Member member{memberId(urls, config.initialClusterToken), name, urls, {}, false};
        if (member.id == 0) return invalid("--initial-cluster: the id of member " + name + " would be 0");
        if (start.known.members.contains(member.id))
            return invalid("--initial-cluster: two members have the peer URLs " + joined(urls));
        if (name == config.name) start.nodeId = member.id;
        ids.push_back(member.id);
        start.known.members[member.id] = std::move(member);
    }
    if (start.nodeId == 0)
        return invalid("--initial-cluster has no member named \"" + config.name + "\" (the --name of this one)");
    if (auto status = refuseKnown(existing, start.nodeId); !status) return status;
    start.clusterId = clusterId(ids);
    for (const auto& [id, member] : start.known.members)
        start.bootstrap.push_back({id, base::Bytes(confChangeContextToJson({member, false}, true))});
    return {};
}

base::Status planJoin(const Config& config, const Membership* existing, StartState& start) {
    if (!existing)
        return base::Error{base::Errc::unavailable,
                           "--initial-cluster-state=existing: no member of the cluster could be asked who is in it"};
    if (auto status = refuseNewerCluster(existing->clusterVersion, "the cluster to join"); !status) return status;
    std::vector<std::string> own = config.initialAdvertisePeerUrls;
    std::sort(own.begin(), own.end());
    for (const auto& [id, member] : existing->members) {
        std::vector<std::string> urls = member.peerUrls;
        std::sort(urls.begin(), urls.end());
        if (urls == own) start.nodeId = id;
    }
    if (start.nodeId == 0)
        return invalid("the cluster has no member with the peer URLs " + joined(own) + ": add it first (member add)");
    if (auto status = refuseKnown(existing, start.nodeId); !status) return status;
    start.clusterId = existing->clusterId;
    start.known = *existing;
    return {};
}

base::Status planStart(const Config& config, const Membership* existing, StartState& start) {
    if (auto status = checkInitialCluster(config); !status) return status;
    return config.initialClusterExisting ? planJoin(config, existing, start) : planBootstrap(config, existing, start);
}

base::Result<std::unique_ptr<storage::Wal>> readLog(const Config& config, base::FileSystem& fs,
                                                    const MemberPaths& paths, StartState& start, std::string& note,
                                                    const std::function<void()>& locked,
                                                    const storage::Wal::Agree& agree) {
    auto marks = storage::readWalSnapshotMarks(fs, paths.wal);
    if (!marks) return marks.error();
    auto snapshot = storage::loadNewestSnapshot(fs, paths.snapshots, *marks);
    if (!snapshot) return snapshot.error();
    storage::WalSnapshotMark from;
    if (*snapshot) {
        const raft::SnapshotMetadata& metadata = (*snapshot)->metadata;
        from = {metadata.index, metadata.term, metadata.confState};
        start.snapshotIndex = metadata.index;
        auto membership = membershipFromV2Json((*snapshot)->data.view());
        if (!membership) return membership.error();
        start.membership = std::move(*membership);
        start.log->applySnapshot(std::make_shared<const raft::Snapshot>(std::move(**snapshot)));
    }
    storage::WalContent content;
    const storage::Wal::Agree allAgree = [&](const storage::WalContent& found,
                                             const auto& whereItEnds) -> base::Status {
        if (auto status = checkClusterVersions(paths, start.membership, found); !status) return status;
        if (auto status = checkLogAndSnapshots(fs, paths, found, whereItEnds); !status) return status;
        return agree(found, whereItEnds);
    };
    auto wal = storage::Wal::open(fs, paths.wal, from, walOptions(config), content, locked, allAgree);
    if (!wal) return wal.error();
    if (content.repaired) addNote(note, content.repairText);
    start.nodeId = content.metadata.nodeId;
    start.clusterId = content.metadata.clusterId;
    // A crash may leave the commit index behind the snapshot that was made after it.
    content.hardState.commit = std::max(content.hardState.commit, start.snapshotIndex);
    start.log->setHardState(content.hardState);
    start.log->append(content.entries);
    return wal;
}

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

// Data that were protected must not become open to everybody.
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

// A first start that was killed before it wrote anything is made once more.
base::Status startAgain(const Config& config, const Membership* existing, const MemberPaths& paths, StartState& start) {
    if (config.initialClusterExisting && !existing) return {};  // whoever added it will call
    StartState planned;
    if (auto status = planStart(config, existing, planned); !status) return status;
    if (planned.nodeId != start.nodeId || planned.clusterId != start.clusterId)
        return invalid("the empty log in " + paths.wal +
                       " was made with other flags: start with the same --initial-cluster, --initial-cluster-token and "
                       "--initial-advertise-peer-urls, or remove the directory");
    start.known = std::move(planned.known);
    start.bootstrap = std::move(planned.bootstrap);
    return {};
}

base::Result<std::unique_ptr<storage::Wal>> openLog(const Config& config, base::FileSystem& fs,
                                                    const MemberPaths& paths, const Membership* existing,
                                                    OpenedMember& member, const std::function<void()>& locked,
                                                    const storage::Wal::Agree& agree) {
    StartState& start = member.start;
    if (storage::Wal::exists(fs, paths.wal)) {
        auto wal = readLog(config, fs, paths, start, member.note, locked, agree);
        if (!wal) return wal;
        start.known = start.membership;
        if (start.log->lastIndex() > 0 || !start.log->initialHardState().empty()) return wal;
        if (auto status = startAgain(config, existing, paths, start); !status) return status.error();
        return wal;
    }
    for (const std::string& database : {paths.backend, paths.snapshots + "/db"}) {
        if (!fs.exists(database)) continue;
        return base::Error{
            base::Errc::corruption,
            database + " is there, but no log in " + paths.wal +
                ": give the right --wal-dir, or restore the member from a snapshot into a new directory"};
    }
    if (auto status = planStart(config, existing, start); !status) return status.error();
    return storage::Wal::create(fs, paths.wal, {start.nodeId, start.clusterId}, walOptions(config));
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

std::string parentOf(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string receivedDatabase(const std::string& snapshotDirectory, raft::Index index) {
    char name[64];
    std::snprintf(name, sizeof name, "/%016" PRIx64 ".snap.db", index);
    return snapshotDirectory + name;
}

MemberPaths memberPaths(const Config& config) {
    MemberPaths paths;
    paths.data = config.dataDir.empty() ? config.name + ".etcd" : config.dataDir;
    paths.wal = config.walDir.empty() ? paths.data + "/member/wal" : config.walDir;
    paths.snapshots = paths.data + "/member/snap";
    paths.backend = paths.snapshots + "/backend.lmdb";
    return paths;
}

base::Result<OpenedMember> openMember(const Config& config, base::FileSystem& fs, const base::Clock& clock,
                                      const Membership* existing, const BackendOpener& openBackend) {
    const MemberPaths paths = memberPaths(config);
    OpenedMember member;
    StartState& start = member.start;
    start.log = std::make_shared<raft::MemoryStorage>();
    start.incarnation = static_cast<std::uint64_t>(clock.wallNow());
    start.snapshotDirectory = paths.snapshots;
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
    auto wal = openLog(config, fs, paths, existing, member, locked, agree);
    if (beside) beside->wait();
    if (!wal) return giveUp(wal.error());
    member.files.wal = std::move(*wal);
    member.files.fileSystem = &fs;
    member.files.snapshotDirectory = paths.snapshots;
    member.files.keepWals = config.maxWals > 0 ? static_cast<std::size_t>(config.maxWals) : kKeepAll;
    member.files.keepSnapshots = config.maxSnapshots > 0 ? static_cast<std::size_t>(config.maxSnapshots) : kKeepAll;

    if (adopting) {
        const auto adopted = adoptDatabase(fs, paths, start, lmdb);
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
