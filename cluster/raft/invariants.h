// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The safety properties of the paper (figure 3), and the core's own, checked from outside. Absolute checks look at one
// core at one moment, delta checks compare two moments of it, and ClusterInvariants compares members. They are used by
// tests and the simulator. Each check returns the first fault as a sentence.
#pragma once

#include "cluster/raft/raft.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::raft {

using Fault = std::optional<std::string>;

// The log's indexes are in order, its terms do not decrease, progress and role are consistent.
Fault absoluteFault(const Raft& core);

// The state of a core at one moment, for deltaFault().
struct CoreMark {
    Term term = 0;
    NodeId vote = kNone;
    Role role = Role::follower;
    Index committed = 0;
    Index applied = 0;
    EntryId last;
};
CoreMark markOf(const Raft& core);
// Terms, votes, commit and applied index never go back; a leader never removes entries. Does not hold across a
// restart.
Fault deltaFault(const CoreMark& before, const Raft& after);

// Checks across all members of one cluster, from its first start. Call observe() after every step of a member.
class ClusterInvariants {
public:
    Fault observe(const Raft& core);
    // Call for every message that leaves its sender: no member grants two votes in one term.
    Fault observeSent(const Message& message);
    // Call when a member applies an entry: it must be committed, and the same on all members.
    Fault observeApplied(NodeId member, const Entry& entry);
    // Call when a member restarts from stable storage.
    void forget(NodeId member);

    // The highest index known to be committed anywhere.
    Index committed() const { return m_committed.empty() ? 0 : m_committed.rbegin()->first; }
    const Entry* committedEntry(Index index) const;
    std::size_t elections() const { return m_leaders.size(); }

private:
    struct CommittedEntry {
        Entry entry;
        Term seenInTerm = 0;  // term of the member that first had it committed
    };
    struct KnownEntry {
        Entry entry;
        Term previousTerm = 0;
    };
    struct Member {
        std::optional<CoreMark> mark;
        std::map<Index, Term> log;  // the part that was checked
        Index committed = 0;
    };

    Fault electionSafety(const Raft& core);
    Fault leaderCompleteness(const Raft& core);
    Fault logMatching(const Raft& core, Member& member);
    Fault committedOnce(const Raft& core, Member& member);

    std::map<NodeId, Member> m_members;
    std::map<Term, NodeId> m_leaders;
    std::map<std::pair<NodeId, Term>, NodeId> m_votes;
    std::map<std::pair<Index, Term>, KnownEntry> m_entries;
    std::map<Index, CommittedEntry> m_committed;
};

}  // namespace raftarium::raft
