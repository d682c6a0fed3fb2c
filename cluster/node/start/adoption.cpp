// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/adoption.h"

#include "cluster/base/coding.h"
#include "cluster/node/members/membership_json.h"
#include "cluster/node/start/start_checks.h"
#include "cluster/raft/raw_node.h"
#include "cluster/storage/snapshot/snapshot_database.h"

#include <limits>
#include <vector>

namespace raftarium::node {
namespace {

std::string theirDatabase(const MemberPaths& paths) { return paths.snapshots + "/db"; }
std::string keptDatabase(const MemberPaths& paths) { return paths.snapshots + "/db.etcd"; }

base::Result<std::uint64_t> counterOf(base::FileSystem& fs, const std::string& path, const char* name) {
    const auto value = storage::readDatabaseValue(fs, path, mvcc::Bucket::meta, name);
    if (!value) return value.error();
    if (!*value) return std::uint64_t{0};
    if ((*value)->size() == 8) return base::readFixed64Be((*value)->data());
    return base::Error{base::Errc::corruption, path + ": bucket meta, " + name + ": not 8 bytes long"};
}
base::Result<raft::Index> consistentIndexOf(base::FileSystem& fs, const std::string& path) {
    return counterOf(fs, path, "consistent_index");
}

struct Source {
    std::string path;
    raft::Index applied = 0;
    raft::Term term = 0;  // of that entry; 0: not known
};

// As etcd itself chooses: a database behind the .snap file is replaced by the one received with that file.
base::Result<Source> chooseSource(base::FileSystem& fs, const MemberPaths& paths, raft::Index needed) {
    Source source{theirDatabase(paths), 0, 0};
    const auto applied = consistentIndexOf(fs, source.path);
    if (!applied) return applied.error();
    source.applied = *applied;
    if (*applied >= needed) {
        const auto term = counterOf(fs, source.path, "term");
        if (!term) return term.error();
        source.term = *term;
        return source;
    }
    const std::string received = receivedDatabase(paths.snapshots, needed);
    if (!fs.exists(received))
        return base::Error{base::Errc::corruption, source.path + " has applied index " + std::to_string(*applied) +
                                                       ", but the log begins after " + std::to_string(needed) +
                                                       " and " + received + " is not there: " + howToReplaceMember()};
    const auto receivedApplied = consistentIndexOf(fs, received);
    if (!receivedApplied) return receivedApplied.error();
    if (*receivedApplied < needed)
        return base::Error{base::Errc::corruption, received + " has applied index " + std::to_string(*receivedApplied) +
                                                       ", but belongs to " + std::to_string(needed)};
    return Source{received, *receivedApplied, 0};
}

void applyChange(const raft::ConfChange& change, Membership& membership) {
    using Type = raft::ConfChangeType;
    if (change.type == Type::removeNode) {
        membership.members.erase(change.nodeId);
        membership.removed.insert(change.nodeId);
        return;
    }
    if (membership.removed.contains(change.nodeId)) return;
    const auto context = confChangeContextFromJson(change.context.view());
    if (!context) return;
    const auto existing = membership.members.find(change.nodeId);
    if (existing == membership.members.end()) {
        Member& added = membership.members[change.nodeId] = context->member;
        added.id = change.nodeId;
        added.learner = change.type == Type::addLearnerNode;
    } else if (change.type == Type::updateNode) {
        existing->second.peerUrls = context->member.peerUrls;
    } else if (context->promote) {
        existing->second.learner = false;
    }
}

// Who was in the cluster when the database was written. `etcdctl snapshot restore` leaves the members of the old
// cluster in it, so only the log can be trusted; names and client URLs come from the database where they are the same.
base::Result<Membership> membershipAt(const StartState& start, raft::Index applied, mvcc::Backend& backend) {
    Membership membership = start.membership;
    if (applied > start.snapshotIndex) {
        const auto entries =
            start.log->entries(start.snapshotIndex + 1, applied + 1, std::numeric_limits<std::uint64_t>::max());
        if (!std::holds_alternative<std::vector<raft::Entry>>(entries))
            return base::Error{base::Errc::internal, "the log cannot be read up to index " + std::to_string(applied)};
        for (const raft::Entry& entry : std::get<std::vector<raft::Entry>>(entries)) {
            if (entry.type != raft::EntryType::confChange) continue;
            if (const auto change = raft::decodeConfChange(entry.data.view())) applyChange(*change, membership);
        }
    }
    for (auto& [id, member] : membership.members) {
        const auto value = backend.get(mvcc::Bucket::members, base::hexId(id));
        const auto stored = value ? memberFromJson(*value) : base::Result<Member>(base::Error{});
        if (!stored) continue;
        member.name = stored->name;
        member.clientUrls = stored->clientUrls;
    }
    return membership;
}

std::vector<std::string> keysOf(mvcc::Backend& backend, mvcc::Bucket bucket) {
    std::vector<std::string> keys;
    backend.scan(bucket, {}, {}, [&](std::string_view key, std::string_view) {
        keys.emplace_back(key);
        return true;
    });
    return keys;
}

}  // namespace

bool needsAdoption(base::FileSystem& fs, const MemberPaths& paths) {
    return fs.exists(theirDatabase(paths)) && !fs.exists(paths.backend);
}

base::Status checkAdoption(base::FileSystem& fs, const MemberPaths& paths, const storage::WalContent& content,
                           const std::function<std::string()>& whereItEnds) {
    const auto source = chooseSource(fs, paths, content.snapshot.index);
    if (!source) return source.error();
    return checkLogAndStore(paths, content, {source->path, source->applied, source->term}, whereItEnds);
}

base::Result<std::string> adoptDatabase(base::FileSystem& fs, const MemberPaths& paths, const StartState& start,
                                        const storage::LmdbOptions& options) {
    const auto source = chooseSource(fs, paths, start.snapshotIndex);
    if (!source) return source.error();
    const auto imported = storage::importDatabase(
        fs, source->path, paths.backend, options, [&](storage::LmdbBackend& backend) -> base::Status {
            const auto membership = membershipAt(start, source->applied, backend);
            if (!membership) return membership.error();
            replaceStoredMembers(backend, *membership);
            return {};
        });
    if (!imported) return imported.error();
    std::string note = "adopted the data directory of an etcd member: " + std::to_string(imported->pairs) +
                       " pairs of " + source->path + " are now in " + paths.backend + ", the original is kept as " +
                       keptDatabase(paths);
    for (const std::string& bucket : imported->skippedBuckets) note += "; bucket " + bucket + " is not known";
    return note;
}

void abandonAdoption(base::FileSystem& fs, const MemberPaths& paths) {
    for (const char* suffix : {"", "-lock"}) static_cast<void>(fs.remove(paths.backend + suffix));
    static_cast<void>(fs.syncDirectory(paths.snapshots));
}

base::Status finishAdoption(base::FileSystem& fs, const MemberPaths& paths) {
    if (!fs.exists(theirDatabase(paths))) return {};
    if (auto status = fs.rename(theirDatabase(paths), keptDatabase(paths)); !status) return status;
    return fs.syncDirectory(paths.snapshots);
}

void replaceStoredMembers(mvcc::Backend& backend, const Membership& membership) {
    for (const mvcc::Bucket bucket : {mvcc::Bucket::members, mvcc::Bucket::membersRemoved})
        for (const std::string& key : keysOf(backend, bucket)) backend.remove(bucket, key);
    for (const auto& [id, member] : membership.members)
        backend.put(mvcc::Bucket::members, base::hexId(id), memberToJson(member));
    for (const std::uint64_t id : membership.removed)
        backend.put(mvcc::Bucket::membersRemoved, base::hexId(id), "removed");
}

}  // namespace raftarium::node
