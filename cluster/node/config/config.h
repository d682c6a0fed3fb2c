// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// All settings of a member, after flags, environment and defaults have been merged and checked.
#pragma once

#include "cluster/base/clock.h"

#include <cstdint>
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
    // The leader logs how much time long leases (over 300 s) have left, so that the next leader continues from there.
    // The lease rows keep it, so that a restart continues from there, too. Both are on, unlike etcd: without them each
    // change of leader gives every lease its full time again.
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

}  // namespace raftarium::node
