// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/open_log.h"

#include "cluster/node/members/snapshot_membership.h"
#include "cluster/node/start/start_checks.h"
#include "cluster/node/start/start_plan.h"
#include "cluster/storage/snapshot/snapshot_files.h"

#include <algorithm>

namespace raftarium::node {
namespace {

base::Error invalid(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

storage::WalOptions walOptions(const Config& config) {
    storage::WalOptions options;
    options.segmentBytes = config.walSegmentBytes;
    options.fsync = !config.unsafeNoFsync;
    return options;
}

base::Status readLog(const Config& config, base::FileSystem& fs, const MemberPaths& paths,
                     const std::function<void()>& locked, const storage::Wal::Agree& agree, OpenedLog& out) {
    StartState& start = out.start;
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
    out.wal = std::move(*wal);
    if (content.repaired) addNote(out.note, content.repairText);
    start.nodeId = content.metadata.nodeId;
    start.clusterId = content.metadata.clusterId;
    // A crash may leave the commit index behind the snapshot that was made after it.
    content.hardState.commit = std::max(content.hardState.commit, start.snapshotIndex);
    start.log->setHardState(content.hardState);
    start.log->append(content.entries);
    start.known = start.membership;
    return {};
}

// A first start that was killed before it wrote anything is made once more.
base::Status startAgain(const Config& config, const Membership* existing, const MemberPaths& paths, StartState& start) {
    if (config.initialClusterExisting && !existing) return {};  // it can be asked for again once the cluster answers
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

}  // namespace

void addNote(std::string& note, const std::string& text) { note += (note.empty() ? "" : "; ") + text; }

// A new directory outlives a power loss only when its parent is synced. The log does that for its own.
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
        // These may belong to another user and not be readable.
        static_cast<void>(fs.syncDirectory(parentOf(paths.data)));
        static_cast<void>(fs.syncDirectory(parentOf(walParent)));
    }
    // Files that were being received or sent when the process ended.
    auto names = fs.list(paths.snapshots);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        if (!name.starts_with("tmp")) continue;
        if (auto status = fs.remove(paths.snapshots + "/" + name); !status) return status;
    }
    return {};
}

base::Result<OpenedLog> openLog(const Config& config, base::FileSystem& fs, const MemberPaths& paths,
                                const Membership* existing, const std::function<void()>& locked,
                                const storage::Wal::Agree& agree) {
    OpenedLog out;
    StartState& start = out.start;
    start.log = std::make_shared<raft::MemoryStorage>();
    start.snapshotDirectory = paths.snapshots;
    if (storage::Wal::exists(fs, paths.wal)) {
        if (auto status = readLog(config, fs, paths, locked, agree, out); !status) return status.error();
        if (start.log->lastIndex() > 0 || !start.log->initialHardState().empty()) return out;
        if (auto status = startAgain(config, existing, paths, start); !status) return status.error();
        return out;
    }
    for (const std::string& database : {paths.backend, paths.snapshots + "/db"}) {
        if (!fs.exists(database)) continue;
        return base::Error{
            base::Errc::corruption,
            database + " is there, but no log in " + paths.wal +
                ": give the right --wal-dir, or restore the member from a snapshot into a new directory"};
    }
    if (auto status = planStart(config, existing, start); !status) return status.error();
    auto wal = storage::Wal::create(fs, paths.wal, {start.nodeId, start.clusterId}, walOptions(config));
    if (!wal) return wal.error();
    out.wal = std::move(*wal);
    return out;
}

}  // namespace raftarium::node
