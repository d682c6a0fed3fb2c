// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The safety properties of the paper (figure 3) and the core's own, as checks from outside: absolute ones of one core
// at one moment, delta ones between two moments of it, and those across members. For tests and simulators; each check
// returns the first fault as a sentence.
#pragma once

#include "cluster/raft/raft.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::raft {

using Fault = std::optional<std::string>;

// Order of the log's marks, terms ascending, progress and role consistent.
Fault absoluteFault(const Raft& core);

// What a core looked like, for the comparison.
struct CoreMark {
    Term term = 0;
    NodeId vote = kNone;
    Role role = Role::follower;
    Index committed = 0;
    Index applied = 0;
    EntryId last;
};
CoreMark markOf(const Raft& core);
// Terms, votes, commit and applied index never go back; a leader never removes from its log. Not across a restart.
Fault deltaFault(const CoreMark& before, const Raft& after);

// Across all members of one cluster, over its whole life. Call observe() after every step of a member.
class ClusterInvariants {
public:
    Fault observe(const Raft& core);
    // A message that left its sender: nobody grants two votes in one term.
    Fault observeSent(const Message& message);
    // A member's state machine applied this entry: the same one everywhere, and committed.
    Fault observeApplied(NodeId member, const Entry& entry);
    // The member restarts from stable storage.
    void forget(NodeId member);

    // The highest index known to be committed anywhere.
    Index committed() const { return m_committed.empty() ? 0 : m_committed.rbegin()->first; }
    const Entry* committedEntry(Index index) const;
    std::size_t elections() const { return m_leaders.size(); }

private:
    struct CommittedEntry {
        Entry entry;
        Term seenInTerm = 0;  // of the member that was first seen with it committed
    };
    struct KnownEntry {
        Entry entry;
        Term previousTerm = 0;
    };
    struct Member {
        std::optional<CoreMark> mark;
        std::map<Index, Term> log;  // as checked
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
