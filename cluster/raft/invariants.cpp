// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/invariants.h"

namespace raftarium::raft {

namespace {

std::string name(const Raft& core) { return "member " + std::to_string(core.id()); }

std::string text(EntryId id) { return std::to_string(id.term) + '/' + std::to_string(id.index); }

std::optional<Entry> entryAt(const Log& log, Index index) {
    if (index < log.firstIndex() || index > log.lastIndex()) return std::nullopt;
    const auto found = log.slice(index, index + 1, kNoLimit);
    const auto* entries = std::get_if<std::vector<Entry>>(&found);
    return entries && !entries->empty() ? std::optional(entries->front()) : std::nullopt;
}

Fault logFault(const Raft& core) {
    const Log& log = core.log();
    const bool ordered = log.applied() <= log.applying() && log.applying() <= log.committed() &&
                         log.committed() <= log.lastIndex() && log.firstIndex() <= log.committed() + 1;
    if (!ordered) {
        return name(core) + ": first " + std::to_string(log.firstIndex()) + ", applied " +
               std::to_string(log.applied()) + ", applying " + std::to_string(log.applying()) + ", committed " +
               std::to_string(log.committed()) + ", last " + std::to_string(log.lastIndex()) + " are out of order";
    }
    Term previous = log.termOrZero(log.committed());
    for (Index index = log.committed() + 1; index <= log.lastIndex(); ++index) {
        const Term term = log.termOrZero(index);
        if (term < previous) return name(core) + ": terms fall at index " + std::to_string(index);
        previous = term;
    }
    if (log.lastEntry().term > core.term()) return name(core) + ": an entry is of a later term than the member";
    return std::nullopt;
}

Fault roleFault(const Raft& core) {
    const NodeId vote = core.hardState().vote;
    switch (core.role()) {
        case Role::leader:
            if (core.lead() != core.id()) return name(core) + ": leads, but knows another leader";
            break;
        case Role::candidate:
            if (vote != core.id()) return name(core) + ": a candidate did not vote for itself";
            [[fallthrough]];
        case Role::preCandidate:
            if (core.lead() != kNone) return name(core) + ": campaigns, yet knows a leader";
            break;
        case Role::follower:
            if (core.lead() == core.id()) return name(core) + ": follows itself";
            break;
    }
    return std::nullopt;
}

Fault progressFault(const Raft& core) {
    if (core.role() != Role::leader) return std::nullopt;
    for (const Peered& peer : core.tracker().peers) {
        const Progress& progress = peer.progress;
        if (progress.match >= progress.next || progress.match > core.log().lastIndex()) {
            return name(core) + ": progress of " + std::to_string(peer.id) + " is inconsistent: " + progress.describe();
        }
    }
    return std::nullopt;
}

}  // namespace

Fault absoluteFault(const Raft& core) {
    if (Fault fault = logFault(core)) return fault;
    if (Fault fault = roleFault(core)) return fault;
    if (Fault fault = progressFault(core)) return fault;
    std::string fault = configurationFault(core.tracker().configuration, core.tracker().peers);
    if (!fault.empty()) return name(core) + ": " + fault;
    return std::nullopt;
}

CoreMark markOf(const Raft& core) {
    const HardState hard = core.hardState();
    return {hard.term, hard.vote, core.role(), hard.commit, core.log().applied(), core.log().lastEntry()};
}

Fault deltaFault(const CoreMark& before, const Raft& after) {
    const CoreMark now = markOf(after);
    if (now.term < before.term) return name(after) + ": its term fell";
    if (now.term == before.term && before.vote != kNone && now.vote != before.vote) {
        return name(after) + ": changed its vote in term " + std::to_string(now.term);
    }
    if (now.committed < before.committed) return name(after) + ": its commit index fell";
    if (now.applied < before.applied) return name(after) + ": its applied index fell";
    const bool stillLeads = before.role == Role::leader && now.role == Role::leader && now.term == before.term;
    if (stillLeads && (now.last.index < before.last.index ||
                       (before.last.index >= after.log().firstIndex() && !after.log().matches(before.last)))) {
        return name(after) + ": a leader removed " + text(before.last) + " from its log";
    }
    return std::nullopt;
}

Fault ClusterInvariants::observe(const Raft& core) {
    if (Fault fault = absoluteFault(core)) return fault;
    Member& member = m_members[core.id()];
    if (member.mark) {
        if (Fault fault = deltaFault(*member.mark, core)) return fault;
    }
    member.mark = markOf(core);
    if (Fault fault = electionSafety(core)) return fault;
    if (Fault fault = logMatching(core, member)) return fault;
    return committedOnce(core, member);
}

Fault ClusterInvariants::observeSent(const Message& message) {
    if (message.type != MessageType::voteResp || message.reject) return std::nullopt;
    const auto [vote, first] = m_votes.try_emplace({message.from, message.term}, message.to);
    if (first || vote->second == message.to) return std::nullopt;
    return "member " + std::to_string(message.from) + ": voted for " + std::to_string(vote->second) + " and " +
           std::to_string(message.to) + " in term " + std::to_string(message.term);
}

Fault ClusterInvariants::observeApplied(NodeId member, const Entry& entry) {
    const Entry* known = committedEntry(entry.index);
    if (known && *known == entry) return std::nullopt;
    return "member " + std::to_string(member) + ": applied " + text({entry.term, entry.index}) +
           (known ? ", but another entry is committed there" : ", which is not committed");
}

void ClusterInvariants::forget(NodeId member) { m_members.erase(member); }

const Entry* ClusterInvariants::committedEntry(Index index) const {
    const auto found = m_committed.find(index);
    return found == m_committed.end() ? nullptr : &found->second.entry;
}

Fault ClusterInvariants::electionSafety(const Raft& core) {
    if (core.role() != Role::leader) return std::nullopt;
    const auto [leader, first] = m_leaders.try_emplace(core.term(), core.id());
    if (first) return leaderCompleteness(core);
    if (leader->second == core.id()) return std::nullopt;
    return "two leaders in term " + std::to_string(core.term()) + ": " + std::to_string(leader->second) + " and " +
           std::to_string(core.id());
}

// Leader completeness: entries committed in earlier terms are in the new leader's log.
Fault ClusterInvariants::leaderCompleteness(const Raft& core) {
    for (auto it = m_committed.rbegin(); it != m_committed.rend(); ++it) {
        if (it->first < core.log().firstIndex()) break;
        if (it->second.seenInTerm >= core.term()) continue;
        if (core.log().termOrZero(it->first) != it->second.entry.term) {
            return name(core) + ": leads in term " + std::to_string(core.term()) + " without the committed entry " +
                   text({it->second.entry.term, it->first});
        }
    }
    return std::nullopt;
}

// Log matching: an index and a term name the same entry with the same predecessor on every member. By induction all
// entries before it are equal, too.
Fault ClusterInvariants::logMatching(const Raft& core, Member& member) {
    const Log& log = core.log();
    member.log.erase(member.log.upper_bound(log.lastIndex()), member.log.end());
    for (Index index = log.lastIndex(); index >= log.firstIndex() && index > 0; --index) {
        const std::optional<Entry> entry = entryAt(log, index);
        if (!entry) return name(core) + ": no entry at " + std::to_string(index) + " in the middle of its log";
        const auto checked = member.log.find(index);
        if (checked != member.log.end() && checked->second == entry->term) break;
        member.log[index] = entry->term;
        const KnownEntry mine{*entry, log.termOrZero(index - 1)};
        const auto [known, first] = m_entries.try_emplace({index, entry->term}, mine);
        const bool same = known->second.entry == mine.entry && known->second.previousTerm == mine.previousTerm;
        if (!first && !same) {
            return name(core) + ": entry " + text({entry->term, index}) +
                   " differs from another member's of that index and term, or follows another one";
        }
    }
    return std::nullopt;
}

Fault ClusterInvariants::committedOnce(const Raft& core, Member& member) {
    const Log& log = core.log();
    Index index = std::max(member.committed + 1, log.firstIndex());
    for (; index <= log.committed(); ++index) {
        const std::optional<Entry> entry = entryAt(log, index);
        if (!entry) return name(core) + ": the committed entry " + std::to_string(index) + " is missing";
        const auto [known, first] = m_committed.try_emplace(index, CommittedEntry{*entry, core.term()});
        if (!first && known->second.entry != *entry) {
            return name(core) + ": committed " + text({entry->term, index}) + ", but " +
                   text({known->second.entry.term, index}) + " was committed before";
        }
    }
    member.committed = log.committed();
    return std::nullopt;
}

}  // namespace raftarium::raft
