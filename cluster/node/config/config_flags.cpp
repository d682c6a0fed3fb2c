// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/config/config_flags.h"

#include "cluster/node/config/flag_values.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <limits>

namespace raftarium::node {
namespace {

base::Error wants(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

template <typename T>
base::Status setNumber(T& target, const std::string& value, std::int64_t low, std::int64_t high) {
    const auto number = parseWholeNumber(value, low, high);
    if (!number) return number.error();
    target = static_cast<T>(*number);
    return {};
}

base::Status setBoolean(bool& target, const std::string& value) {
    auto parsed = parseBoolean(value);
    if (!parsed) return parsed.error();
    target = *parsed;
    return {};
}

base::Status setUrls(std::vector<std::string>& target, const std::string& value, bool forListening) {
    std::vector<std::string> urls = splitList(value);
    for (const std::string& url : urls)
        if (auto status = checkUrl(url, forListening); !status) return status;
    target = std::move(urls);
    return {};
}

base::Status setInitialCluster(Config& config, const std::string& value) {
    std::vector<std::pair<std::string, std::vector<std::string>>> cluster;
    for (const std::string& item : splitList(value)) {
        const std::size_t equals = item.find('=');
        if (equals == std::string::npos || equals == 0) return wants("must be NAME=URL pairs, separated by commas");
        const std::string name = item.substr(0, equals);
        const std::string url = item.substr(equals + 1);
        if (auto status = checkUrl(url, false); !status) return status;
        const auto known = std::find_if(cluster.begin(), cluster.end(), [&](const auto& m) { return m.first == name; });
        if (known == cluster.end())
            cluster.emplace_back(name, std::vector<std::string>{url});
        else
            known->second.push_back(url);
    }
    config.initialCluster = std::move(cluster);
    return {};
}

base::Status setOneOf(std::string& target, const std::string& value, const std::vector<std::string>& allowed) {
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
        return wants("must be one of " + absl::StrJoin(allowed, ", "));
    }
    target = value;
    return {};
}

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMaxInt = std::numeric_limits<int>::max();
constexpr std::size_t kMaxSocketPath = 107;
using C = Config;
using S = const std::string;

std::vector<Flag> makeFlags() {
    return {
        {"name", "Member", "name of this member; --initial-cluster must list it", false,
         [](C& c, S& v) -> base::Status {
             if (v.empty()) return wants("must not be empty");
             c.name = v;
             return {};
         }},
        {"data-dir", "Member", "data directory (default NAME.etcd)", false,
         [](C& c, S& v) -> base::Status { return c.dataDir = v, base::Status(); }},
        {"wal-dir", "Member", "directory of the write-ahead log (default inside the data directory)", false,
         [](C& c, S& v) -> base::Status { return c.walDir = v, base::Status(); }},
        {"snapshot-count", "Member", "applied entries between snapshots of the log (100000)", false,
         [](C& c, S& v) { return setNumber(c.snapshotCount, v, 1, kMax); }},
        {"snapshot-catchup-entries", "Member", "entries kept behind a snapshot for slow members (5000)", false,
         [](C& c, S& v) { return setNumber(c.snapshotCatchupEntries, v, 0, kMax); }},
        {"experimental-snapshot-catchup-entries", "Member", "older name of --snapshot-catchup-entries", false,
         [](C& c, S& v) { return setNumber(c.snapshotCatchupEntries, v, 0, kMax); }},
        {"heartbeat-interval", "Member", "milliseconds of one tick (100)", false,
         [](C& c, S& v) { return setNumber(c.heartbeatMs, v, 1, 10'000); }},
        {"election-timeout", "Member", "milliseconds; at least 5 heartbeats, at most 50000 (1000)", false,
         [](C& c, S& v) { return setNumber(c.electionMs, v, 1, kMax); }},
        {"initial-election-tick-advance", "Member",
         "skip most of the first election timeout, if no leader is known (true)", true,
         [](C& c, S& v) { return setBoolean(c.initialElectionTickAdvance, v); }},
        {"listen-peer-urls", "Member", "where other members connect (http://localhost:2380)", false,
         [](C& c, S& v) { return setUrls(c.listenPeerUrls, v, true); }},
        {"listen-client-urls", "Member", "where clients connect (http://localhost:2379)", false,
         [](C& c, S& v) { return setUrls(c.listenClientUrls, v, true); }},
        {"max-snapshots", "Member", "snapshot files kept, 0 = all (5)", false,
         [](C& c, S& v) { return setNumber(c.maxSnapshots, v, 0, kMaxInt); }},
        {"max-wals", "Member", "log segments kept, 0 = all (5)", false,
         [](C& c, S& v) { return setNumber(c.maxWals, v, 0, kMaxInt); }},
        {"quota-backend-bytes", "Member", "largest size of the store; 0 = 2 GiB, negative = no quota", false,
         [](C& c, S& v) { return setNumber(c.quotaBackendBytes, v, -kMax, kMax); }},
        {"backend-batch-interval", "Member", "time between two commits of the store (100ms)", false,
         [](C& c, S& v) -> base::Status {
             auto duration = parseDurationNs(v);
             if (!duration) return duration.error();
             if (*duration < 0) return wants("must not be negative");
             c.backendBatchIntervalMs =
                 *duration == 0 ? 100 : std::max<std::int64_t>(*duration / base::kMillisecond, 1);
             return {};
         }},
        {"backend-batch-limit", "Member", "changes after which the store commits without waiting (10000)", false,
         [](C& c, S& v) -> base::Status {
             if (auto status = setNumber(c.backendBatchLimit, v, 0, kMaxInt); !status) return status;
             if (c.backendBatchLimit == 0) c.backendBatchLimit = 10'000;
             return {};
         }},
        {"max-txn-ops", "Member", "most operations in one list of a transaction (128)", false,
         [](C& c, S& v) { return setNumber(c.maxTxnOps, v, 1, kMaxInt); }},
        {"max-request-bytes", "Member", "largest size of one request (1572864)", false,
         [](C& c, S& v) { return setNumber(c.maxRequestBytes, v, 1, kMaxInt); }},
        {"initial-advertise-peer-urls", "Clustering",
         "peer URLs of this member, for the other members (http://localhost:2380)", false,
         [](C& c, S& v) { return setUrls(c.initialAdvertisePeerUrls, v, false); }},
        {"advertise-client-urls", "Clustering",
         "client URLs of this member, for clients and other members (http://localhost:2379)", false,
         [](C& c, S& v) { return setUrls(c.advertiseClientUrls, v, false); }},
        {"initial-cluster", "Clustering", "all members at the first start: NAME=URL,...", false, setInitialCluster},
        {"initial-cluster-state", "Clustering", "new; or existing, for a member that was added to a running cluster",
         false,
         [](C& c, S& v) -> base::Status {
             std::string state;
             if (auto status = setOneOf(state, v, {"new", "existing"}); !status) return status;
             c.initialClusterExisting = state == "existing";
             return {};
         }},
        {"initial-cluster-token", "Clustering",
         "text that makes the ids of this cluster and its members its own (etcd-cluster)", false,
         [](C& c, S& v) -> base::Status { return c.initialClusterToken = v, base::Status(); }},
        {"strict-reconfig-check", "Clustering", "refuse changes of members that endanger the quorum (true)", true,
         [](C& c, S& v) { return setBoolean(c.strictReconfigCheck, v); }},
        {"pre-vote", "Clustering", "ask the others before an election whether it could be won (true)", true,
         [](C& c, S& v) { return setBoolean(c.preVote, v); }},
        {"auto-compaction-mode", "Clustering", "periodic or revision (periodic)", false,
         [](C& c, S& v) {
             return setOneOf(c.autoCompactionMode, v.empty() ? "periodic" : v, {"periodic", "revision"});
         }},
        {"auto-compaction-retention", "Clustering",
         "what to keep: hours, a duration, or a number of revisions; 0 = off", false,
         [](C& c, S& v) -> base::Status { return c.autoCompactionRetention = v.empty() ? "0" : v, base::Status(); }},
        {"experimental-enable-lease-checkpoint", "Experimental",
         "log the time that long leases have left, so that the next leader continues from it (true)", true,
         [](C& c, S& v) { return setBoolean(c.leaseCheckpoint, v); }},
        {"experimental-enable-lease-checkpoint-persist", "Experimental",
         "also keep it in the store, for a restart (true if the former is)", true,
         [](C& c, S& v) { return setBoolean(c.leaseCheckpointPersist, v); }},
        {"experimental-compaction-batch-limit", "Experimental",
         "revisions that a compaction handles in one step (1000)", false,
         [](C& c, S& v) { return setNumber(c.compactionBatchLimit, v, 1, kMaxInt); }},
        {"experimental-watch-progress-notify-interval", "Experimental",
         "time between two progress notices to watchers that asked for them; at least 100ms (10m)", false,
         [](C& c, S& v) -> base::Status {
             auto duration = parseDurationNs(v);
             if (!duration) return duration.error();
             if (*duration < 100 * base::kMillisecond) return wants("must be at least 100ms");
             c.watchProgressIntervalNs = *duration;
             return {};
         }},
        {"unsafe-no-fsync", "Unsafe", "never sync the log to disk; a crash of the machine then loses data", true,
         [](C& c, S& v) { return setBoolean(c.unsafeNoFsync, v); }},
        {"log-level", "Logging", "debug, info, warn, error, panic or fatal (info)", false,
         [](C& c, S& v) {
             return setOneOf(c.logLevel, v, {"debug", "info", "warn", "error", "panic", "fatal"});
         }},
        {"log-outputs", "Logging", "where the process log goes: default, stderr, stdout or file names", false,
         [](C& c, S& v) -> base::Status {
             c.logOutputs = splitList(v);
             for (const std::string& output : c.logOutputs)
                 if (output.empty()) return wants("must be default, stderr, stdout or file names, separated by commas");
             return {};
         }},
        {"admin-socket", "Raftarium", "unix socket for telemetry and control; only its owner can open it", false,
         [](C& c, S& v) -> base::Status {
             if (v.size() > kMaxSocketPath) return wants("must be at most 107 characters");
             c.adminSocket = v;
             return {};
         }},
        {"wal-segment-bytes", "Raftarium", "size of a log segment (64000000)", false,
         [](C& c, S& v) { return setNumber(c.walSegmentBytes, v, 4096, std::int64_t{1} << 40); }},
        {"check-quorum", "Raftarium", "a leader that no longer reaches a majority steps down (true)", true,
         [](C& c, S& v) { return setBoolean(c.checkQuorum, v); }},
        {"exit-with-parent", "Raftarium", "end when the process that started this one has ended", true,
         [](C& c, S& v) { return setBoolean(c.exitWithParent, v); }},
    };
}

}  // namespace

const std::vector<Flag>& supportedFlags() {
    static const std::vector<Flag> flags = makeFlags();
    return flags;
}

base::Status checkInitialCluster(const Config& config) {
    const auto own = std::find_if(config.initialCluster.begin(), config.initialCluster.end(),
                                  [&](const auto& member) { return member.first == config.name; });
    if (own == config.initialCluster.end())
        return wants("--initial-cluster has no member named \"" + config.name + "\" (the --name of this one)");
    std::vector<std::string> listed = own->second;
    std::vector<std::string> advertised = config.initialAdvertisePeerUrls;
    std::sort(listed.begin(), listed.end());
    std::sort(advertised.begin(), advertised.end());
    if (listed == advertised) return {};
    return wants("--initial-cluster gives member \"" + config.name + "\" the URLs " + absl::StrJoin(listed, ",") +
                 ", but --initial-advertise-peer-urls is " + absl::StrJoin(advertised, ","));
}

}  // namespace raftarium::node
