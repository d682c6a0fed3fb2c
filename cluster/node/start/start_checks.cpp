// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/start_checks.h"

#include "cluster/node/members/membership_json.h"
#include "cluster/storage/snapshot/snapshot_files.h"
#include "cluster/wire/requests.h"

#include <optional>

namespace raftarium::node {
namespace {

base::Error damage(std::string text) { return {base::Errc::corruption, std::move(text)}; }

std::string at(raft::Term term, raft::Index index) {
    return "(term " + std::to_string(term) + ", index " + std::to_string(index) + ")";
}

raft::Term termOf(const storage::WalContent& content, raft::Index index) {
    if (index < content.snapshot.index || index > content.lastIndex()) return 0;
    if (index == content.snapshot.index) return content.snapshot.term;
    return content.entries[index - content.snapshot.index - 1].term;
}

}  // namespace

std::string howToReplaceMember() {
    return "put back the files that are missing; or remove this member from its cluster (member remove), delete its "
           "directories, add it again (member add) and start it empty; a member that is alone: restore a snapshot into "
           "a new directory (snapshot restore)";
}

base::Status checkLogAndSnapshots(base::FileSystem& fs, const MemberPaths& paths, const storage::WalContent& content,
                                  const WhereItEnds& whereItEnds) {
    const raft::Index last = content.lastIndex();
    const auto newest = storage::newestSnapshotFile(fs, paths.snapshots);
    if (!newest) return newest.error();
    if (content.hardState.commit > last) {
        // The entries up to the commit index went when the leader sent a snapshot, and that has gone, too.
        return damage("the log in " + paths.wal + " has committed index " + std::to_string(content.hardState.commit) +
                      ", but its entries end at " + std::to_string(last) +
                      ", and no readable .snap file of a later index is in " + paths.snapshots + ": " +
                      howToReplaceMember());
    }
    if (*newest && (*newest)->index > last && !fs.exists(receivedDatabase(paths.snapshots, (*newest)->index))) {
        return damage(paths.snapshots + " has a snapshot file " + at((*newest)->term, (*newest)->index) +
                      ", but the log in " + paths.wal + " ends at index " + std::to_string(last) +
                      ": the end of the log is missing, and nothing was changed; " + howToReplaceMember() + "\n  " +
                      whereItEnds());
    }
    return {};
}

base::Status checkLogAndStore(const MemberPaths& paths, const storage::WalContent& content, const AppliedIndex& store,
                              const WhereItEnds& whereItEnds) {
    const raft::Index last = content.lastIndex();
    if (store.index > last) {
        if (content.snapshotReceived) return {};
        return damage(store.path + " has applied index " + std::to_string(store.index) + ", but the log in " +
                      paths.wal + " ends at index " + std::to_string(last) +
                      ": entries that this member confirmed are missing from the log, and nothing was changed; " +
                      howToReplaceMember() +
                      (content.snapshot.index == 0
                           ? ", or give up what is missing: move " + store.path +
                                 " away, and the start makes the store again from the log that is left"
                           : "") +
                      "\n  " + whereItEnds() + " (wal dump shows the log)");
    }
    const raft::Term logged = termOf(content, store.index);
    if (store.index == 0 || store.term == 0 || logged == 0 || logged == store.term) return {};
    return damage(store.path + " has applied the entry " + at(store.term, store.index) + ", but the log in " +
                  paths.wal + " has " + at(logged, store.index) +
                  " there: the two are not of the same member, or not of the same time; " + howToReplaceMember());
}

base::Status checkClusterVersions(const MemberPaths& paths, const Membership& atSnapshot,
                                  const storage::WalContent& content) {
    if (auto status = refuseNewerCluster(atSnapshot.clusterVersion, paths.data); !status) return status;
    // The requests that set it are short: the others need not be decoded.
    constexpr std::size_t kBytesMax = 256;
    wire::RequestDecoder decoder;
    for (const raft::Entry& entry : content.entries) {
        if (entry.index > content.hardState.commit) break;
        if (entry.type != raft::EntryType::normal || entry.data.size() > kBytesMax) continue;
        const wire::DecodedRequest& request = decoder.decode(entry.data.view());
        using Kind = wire::DecodedRequest::Kind;
        std::string_view version;
        if (request.kind == Kind::clusterVersion) version = request.clusterVersion;
        if (request.kind == Kind::v2Put && request.path == kClusterVersionPath) version = request.value;
        if (auto status = refuseNewerCluster(version, paths.data); !status) return status;
    }
    return {};
}

}  // namespace raftarium::node
