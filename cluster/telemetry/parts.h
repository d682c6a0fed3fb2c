// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Values that several events, the full state and the control service share.
#pragma once

#include "cluster/base/bytes.h"
#include "cluster/telemetry/causes.h"
#include "cluster/telemetry/ids.h"

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::telemetry {

struct LogEntry {
    std::uint64_t index = 0, term = 0;
    std::uint8_t type = 0;    // raftpb.EntryType
    std::string text;         // "put x = 5", "noop"; empty until the codec has described `payload`
    std::uint32_t bytes = 0;  // of the entry's data
    std::uint64_t requestId = 0;
    base::Bytes payload{};  // inside the node only: the entry's data, shared with the log
    friend bool operator==(const LogEntry&, const LogEntry&) = default;
};
struct Progress {
    NodeId peer = 0;
    ProgressState state = ProgressState::probe;
    std::uint64_t match = 0, next = 0;
    std::uint32_t inFlight = 0;
    bool paused = false, recentlyActive = false;
    friend bool operator==(const Progress&, const Progress&) = default;
};
struct Member {
    NodeId id = 0;
    std::string name;
    std::vector<std::string> peerUrls, clientUrls;
    bool learner = false;
    friend bool operator==(const Member&, const Member&) = default;
};
struct Configuration {
    std::vector<NodeId> voters, learners, votersOutgoing, learnersNext;
    bool autoLeave = false;
    std::vector<Member> members;
    friend bool operator==(const Configuration&, const Configuration&) = default;
};
// What is done to the messages of one directed link.
struct LinkFaults {
    NodeId from = 0, to = 0;
    bool cut = false;
    TimeNs delayNs = 0, jitterNs = 0;
    double dropShare = 0, duplicateShare = 0;
    bool hold = false;
    bool none() const {
        return !cut && delayNs == 0 && jitterNs == 0 && dropShare == 0 && duplicateShare == 0 && !hold;
    }
    friend bool operator==(const LinkFaults&, const LinkFaults&) = default;
};
struct Pace {
    TimeNs tickNs = 0;
    std::uint32_t heartbeatTicks = 0, electionTicks = 0;
    bool preVote = true, checkQuorum = true;
    friend bool operator==(const Pace&, const Pace&) = default;
};
struct Watcher {
    std::uint64_t stream = 0;
    std::int64_t id = 0;
    WatcherGroup group = WatcherGroup::none;
    std::string key, rangeEnd;
    std::int64_t nextRevision = 0;
    friend bool operator==(const Watcher&, const Watcher&) = default;
};
struct Lease {
    std::int64_t id = 0, ttlSeconds = 0;
    TimeNs deadlineNs = 0;  // 0 where the node does not count it
    std::uint32_t keys = 0;
    friend bool operator==(const Lease&, const Lease&) = default;
};
struct Alarm {
    NodeId member = 0;
    AlarmType type = AlarmType::none;
    friend bool operator==(const Alarm&, const Alarm&) = default;
};
// The node's election timer. The ring on screen drains to `deadlineNs`.
struct ElectionDeadline {
    TimeNs deadlineNs = 0, timeoutNs = 0;  // 0: no timer runs
    bool redrawn = false;                  // false: the same draw, started again by a sign of life
    friend bool operator==(const ElectionDeadline&, const ElectionDeadline&) = default;
};

}  // namespace raftarium::telemetry
