// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Bugs that can be put into the core, to prove that the tests and checkers find them. Each is one
// `if (mutated(Mutant::...))`, which is false at compile time, so that a normal build contains none of them. A core
// compiled with RAFTARIUM_MUTANTS (tests/sim/mutant_run) has one bug at a time, chosen when the program starts.
#pragma once

#include <cstdint>

namespace raftarium::raft {

enum class Mutant : std::uint8_t {
    none = 0,
    voteTwice = 1,                 // grants a vote to every up-to-date candidate of a term
    commitOldTermByCount = 2,      // a leader commits entries of earlier terms by counting (figure 8)
    skipVoteLogCheck = 3,          // votes for candidates whose log is older
    truncateWithoutConflict = 4,   // an append cuts the log behind its last entry even if nothing conflicts
    countLearners = 5,             // learners' acknowledgements count toward commitment
    applyBeforeCommit = 6,         // entries are applied that are stable but not committed
    readWithoutQuorum = 7,         // a leader answers a safe read at once, without asking a quorum
    forgetVote = 8,                // the stored hard state lacks the vote, which is lost on restart
    ackBeforeSync = 9,             // asynchronous writes: answers are sent before the write that they depend on
    keepLeadingOnHigherTerm = 10,  // a leader that sees a higher term adopts it and goes on leading
    staleReadIndex = 11,           // a new leader serves reads before it has committed an entry of its term
    commitBeyondMatch = 12,        // a follower commits up to the leader's commit index, matched or not
    jointUsesOneHalf = 13,         // decisions in a joint configuration need the incoming majority only
    skipPrevTermCheck = 14,        // an append only needs the previous index to exist, whatever its term
    readByCallersContext = 15,     // heartbeats carry the caller's context, which is the same for a repeated request
};
inline constexpr int kMutantCount = 15;

#ifdef RAFTARIUM_MUTANTS
extern Mutant activeMutant;  // the program defines it
inline bool mutated(Mutant mutant) { return mutant == activeMutant; }
#else
constexpr bool mutated(Mutant) { return false; }
#endif

}  // namespace raftarium::raft
