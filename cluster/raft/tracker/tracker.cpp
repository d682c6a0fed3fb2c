// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/tracker/tracker.h"

#include "cluster/raft/mutant.h"

namespace raftarium::raft {

std::string Configuration::describe() const {
    std::string out = "voters=" + voters.describe();
    if (!learners.empty()) out += " learners=" + describeIds(learners);
    if (!learnersNext.empty()) out += " learners_next=" + describeIds(learnersNext);
    if (autoLeave) out += " autoleave";
    return out;
}

ConfState Configuration::state() const { return {voters.incoming, learners, voters.outgoing, learnersNext, autoLeave}; }

Progress* ProgressMap::find(NodeId id) {
    for (Peered& peer : m_peers) {
        if (peer.id == id) return &peer.progress;
    }
    return nullptr;
}

Progress& ProgressMap::insert(NodeId id, Progress progress) {
    auto at = m_peers.begin();
    while (at != m_peers.end() && at->id < id) ++at;
    if (at != m_peers.end() && at->id == id) {
        at->progress = std::move(progress);
        return at->progress;
    }
    return m_peers.insert(at, Peered{id, std::move(progress)})->progress;
}

void ProgressMap::erase(NodeId id) {
    std::erase_if(m_peers, [id](const Peered& peer) { return peer.id == id; });
}

Index Tracker::committed() const {
    const auto acknowledged = [this](NodeId id) -> Index {
        const Progress* progress = peers.find(id);
        return progress ? progress->match : 0;
    };
    if (mutated(Mutant::countLearners)) {
        JointVoters all = configuration.voters;
        for (const NodeId id : configuration.learners) insertId(all.incoming, id);
        // The bug: a majority is counted over all who acknowledged, learners included.
        std::vector<Index> indexes;
        for (const NodeId id : all.incoming) indexes.push_back(acknowledged(id));
        std::sort(indexes.rbegin(), indexes.rend());
        const std::size_t needed = majorityOf(configuration.voters.incoming.size());
        return indexes.size() < needed ? 0 : indexes[needed - 1];
    }
    return configuration.voters.committed(acknowledged);
}

bool Tracker::quorumActive() const {
    const auto heard = [this](NodeId id) {
        const Progress* progress = peers.find(id);
        return progress && progress->recentActive ? 1 : -1;
    };
    return configuration.voters.vote(heard) == VoteOutcome::won;
}

int Tracker::answerOf(NodeId id) const {
    for (const Vote& vote : m_votes) {
        if (vote.id == id) return vote.granted ? 1 : -1;
    }
    return 0;
}

void Tracker::recordVote(NodeId id, bool granted) {
    if (answerOf(id) == 0) m_votes.push_back({id, granted});
}

VoteCount Tracker::countVotes() const {
    VoteCount count;
    for (const Peered& peer : peers) {
        // Votes of learners do not count.
        if (peer.progress.learner) continue;
        const int answer = answerOf(peer.id);
        count.granted += answer > 0 ? 1U : 0U;
        count.refused += answer < 0 ? 1U : 0U;
    }
    count.outcome = configuration.voters.vote([this](NodeId id) { return answerOf(id); });
    return count;
}

}  // namespace raftarium::raft
