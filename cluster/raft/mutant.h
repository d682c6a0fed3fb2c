// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Bugs that can be seeded into the core, to prove that the tests and checkers see them. Each is one
// `if (mutated(Mutant::...))`: false at compile time, so a normal build has no trace of it. Only the core that is
// compiled with RAFTARIUM_MUTANTS (tests/sim/mutant_run) can have one of them at a time, chosen when it starts.
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
    applyBeforeCommit = 6,         // hands out entries to apply that are stable but not committed
    readWithoutQuorum = 7,         // a leader answers a safe read at once, without a heartbeat round
    forgetVote = 8,                // hard states are emitted without the vote: it is lost on restart
    ackBeforeSync = 9,             // asynchronous writes: answers leave before the write they depend on
    keepLeadingOnHigherTerm = 10,  // a leader that sees a higher term takes the term over and goes on leading
    staleReadIndex = 11,           // a new leader serves reads before it has committed an entry of its term
    commitBeyondMatch = 12,        // a follower commits up to the leader's commit index, matched or not
    jointUsesOneHalf = 13,         // decisions in a joint configuration need the incoming majority only
    skipPrevTermCheck = 14,        // an append only needs the previous index to exist, whatever its term
    readByCallersContext = 15,     // heartbeats confirm reads by the caller's context, the same for a repeated request
};
inline constexpr int kMutantCount = 15;

#ifdef RAFTARIUM_MUTANTS
extern Mutant activeMutant;  // the program defines it
inline bool mutated(Mutant mutant) { return mutant == activeMutant; }
#else
constexpr bool mutated(Mutant) { return false; }
#endif

}  // namespace raftarium::raft
