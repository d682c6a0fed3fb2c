// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Everything a member is started with, after flags, environment and defaults are merged and checked.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace raftarium::node {

struct Config {
    std::string name = "default";
    std::string dataDir;  // empty: NAME.etcd
    std::string walDir;   // empty: dataDir/member/wal
    std::vector<std::string> listenPeerUrls = {"http://localhost:2380"};
    std::vector<std::string> listenClientUrls = {"http://localhost:2379"};
    std::vector<std::string> initialAdvertisePeerUrls = {"http://localhost:2380"};
    std::vector<std::string> advertiseClientUrls = {"http://localhost:2379"};
    // name -> its peer URLs, in the order given
    std::vector<std::pair<std::string, std::vector<std::string>>> initialCluster;
    bool initialClusterExisting = false;
    std::string initialClusterToken = "etcd-cluster";
    std::int64_t heartbeatMs = 100;
    std::int64_t electionMs = 1000;
    bool initialElectionTickAdvance = true;
    std::uint64_t snapshotCount = 100'000;
    std::uint64_t snapshotCatchupEntries = 5000;
    std::uint64_t walSegmentBytes = 64'000'000;
    int maxWals = 5;
    int maxSnapshots = 5;
    std::int64_t quotaBackendBytes = 0;
    std::int64_t backendBatchIntervalMs = 100;
    int backendBatchLimit = 10'000;
    int maxTxnOps = 128;
    std::uint64_t maxRequestBytes = 1'572'864;
    bool strictReconfigCheck = true;
    bool preVote = true;
    bool checkQuorum = true;
    bool unsafeNoFsync = false;
    // The leader logs how much time long leases (over 300 s) have left, so that the next one goes on from there; and
    // the lease rows keep it, so that a restart does. Both on, unlike etcd: off, each leader change starts them anew.
    bool leaseCheckpoint = true;
    bool leaseCheckpointPersist = true;
    std::int64_t watchProgressIntervalNs = 600 * base::kSecond;
    std::size_t compactionBatchLimit = 1000;
    std::string autoCompactionMode = "periodic";
    std::string autoCompactionRetention = "0";
    std::string adminSocket;  // empty: no telemetry, no control
    std::string logLevel = "info";
    std::vector<std::string> logOutputs = {"default"};
    bool exitWithParent = false;  // PR_SET_PDEATHSIG re-check, set by the controller
};

// Flags as etcd's (one or two dashes, --flag value, --flag=value, bare booleans), then ETCD_* variables for what the
// flags left out. `environment` holds NAME=VALUE. An error names the flag or variable, its value, and what is allowed.
// Warnings (unknown ETCD_ variables, odd values) are appended to `warnings`. --help and --version fill `textAndExit`.
struct ParsedConfig {
    Config config;
    std::vector<std::string> warnings;
    std::string textAndExit;
};
base::Result<ParsedConfig> parseConfig(const std::vector<std::string>& arguments,
                                       const std::vector<std::string>& environment);

}  // namespace raftarium::node
