// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/tracker/quorum.h"
#include "tests/conformance/drivers.h"

#include <map>

namespace raftarium::conformance {

using namespace raftarium::raft;

namespace {

struct QuorumCase {
    std::vector<NodeId> firstIds;  // in the order of mention
    std::vector<NodeId> secondIds;
    bool joint = false;
    std::vector<std::string> given;  // one per distinct voter

    JointVoters voters() const {
        JointVoters out;
        for (const NodeId id : firstIds) insertId(out.incoming, id);
        for (const NodeId id : secondIds) insertId(out.outgoing, id);
        return out;
    }
    // The given values by voter; "_" is left out.
    std::map<NodeId, std::string> byVoter() const {
        std::map<NodeId, std::string> out;
        std::size_t at = 0;
        for (const auto* ids : {&firstIds, &secondIds}) {
            for (const NodeId id : *ids) {
                if (at < given.size() && out.try_emplace(id, given[at]).second) ++at;
            }
        }
        std::erase_if(out, [](const auto& item) { return item.second == "_"; });
        return out;
    }
};

std::string indexText(Index index) { return index == kEveryIndex ? "∞" : std::to_string(index); }

// A bar per voter, as long as its rank.
std::string describeIndexes(const VoterSet& voters, const std::map<NodeId, Index>& known) {
    if (voters.empty()) return "<empty majority quorum>";
    const std::size_t count = voters.size();
    std::string out = std::string(count, ' ') + "    idx\n";
    for (const NodeId id : voters) {
        const auto own = known.find(id);
        const Index index = own == known.end() ? 0 : own->second;
        std::size_t rank = 0;
        for (const NodeId other : voters) {
            const auto at = known.find(other);
            rank += (at == known.end() ? 0 : at->second) < index ? 1U : 0U;
        }
        if (own == known.end()) {
            out += '?' + std::string(count, ' ');
        } else {
            out += std::string(rank, 'x') + '>' + std::string(count - rank, ' ');
        }
        const std::string number = std::to_string(index);
        out += ' ' + std::string(number.size() < 5 ? 5 - number.size() : 0, ' ') + number +
               "    (id=" + std::to_string(id) + ")\n";
    }
    return out;
}

std::string committed(const QuorumCase& one) {
    const JointVoters voters = one.voters();
    std::map<NodeId, Index> known;
    for (const auto& [id, text] : one.byVoter()) known[id] = parseNumber(text).value_or(0);
    const auto acknowledged = [&known](NodeId id) {
        const auto at = known.find(id);
        return at == known.end() ? 0 : at->second;
    };
    const Index index = voters.committed(acknowledged);
    std::string out = describeIndexes(one.joint ? voters.all() : voters.incoming, known) + indexText(index) + '\n';
    // Other ways to the same number.
    const JointVoters swapped{voters.outgoing, voters.incoming};
    if (const Index other = swapped.committed(acknowledged); other != index) {
        out += indexText(other) + " <-- via symmetry\n";
    }
    const JointVoters twice{voters.incoming, voters.incoming};
    if (const Index other = twice.committed(acknowledged); !one.joint && other != index) {
        out += indexText(other) + " <-- via self-joint quorum\n";
    }
    return out;
}

std::string vote(const QuorumCase& one) {
    const JointVoters voters = one.voters();
    const std::map<NodeId, std::string> known = one.byVoter();
    const auto answer = [&known](NodeId id) {
        const auto at = known.find(id);
        return at == known.end() ? 0 : (at->second == "y" ? 1 : -1);
    };
    const VoteOutcome outcome = voters.vote(answer);
    const JointVoters swapped{voters.outgoing, voters.incoming};
    if (swapped.vote(answer) != outcome) return "not symmetric";
    switch (outcome) {
        case VoteOutcome::pending:
            return "VotePending";
        case VoteOutcome::lost:
            return "VoteLost";
        case VoteOutcome::won:
            return "VoteWon";
    }
    return "";
}

}  // namespace

std::string handleQuorum(const Case& one) {
    QuorumCase input;
    for (const Argument& argument : one.arguments) {
        if (argument.key == "cfg" || argument.key == "cfgj") {
            const bool second = argument.key == "cfgj";
            input.joint = input.joint || second;
            if (second && argument.values == std::vector<std::string>{"zero"}) continue;
            for (const std::string& value : argument.values) {
                const auto id = parseNumber(value);
                if (!id) return "cannot read the id " + value;
                (second ? input.secondIds : input.firstIds).push_back(*id);
            }
        } else if (argument.key == "idx" || argument.key == "votes") {
            input.given = argument.values;
        } else {
            return "unknown arg: " + argument.key;
        }
    }
    const VoterSet all = input.voters().all();
    if (all.size() != input.given.size()) {
        return "error: mismatched input (explicit or _) for voters " + describeIds(all);
    }
    if (one.command == "committed") return committed(input);
    if (one.command == "vote") return vote(input);
    return "unknown command " + one.command;
}

}  // namespace raftarium::conformance
