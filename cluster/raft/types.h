// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The values of the protocol, as in the Raft paper (Ongaro, Ousterhout 2014, figure 2) and in etcd's raftpb.
#pragma once

#include "cluster/base/bytes.h"

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::raft {

using NodeId = std::uint64_t;
using Term = std::uint64_t;
using Index = std::uint64_t;

inline constexpr NodeId kNone = 0;
// Targets of the local storage messages (asynchronous storage writes).
inline constexpr NodeId kLocalAppendThread = ~NodeId{0};
inline constexpr NodeId kLocalApplyThread = ~NodeId{0} - 1;

inline constexpr bool isLocalTarget(NodeId id) { return id == kLocalAppendThread || id == kLocalApplyThread; }

enum class Role : std::uint8_t { follower = 0, candidate = 1, leader = 2, preCandidate = 3 };

enum class EntryType : std::uint8_t { normal = 0, confChange = 1, confChangeV2 = 2 };

struct Entry {
    Term term = 0;
    Index index = 0;
    EntryType type = EntryType::normal;
    // Of a normal entry the application's bytes, null in a leader's no-op; otherwise an encoded configuration change.
    base::Bytes data;

    friend bool operator==(const Entry&, const Entry&) = default;
};

// The size of the entry in raftpb's encoding, in bytes. The size limits count this.
std::size_t encodedSize(const Entry& entry);

struct HardState {
    Term term = 0;
    NodeId vote = kNone;
    Index commit = 0;

    bool empty() const { return term == 0 && vote == kNone && commit == 0; }
    friend bool operator==(const HardState&, const HardState&) = default;
};

struct SoftState {
    NodeId lead = kNone;
    Role role = Role::follower;

    friend bool operator==(const SoftState&, const SoftState&) = default;
};

// Ids ascending in each list.
struct ConfState {
    std::vector<NodeId> voters;
    std::vector<NodeId> learners;
    std::vector<NodeId> votersOutgoing;  // not empty only in a joint configuration
    std::vector<NodeId> learnersNext;
    bool autoLeave = false;

    friend bool operator==(const ConfState&, const ConfState&) = default;
};

struct SnapshotMetadata {
    ConfState confState;
    Index index = 0;
    Term term = 0;

    friend bool operator==(const SnapshotMetadata&, const SnapshotMetadata&) = default;
};

struct Snapshot {
    base::Bytes data;
    SnapshotMetadata metadata;

    bool empty() const { return metadata.index == 0; }
};

enum class ConfChangeType : std::uint8_t { addNode = 0, removeNode = 1, updateNode = 2, addLearnerNode = 3 };
enum class ConfChangeTransition : std::uint8_t { automatic = 0, jointImplicit = 1, jointExplicit = 2 };

struct ConfChangeSingle {
    ConfChangeType type = ConfChangeType::addNode;
    NodeId nodeId = kNone;

    friend bool operator==(const ConfChangeSingle&, const ConfChangeSingle&) = default;
};

// raftpb.ConfChange: one change, entry type confChange.
struct ConfChange {
    std::uint64_t id = 0;
    ConfChangeType type = ConfChangeType::addNode;
    NodeId nodeId = kNone;
    base::Bytes context;
};

// raftpb.ConfChangeV2: any number of changes. Without any change it leaves a joint configuration.
struct ConfChangeV2 {
    ConfChangeTransition transition = ConfChangeTransition::automatic;
    std::vector<ConfChangeSingle> changes;
    base::Bytes context;
};

}  // namespace raftarium::raft
