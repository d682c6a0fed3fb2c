// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A node's whole state, as it stands just before the events that follow it.
#pragma once

#include "cluster/telemetry/parts.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace raftarium::telemetry {

// First in every stream; also after a gap.
struct FullState {
    std::string name;
    std::string version;  // of the program
    std::uint64_t clusterId = 0, incarnation = 0;
    int pid = 0;
    Role role = Role::follower;
    std::uint64_t term = 0;
    NodeId votedFor = 0, leader = 0;
    std::uint64_t firstIndex = 0, lastIndex = 0, durableIndex = 0, commitIndex = 0, appliedIndex = 0;
    std::vector<LogEntry> tail;  // the newest entries, at most 256, ascending
    Configuration configuration;
    std::vector<Progress> progress;  // leader only
    ElectionDeadline deadline;
    std::int64_t revision = 0, compactRevision = 0;
    std::vector<LinkFaults> faults;
    Pace pace;
    std::vector<Watcher> watchers;
    std::vector<Lease> leases;
    std::vector<Alarm> alarms;
    friend bool operator==(const FullState&, const FullState&) = default;
};

// A shared, immutable value: keeps a rare large kind from making every event large. Compares by content.
template <typename T>
class Boxed {
public:
    Boxed() : m_value(std::make_shared<const T>()) {}
    Boxed(T value) : m_value(std::make_shared<const T>(std::move(value))) {}
    const T& operator*() const { return *m_value; }
    const T* operator->() const { return m_value.get(); }
    friend bool operator==(const Boxed& a, const Boxed& b) { return *a == *b; }

private:
    std::shared_ptr<const T> m_value;
};

}  // namespace raftarium::telemetry
