// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/restore.h"

#include "cluster/base/coding.h"
#include "cluster/node/config/config.h"
#include "cluster/node/members/membership_json.h"
#include "cluster/node/members/snapshot_membership.h"
#include "cluster/node/start/adoption.h"
#include "cluster/node/start/member_paths.h"
#include "cluster/raft/raw_node.h"
#include "cluster/storage/snapshot/snapshot_database.h"
#include "cluster/storage/snapshot/snapshot_files.h"

#include <algorithm>
#include <map>
#include <set>

namespace raftarium::node {
namespace {

using Urls = std::vector<std::string>;
using InitialCluster = std::map<std::string, Urls>;

constexpr raft::Term kFirstTerm = 1;

base::Error invalid(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

std::vector<std::string> parts(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find(',', from), text.size());
        out.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return out;
}

std::string joined(const Urls& urls, const std::string& prefix = {}) {
    std::string out;
    for (const std::string& url : urls) out += (out.empty() ? "" : ",") + prefix + url;
    return out;
}

// etcd's rules and texts for a peer URL.
base::Status checkPeerUrl(const std::string& url) {
    const std::size_t scheme = url.find("://");
    const std::string name = url.substr(0, scheme);
    if (scheme == std::string::npos || (name != "http" && name != "https" && name != "unix" && name != "unixs"))
        return invalid("URL scheme must be http, https, unix, or unixs: " + url);
    if (name == "unix" || name == "unixs") return {};
    const std::string rest = url.substr(scheme + 3);
    if (rest.find('/') != std::string::npos) return invalid("URL must not contain a path: " + url);
    const std::size_t colon = rest.rfind(':');
    const bool bracketed = colon != std::string::npos && colon > 0 && rest.front() == '[' && rest[colon - 1] == ']';
    if (colon == std::string::npos || (!bracketed && rest.find(':') != colon))
        return invalid("URL address does not have the form \"host:port\": " + url);
    if (rest.find_first_not_of("0123456789", colon + 1) != std::string::npos)
        return invalid("invalid port in URL: " + url);
    return {};
}

base::Result<Urls> parseUrls(const Urls& texts) {
    Urls urls = texts;
    for (const std::string& url : urls)
        if (auto status = checkPeerUrl(url); !status) return status.error();
    std::sort(urls.begin(), urls.end());
    return urls;
}

base::Result<InitialCluster> parseInitialCluster(const std::string& text) {
    InitialCluster cluster;
    for (const std::string& item : parts(text)) {
        if (item.empty()) continue;
        const std::size_t equals = item.find('=');
        cluster[item.substr(0, equals)].push_back(equals == std::string::npos ? "" : item.substr(equals + 1));
    }
    for (auto& [name, urls] : cluster) {
        auto checked = parseUrls(urls);
        if (!checked) return checked.error();
        urls = std::move(*checked);
    }
    return cluster;
}

std::string textOf(const InitialCluster& cluster) {
    std::string out;
    for (const auto& [name, urls] : cluster) out += (out.empty() ? "" : ",") + joined(urls, name + "=");
    return out;
}

Urls without(const Urls& all, const Urls& some) {
    Urls out;
    std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(out));
    return out;
}

base::Status checkBootstrap(const RestoreOptions& options, const InitialCluster& cluster, const Urls& advertised) {
    const auto own = cluster.find(options.name);
    if (own == cluster.end())
        return invalid("couldn't find local name \"" + options.name + "\" in the initial cluster configuration");
    if (const Urls missing = without(own->second, advertised); !missing.empty())
        return invalid("--initial-cluster has " + joined(missing, options.name + "=") +
                       " but missing from --initial-advertise-peer-urls=" + joined(advertised));
    if (const Urls missing = without(advertised, own->second); !missing.empty())
        return invalid("--initial-advertise-peer-urls has " + joined(missing) +
                       " but missing from --initial-cluster=" + joined(advertised, options.name + "="));
    std::set<std::string> seen;
    for (const auto& [name, urls] : cluster)
        for (const std::string& url : urls)
            if (!seen.insert(url).second) return invalid("initial cluster " + textOf(cluster) + " has duplicate url");
    return {};
}

// As Go prints a slice of bytes, which is how etcdctl shows the two hashes.
std::string goBytes(std::string_view bytes) {
    std::string out = "[";
    for (const char c : bytes) out += (out.size() > 1 ? " " : "") + std::to_string(static_cast<std::uint8_t>(c));
    return out + "]";
}

base::Status checkHash(base::FileSystem& fs, const RestoreOptions& options) {
    const auto hash = storage::readSnapshotHash(fs, options.snapshotPath);
    if (!hash) return hash.error();
    if (hash->stored.empty())
        return options.skipHashCheck ? base::Status()
                                     : base::Status(invalid("snapshot missing hash but --skip-hash-check=false"));
    if (options.skipHashCheck || hash->stored == hash->computed) return {};
    return base::Error{base::Errc::corruption,
                       "expected sha256 " + goBytes(hash->stored) + ", got " + goBytes(hash->computed)};
}

// What the new cluster is: derived from the flags alone, so that all its members agree.
struct Plan {
    Membership membership;
    std::uint64_t nodeId = 0;
    std::vector<raft::Entry> entries;
    raft::Index last() const { return entries.size(); }
};

base::Result<Plan> planCluster(const RestoreOptions& options, const InitialCluster& cluster) {
    Plan plan;
    std::vector<std::uint64_t> ids;
    for (const auto& [name, urls] : cluster) {
        Member member{memberId(urls, options.initialClusterToken), name, urls, {}, false};
        if (member.id == 0) return invalid("--initial-cluster: the id of member " + name + " would be 0");
        if (plan.membership.members.contains(member.id))
            return invalid("member exists with identical ID " + base::hexId(member.id));
        if (name == options.name) plan.nodeId = member.id;
        ids.push_back(member.id);
        plan.membership.members[member.id] = std::move(member);
    }
    plan.membership.clusterId = clusterId(ids);
    for (const auto& [id, member] : plan.membership.members) {
        const raft::ConfChange change{0, raft::ConfChangeType::addNode, id,
                                      base::Bytes(confChangeContextToJson({member, false}, true))};
        plan.entries.push_back(
            {kFirstTerm, plan.entries.size() + 1, raft::EntryType::confChange, raft::encodeConfChange(change)});
    }
    return plan;
}

// The new members in the place of the old ones; everything in the log of the old cluster is done.
base::Status editDatabase(storage::LmdbBackend& backend, const Plan& plan) {
    replaceStoredMembers(backend, plan.membership);
    std::string index, term;
    base::putFixed64Be(index, plan.last());
    base::putFixed64Be(term, kFirstTerm);
    backend.put(mvcc::Bucket::meta, "consistent_index", index);
    backend.put(mvcc::Bucket::meta, "term", term);
    backend.remove(mvcc::Bucket::meta, "confState");  // of 3.5 and later: the old cluster's
    return {};
}

raft::Snapshot snapshotOf(const Plan& plan) {
    Membership bare = plan.membership;  // names are published later
    raft::Snapshot snapshot;
    for (auto& [id, member] : bare.members) {
        member.name.clear();
        snapshot.metadata.confState.voters.push_back(id);
    }
    snapshot.metadata.index = plan.last();
    snapshot.metadata.term = kFirstTerm;
    snapshot.data = base::Bytes(membershipToV2Json(bare));
    return snapshot;
}

base::Status writeMember(base::FileSystem& fs, const RestoreOptions& options, const MemberPaths& paths,
                         const Plan& plan, RestoreResult& result) {
    if (auto status = fs.createDirectories(paths.snapshots); !status) return status;
    const auto imported =
        storage::importDatabase(fs, options.snapshotPath, paths.backend, {},
                                [&plan](storage::LmdbBackend& backend) { return editDatabase(backend, plan); });
    if (!imported) return imported.error();
    result.pairs = imported->pairs;
    const raft::Snapshot snapshot = snapshotOf(plan);
    if (auto status = storage::saveSnapshotFile(fs, paths.snapshots, snapshot); !status) return status;
    // The log comes last: a directory without one is not a member's.
    if (auto status = fs.createDirectories(parentOf(paths.wal)); !status) return status;
    auto wal =
        storage::Wal::create(fs, paths.wal, {plan.nodeId, plan.membership.clusterId}, {options.walSegmentBytes, true});
    if (!wal) return wal.error();
    (*wal)->append(plan.entries, {kFirstTerm, plan.membership.members.begin()->first, plan.last()});
    (*wal)->appendSnapshotMark({snapshot.metadata.index, snapshot.metadata.term, snapshot.metadata.confState});
    if (auto flushed = (*wal)->flush(true); !flushed) return flushed.error();
    if (auto status = (*wal)->close(); !status) return status;
    for (const std::string& directory : {parentOf(paths.snapshots), paths.data})
        if (auto status = fs.syncDirectory(directory); !status) return status;
    static_cast<void>(fs.syncDirectory(parentOf(paths.data)));  // may belong to another user
    return {};
}

}  // namespace

