// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/tracker/quorum.h"

#include "cluster/raft/mutant.h"

#include <iterator>

namespace raftarium::raft {

bool containsId(const VoterSet& set, NodeId id) { return std::binary_search(set.begin(), set.end(), id); }

void insertId(VoterSet& set, NodeId id) {
    const auto at = std::lower_bound(set.begin(), set.end(), id);
    if (at == set.end() || *at != id) set.insert(at, id);
}

void eraseId(VoterSet& set, NodeId id) {
    const auto at = std::lower_bound(set.begin(), set.end(), id);
    if (at != set.end() && *at == id) set.erase(at);
}

std::string describeIds(const VoterSet& set) {
    std::string out = "(";
    for (const NodeId id : set) {
        if (out.size() > 1) out += ' ';
        out += std::to_string(id);
    }
    return out + ')';
}

Index committedIndexOf(std::vector<Index>& acknowledged) {
    if (acknowledged.empty()) return kEveryIndex;
    const auto wanted =
        acknowledged.begin() + static_cast<std::ptrdiff_t>(acknowledged.size() - majorityOf(acknowledged.size()));
    std::nth_element(acknowledged.begin(), wanted, acknowledged.end());
    return *wanted;
}

VoteOutcome voteOutcomeOf(std::size_t voters, std::size_t granted, std::size_t refused) {
    if (voters == 0) return VoteOutcome::won;
    const std::size_t needed = majorityOf(voters);
    if (granted >= needed) return VoteOutcome::won;
    return voters - refused >= needed ? VoteOutcome::pending : VoteOutcome::lost;
}

VoterSet JointVoters::all() const {
    VoterSet out;
    std::set_union(incoming.begin(), incoming.end(), outgoing.begin(), outgoing.end(), std::back_inserter(out));
    return out;
}

std::string JointVoters::describe() const {
    return isJoint() ? describeIds(incoming) + "&&" + describeIds(outgoing) : describeIds(incoming);
}

VoteOutcome combineVotes(VoteOutcome incoming, VoteOutcome outgoing) {
    if (mutated(Mutant::jointUsesOneHalf)) return incoming;
    if (incoming == outgoing) return incoming;
    if (incoming == VoteOutcome::lost || outgoing == VoteOutcome::lost) return VoteOutcome::lost;
    return VoteOutcome::pending;
}

Index combineCommitted(Index incoming, Index outgoing) {
    if (mutated(Mutant::jointUsesOneHalf)) return incoming;
    return std::min(incoming, outgoing);
}

}  // namespace raftarium::raft
