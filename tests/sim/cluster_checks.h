// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The safety properties of Raft (paper, figure 3), judged from outside: from the messages that members send, from what
// they hand to their logs, and from the status that they show. Nothing of the core is asked. Over the whole life of a
// cluster, across restarts. The first fault found stays.
#pragma once

#include "cluster/node/loop/wal_writer.h"
#include "cluster/node/node.h"
#include "cluster/raft/log/storage.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::sim {

struct Fault {
    std::string check;  // "election safety" and so on
    std::string text;
};

class ClusterChecks {
public:
    using Id = std::uint64_t;

    // The member starts with what it read from its disk.
    void started(Id member, const raft::MemoryStorage& log);
    // It hands this to its log, which is now in this order in its memory...
    void submitted(Id member, const node::LogWrite& write);
    // ...and this has reached the disk, synced.
    void synced(Id member, const std::vector<node::LogWrite>& batch);
    void sent(Id member, const raft::Message& message);
    void status(Id member, const node::NodeStatus& status);
    // The store's hash at a revision, with the compaction it was made under.
    void storeHash(Id member, std::int64_t revision, std::int64_t compactRevision, std::uint32_t hash);
    // A client was told that its request is in the log.
    void acknowledged(std::uint64_t requestId, raft::Index index, raft::Term term);
    // To be called at the end: what was acknowledged is what is committed there.
    void finish();

    void fail(std::string check, std::string text);
    const std::optional<Fault>& fault() const { return m_fault; }

    // Names in texts; hexadecimal ids without one.
    void setName(Id member, std::string name) { m_names[member] = std::move(name); }
    std::string nameOf(Id member) const;

    raft::Index committed() const { return m_committed.empty() ? 0 : m_committed.rbegin()->first; }
    std::size_t elections() const { return m_leaders.size(); }
    raft::Term newestTerm() const { return m_leaders.empty() ? 0 : m_leaders.rbegin()->first; }

private:
    // A member's log as it was reported; the entry before the first is known by its term only.
    struct Log {
        raft::Index before = 0;
        raft::Term termBefore = 0;
        std::vector<raft::Entry> entries;
        raft::HardState state;

        raft::Index last() const { return before + entries.size(); }
        // 0 if not known.
        raft::Term termAt(raft::Index index) const;
        const raft::Entry* at(raft::Index index) const;
        void put(const node::LogWrite& write);
    };
    struct Member {
        Log log;      // as handed over
        Log durable;  // as synced
        raft::Term leads = 0;
        raft::Index checkedCommit = 0;
        raft::Index checkedApplied = 0;
        node::NodeStatus status;
    };
    struct Known {
        raft::EntryType type = raft::EntryType::normal;
        base::Bytes data;
        raft::Term before = 0;
    };
    struct Committed {
        raft::Term term = 0;
        raft::Term seenIn = 0;  // the reporter's term
        base::Bytes data;
    };
    struct Acknowledged {
        std::uint64_t requestId = 0;
        raft::Term term = 0;
    };

    void electionSafety(Id id, Member& member, raft::Term term);
    void logMatching(Id id, const Member& member, const raft::Entry& entry);
    void promiseKept(Id id, const Member& member, const raft::Message& message);
    void commitUpTo(Id id, Member& member, raft::Index index, raft::Term term);
    void applyUpTo(Id id, Member& member, raft::Index index);
    void leaderHas(Id id, const Member& member, raft::Term term, raft::Index index, const Committed& committed);

    std::map<Id, Member> m_members;
    std::map<Id, std::string> m_names;
    std::map<raft::Term, Id> m_leaders;
    std::map<std::pair<Id, raft::Term>, Id> m_votes;
    std::map<std::pair<raft::Index, raft::Term>, Known> m_entries;
    std::map<raft::Index, Committed> m_committed;
    std::map<std::pair<std::int64_t, std::int64_t>, std::pair<std::uint32_t, Id>> m_hashes;
    std::map<raft::Index, Acknowledged> m_acknowledged;
    std::optional<Fault> m_fault;
};

}  // namespace raftarium::sim