base::Result<RestoreResult> restoreMember(base::FileSystem& fs, const RestoreOptions& options) {
    const auto advertised = parseUrls(parts(options.initialAdvertisePeerUrls));
    if (!advertised) return advertised.error();
    const auto cluster = parseInitialCluster(options.initialCluster);
    if (!cluster) return cluster.error();
    if (auto status = checkBootstrap(options, *cluster, *advertised); !status) return status.error();
    const auto plan = planCluster(options, *cluster);
    if (!plan) return plan.error();

    Config config;
    config.name = options.name;
    config.dataDir = options.dataDir;
    config.walDir = options.walDir;
    const MemberPaths paths = memberPaths(config);
    if (fs.exists(paths.data)) return base::Error{base::Errc::exists, "data-dir \"" + paths.data + "\" exists"};
    if (fs.exists(paths.wal)) return base::Error{base::Errc::exists, "wal-dir \"" + paths.wal + "\" exists"};
    if (auto status = checkHash(fs, options); !status) return status.error();

    RestoreResult result{plan->nodeId, plan->membership.clusterId, 0, paths.data, paths.wal};
    const base::Status written = writeMember(fs, options, paths, *plan, result);
    if (written) return result;
    static_cast<void>(fs.removeAll(paths.data));
    for (const char* suffix : {"", ".tmp"}) static_cast<void>(fs.removeAll(paths.wal + suffix));
    return written.error();
}

}  // namespace raftarium::node
