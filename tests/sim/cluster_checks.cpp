// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/cluster_checks.h"

#include "cluster/base/coding.h"
#include "cluster/raft/config.h"
#include "cluster/wire/requests.h"

#include <algorithm>

namespace raftarium::sim {
namespace {

std::string place(raft::Index index, raft::Term term) {
    return "entry " + std::to_string(index) + " of term " + std::to_string(term);
}

}  // namespace

raft::Term ClusterChecks::Log::termAt(raft::Index index) const {
    if (index == before) return termBefore;
    const raft::Entry* entry = at(index);
    return entry ? entry->term : 0;
}

const raft::Entry* ClusterChecks::Log::at(raft::Index index) const {
    return index <= before || index > last() ? nullptr : &entries[index - before - 1];
}

void ClusterChecks::Log::put(const node::LogWrite& write) {
    if (write.received) {
        const raft::SnapshotMetadata& metadata = write.received->metadata;
        if (metadata.index > before) {
            // What the snapshot covers is gone; the core drops the rest as well.
            entries.clear();
            before = metadata.index;
            termBefore = metadata.term;
        }
    }
    for (const raft::Entry& entry : write.entries) {
        if (entry.index <= before) continue;
        const std::size_t keep = entry.index - before - 1;
        if (entries.size() > keep) entries.resize(keep);
        entries.push_back(entry);
    }
    if (!write.state.empty()) state = write.state;
}

std::string ClusterChecks::nameOf(Id member) const {
    const auto it = m_names.find(member);
    return it == m_names.end() ? base::hexId(member) : it->second;
}

void ClusterChecks::fail(std::string check, std::string text) {
    if (!m_fault) m_fault = Fault{std::move(check), std::move(text)};
}

void ClusterChecks::started(Id id, const raft::MemoryStorage& log) {
    Member fresh;
    fresh.log.state = log.initialHardState();
    fresh.log.before = log.firstIndex() - 1;
    if (const auto term = log.term(fresh.log.before); std::holds_alternative<raft::Term>(term))
        fresh.log.termBefore = std::get<raft::Term>(term);
    if (log.lastIndex() >= log.firstIndex()) {
        auto entries = log.entries(log.firstIndex(), log.lastIndex() + 1, raft::kNoLimit);
        fresh.log.entries = std::move(std::get<std::vector<raft::Entry>>(entries));
    }
    fresh.durable = fresh.log;
    fresh.checkedCommit = fresh.checkedApplied = fresh.log.before;
    for (const raft::Entry& entry : fresh.log.entries) logMatching(id, fresh, entry);
    const auto known = m_members.find(id);
    if (known != m_members.end()) {
        const Log& disk = known->second.durable;
        const raft::HardState& now = fresh.log.state;
        if (now.term < disk.state.term ||
            (now.term == disk.state.term && disk.state.vote != 0 && now.vote != disk.state.vote))
            fail("durability", nameOf(id) + " had synced term " + std::to_string(disk.state.term) +
                                   " with a vote for " + nameOf(disk.state.vote) + ", and restarted with term " +
                                   std::to_string(now.term) + " and a vote for " + nameOf(now.vote));
        // Later unsynced writes may have replaced a tail; they carry a newer term.
        if (fresh.log.last() < disk.last() && fresh.log.termAt(fresh.log.last()) <= disk.termAt(fresh.log.last()) &&
            fresh.log.state.term == disk.state.term)
            fail("durability", nameOf(id) + " had synced " + place(disk.last(), disk.termAt(disk.last())) +
                                   ", and restarted with a log that ends at " + std::to_string(fresh.log.last()));
    }
    m_members[id] = std::move(fresh);
}

void ClusterChecks::submitted(Id id, const node::LogWrite& write) {
    Member& member = m_members[id];
    if (!write.entries.empty()) {
        const raft::Index first = write.entries.front().index;
        const bool leads = member.leads != 0 && member.leads == std::max(member.log.state.term, write.state.term);
        if (leads && first <= member.log.last())
            fail("leader append-only", nameOf(id) + " leads term " + std::to_string(member.leads) + " and replaced " +
                                           place(first, member.log.termAt(first)) + " of its own log");
        if (first > member.log.last() + 1 && !write.received)
            fail("log matching", nameOf(id) + " appended entry " + std::to_string(first) + " to a log that ends at " +
                                     std::to_string(member.log.last()));
    }
    member.log.put(write);
    for (const raft::Entry& entry : write.entries) logMatching(id, member, entry);
}

void ClusterChecks::synced(Id id, const std::vector<node::LogWrite>& batch) {
    Member& member = m_members[id];
    for (const node::LogWrite& write : batch) member.durable.put(write);
}

// An index and a term name one entry with one predecessor, whoever has it; by induction all before it agree.
void ClusterChecks::logMatching(Id id, const Member& member, const raft::Entry& entry) {
    const raft::Term before = member.log.termAt(entry.index - 1);
    const auto [known, first] = m_entries.try_emplace({entry.index, entry.term}, Known{entry.type, entry.data, before});
    if (first) return;
    if (known->second.type != entry.type || known->second.data.view() != entry.data.view())
        fail("log matching",
             place(entry.index, entry.term) + " in the log of " + nameOf(id) + " is not the one other logs have there");
    if (before != 0 && known->second.before != 0 && known->second.before != before)
        fail("log matching", place(entry.index, entry.term) + " in the log of " + nameOf(id) + " follows one of term " +
                                 std::to_string(before) + ", elsewhere one of term " +
                                 std::to_string(known->second.before));
}

void ClusterChecks::electionSafety(Id id, Member& member, raft::Term term) {
    const auto [leader, first] = m_leaders.try_emplace(term, id);
    if (!first && leader->second != id) {
        fail("election safety",
             "term " + std::to_string(term) + " has two leaders: " + nameOf(leader->second) + " and " + nameOf(id));
        return;
    }
    if (member.leads == term) return;
    member.leads = term;
    for (auto it = m_committed.rbegin(); it != m_committed.rend() && it->first > member.log.before; ++it)
        leaderHas(id, member, term, it->first, it->second);
}

void ClusterChecks::leaderHas(Id id, const Member& member, raft::Term term, raft::Index index,
                              const Committed& committed) {
    if (committed.seenIn >= term || index <= member.log.before || member.log.termAt(index) == committed.term) return;
    fail("leader completeness", nameOf(id) + " leads term " + std::to_string(term) + " without " +
                                    place(index, committed.term) + ", which was committed in term " +
                                    std::to_string(committed.seenIn));
}

void ClusterChecks::sent(Id id, const raft::Message& message) {
    Member& member = m_members[id];
    switch (message.type) {
        case raft::MessageType::app:
        case raft::MessageType::heartbeat:
        case raft::MessageType::snap:
        case raft::MessageType::timeoutNow:
            electionSafety(id, member, message.term);
            break;
        case raft::MessageType::voteResp: {
            if (message.reject) break;
            const auto [vote, first] = m_votes.try_emplace({id, message.term}, message.to);
            if (!first && vote->second != message.to)
                fail("one vote a term", nameOf(id) + " voted for " + nameOf(vote->second) + " and for " +
                                            nameOf(message.to) + " in term " + std::to_string(message.term));
            promiseKept(id, member, message);
            break;
        }
        case raft::MessageType::appResp:
            if (!message.reject) promiseKept(id, member, message);
            break;
        default:
            break;
    }
}

// Paper, figure 2: persistent state is updated on stable storage before responding.
void ClusterChecks::promiseKept(Id id, const Member& member, const raft::Message& message) {
    const Log& disk = member.durable;
    if (message.type == raft::MessageType::appResp) {
        // What it acknowledged in an earlier term may have been replaced by a later leader before it was written: all
        // of that came in one batch. The answer is still true of its term, and whoever led that term can only learn
        // from it that this member took the entry before it heard of the later leader.
        const bool replaced = disk.termAt(disk.last()) > message.term;
        if (message.index > disk.last() && !replaced)
            fail("durability", nameOf(id) + " acknowledged entry " + std::to_string(message.index) +
                                   ", but its disk ends at " + std::to_string(disk.last()));
        return;
    }
    const bool stored =
        disk.state.term > message.term || (disk.state.term == message.term && disk.state.vote == message.to);
    if (!stored)
        fail("durability", nameOf(id) + " voted for " + nameOf(message.to) + " in term " +
                               std::to_string(message.term) + ", but its disk has term " +
                               std::to_string(disk.state.term) + " and a vote for " + nameOf(disk.state.vote));
}

void ClusterChecks::status(Id id, const node::NodeStatus& status) {
    Member& member = m_members[id];
    if (status.role == raft::Role::leader) electionSafety(id, member, status.term);
    if (status.term < member.status.term && status.incarnation == member.status.incarnation)
        fail("terms only grow", nameOf(id) + " fell from term " + std::to_string(member.status.term) + " to " +
                                    std::to_string(status.term));
    if (status.incarnation == member.status.incarnation &&
        (status.commit < member.status.commit || status.applied < member.status.applied))
        fail("state machine safety", nameOf(id) + " went back from commit " + std::to_string(member.status.commit) +
                                         ", applied " + std::to_string(member.status.applied) + " to " +
                                         std::to_string(status.commit) + ", " + std::to_string(status.applied));
    if (status.applied > status.commit)
        fail("state machine safety", nameOf(id) + " applied entry " + std::to_string(status.applied) +
                                         ", but knows only " + std::to_string(status.commit) + " to be committed");
    commitUpTo(id, member, status.commit, status.term);
    applyUpTo(id, member, status.applied);
    member.status = status;
}

void ClusterChecks::commitUpTo(Id id, Member& member, raft::Index index, raft::Term term) {
    member.checkedCommit = std::max(member.checkedCommit, member.log.before);
    for (; member.checkedCommit < std::min(index, member.log.last()); ++member.checkedCommit) {
        const raft::Entry& entry = *member.log.at(member.checkedCommit + 1);
        const auto [known, first] = m_committed.try_emplace(entry.index, Committed{entry.term, term, entry.data});
        if (known->second.term != entry.term) {
            fail("state machine safety", nameOf(id) + " takes " + place(entry.index, entry.term) +
                                             " for committed, but the one of term " +
                                             std::to_string(known->second.term) + " was before");
            return;
        }
        if (!first) continue;
        // Those who lead a later term already must have it, too.
        for (auto& [other, state] : m_members)
            if (state.leads > term) leaderHas(other, state, state.leads, entry.index, known->second);
    }
}

void ClusterChecks::applyUpTo(Id id, Member& member, raft::Index index) {
    for (; member.checkedApplied < index; ++member.checkedApplied) {
        const raft::Index next = member.checkedApplied + 1;
        const raft::Entry* entry = member.log.at(next);
        if (!entry) continue;  // covered by a snapshot
        const auto known = m_committed.find(next);
        if (known != m_committed.end() && known->second.term == entry->term) continue;
        fail("state machine safety",
             nameOf(id) + " applied " + place(next, entry->term) +
                 (known == m_committed.end() ? ", which nobody knows to be committed"
                                             : ", elsewhere the one of term " + std::to_string(known->second.term)));
    }
}

void ClusterChecks::storeHash(Id id, std::int64_t revision, std::int64_t compactRevision, std::uint32_t hash) {
    const auto [known, first] = m_hashes.try_emplace({revision, compactRevision}, std::pair{hash, id});
    if (first || known->second.first == hash) return;
    fail("equal state", "the stores of " + nameOf(known->second.second) + " and " + nameOf(id) +
                            " differ at revision " + std::to_string(revision));
}

void ClusterChecks::acknowledged(std::uint64_t requestId, raft::Index index, raft::Term term) {
    m_acknowledged[index] = {requestId, term};
}

void ClusterChecks::finish() {
    for (const auto& [index, told] : m_acknowledged) {
        const auto known = m_committed.find(index);
        const bool there = known != m_committed.end() && known->second.term == told.term &&
                           wire::requestIdOf(known->second.data.view()) == told.requestId;
        if (there) continue;
        fail("nothing acknowledged is lost", "a client was told that its request is " + place(index, told.term) +
                                                 (known == m_committed.end() ? ", but no such entry was committed"
                                                                             : ", but another one is committed there"));
        return;
    }
}

}  // namespace raftarium::sim
