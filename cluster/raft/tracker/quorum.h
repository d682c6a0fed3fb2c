// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Majority arithmetic over one set of voters, and over the two sets of a joint configuration (paper 6), where a
// decision needs a majority of each.
#pragma once

#include "cluster/raft/types.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

namespace raftarium::raft {

enum class VoteOutcome : std::uint8_t { pending, lost, won };

// The committed index of an empty set of voters. With it, one half of a joint configuration may be empty.
inline constexpr Index kEveryIndex = std::numeric_limits<Index>::max();

// Ids ascending, each once.
using VoterSet = std::vector<NodeId>;
bool containsId(const VoterSet& set, NodeId id);
void insertId(VoterSet& set, NodeId id);
void eraseId(VoterSet& set, NodeId id);
std::string describeIds(const VoterSet& set);  // "(1 2 3)"

// How many of `voters` make a majority.
inline std::size_t majorityOf(std::size_t voters) { return voters / 2 + 1; }

// The largest index that a majority has reached, from what each voter acknowledged (0 = nothing). Reorders its input.
Index committedIndexOf(std::vector<Index>& acknowledged);
VoteOutcome voteOutcomeOf(std::size_t voters, std::size_t granted, std::size_t refused);

// acknowledged(NodeId) -> Index.
template <typename Acknowledged>
Index majorityCommitted(const VoterSet& voters, const Acknowledged& acknowledged) {
    if (voters.empty()) return kEveryIndex;
    // Clusters have at most 9 voters in practice; for those nothing is allocated.
    std::array<Index, 16> few;
    if (voters.size() <= few.size()) {
        std::size_t count = 0;
        for (const NodeId id : voters) few[count++] = acknowledged(id);
        const auto wanted = few.begin() + static_cast<std::ptrdiff_t>(count - majorityOf(count));
        std::nth_element(few.begin(), wanted, few.begin() + static_cast<std::ptrdiff_t>(count));
        return *wanted;
    }
    std::vector<Index> all;
    all.reserve(voters.size());
    for (const NodeId id : voters) all.push_back(acknowledged(id));
    return committedIndexOf(all);
}

// answer(NodeId) -> int: 1 granted, -1 refused, 0 none yet.
template <typename Answer>
VoteOutcome majorityVote(const VoterSet& voters, const Answer& answer) {
    std::size_t granted = 0;
    std::size_t refused = 0;
    for (const NodeId id : voters) {
        const int given = answer(id);
        granted += given > 0 ? 1U : 0U;
        refused += given < 0 ? 1U : 0U;
    }
    return voteOutcomeOf(voters.size(), granted, refused);
}

struct JointVoters {
    VoterSet incoming;
    VoterSet outgoing;  // empty unless joint

    bool isJoint() const { return !outgoing.empty(); }
    bool contains(NodeId id) const { return containsId(incoming, id) || containsId(outgoing, id); }
    VoterSet all() const;
    std::string describe() const;  // "(1 2)&&(2 3)"

    template <typename Acknowledged>
    Index committed(const Acknowledged& acknowledged) const;
    template <typename Answer>
    VoteOutcome vote(const Answer& answer) const;
};

VoteOutcome combineVotes(VoteOutcome incoming, VoteOutcome outgoing);
// The joint commit index from those of the two halves.
Index combineCommitted(Index incoming, Index outgoing);

template <typename Acknowledged>
Index JointVoters::committed(const Acknowledged& acknowledged) const {
    return combineCommitted(majorityCommitted(incoming, acknowledged), majorityCommitted(outgoing, acknowledged));
}

template <typename Answer>
VoteOutcome JointVoters::vote(const Answer& answer) const {
    return combineVotes(majorityVote(incoming, answer), majorityVote(outgoing, answer));
}

}  // namespace raftarium::raft
