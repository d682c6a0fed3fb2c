// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The configuration in use, the progress of every peer in it, and the votes of the current campaign.
#pragma once

#include "cluster/raft/tracker/progress.h"
#include "cluster/raft/tracker/quorum.h"

#include <string>
#include <vector>

namespace raftarium::raft {

// Voters and learners are disjoint; learnersNext is a subset of the outgoing voters (they become learners on leaving).
struct Configuration {
    JointVoters voters;
    VoterSet learners;
    VoterSet learnersNext;
    bool autoLeave = false;

    std::string describe() const;  // "voters=(1 2)&&(1) learners=(3) autoleave"
    ConfState state() const;
};

struct Peered {
    NodeId id = kNone;
    Progress progress;
};

// Ascending by id. There are few, so that a sorted vector is faster than a tree.
class ProgressMap {
public:
    Progress* find(NodeId id);
    const Progress* find(NodeId id) const { return const_cast<ProgressMap*>(this)->find(id); }
    Progress& insert(NodeId id, Progress progress);
    void erase(NodeId id);

    auto begin() { return m_peers.begin(); }
    auto end() { return m_peers.end(); }
    auto begin() const { return m_peers.begin(); }
    auto end() const { return m_peers.end(); }

private:
    std::vector<Peered> m_peers;
};

struct VoteCount {
    std::size_t granted = 0;
    std::size_t refused = 0;
    VoteOutcome outcome = VoteOutcome::pending;
};

class Tracker {
public:
    Tracker(std::size_t maxInflight, std::uint64_t maxInflightBytes)
        : m_maxInflight(maxInflight), m_maxInflightBytes(maxInflightBytes) {}

    Configuration configuration;
    ProgressMap peers;

    Inflights makeInflights() const { return Inflights(m_maxInflight, m_maxInflightBytes); }
    bool isSingleton() const { return configuration.voters.incoming.size() == 1 && !configuration.voters.isJoint(); }
    // The highest index that a quorum has acknowledged.
    Index committed() const;
    // A quorum of voters answered since the flags were cleared.
    bool quorumActive() const;

    void resetVotes() { m_votes.clear(); }
    // Only the first answer of a voter counts.
    void recordVote(NodeId id, bool granted);
    VoteCount countVotes() const;

private:
    struct Vote {
        NodeId id;
        bool granted;
    };
    int answerOf(NodeId id) const;

    std::size_t m_maxInflight;
    std::uint64_t m_maxInflightBytes;
    std::vector<Vote> m_votes;
};

}  // namespace raftarium::raft
