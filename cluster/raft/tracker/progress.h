// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A leader's view of one follower (raft's "design" note): probe sends one append and waits, replicate streams, snapshot
// sends nothing until the snapshot has arrived or failed. Match < Next always.
#pragma once

#include "cluster/raft/raw_node.h"
#include "cluster/raft/tracker/inflights.h"

#include <string>

namespace raftarium::raft {

const char* progressStateName(ProgressState state);  // "StateProbe"

struct Progress {
    Progress(Index matchIndex, Index nextIndex, Inflights window, bool isLearner)
        : match(matchIndex), next(nextIndex), inflights(std::move(window)), learner(isLearner) {}

    Index match;           // highest index known to be in the follower's log
    Index next;            // the first entry to send
    Index sentCommit = 0;  // highest commit index in flight to it
    ProgressState state = ProgressState::probe;
    Index pendingSnapshot = 0;
    bool recentActive = false;  // heard from since the last CheckQuorum
    bool flowPaused = false;    // no append until something is heard
    Inflights inflights;
    bool learner;
    trace::ProgressChanged traced;  // the last one reported

    bool paused() const { return state == ProgressState::snapshot || flowPaused; }
    // Telling this commit index could move the follower's, and nothing in flight does already.
    bool canBumpCommit(Index commit) const { return commit > sentCommit && sentCommit < next - 1; }

    void becomeProbe();
    void becomeReplicate();
    void becomeSnapshot(Index index);
    void sentEntries(std::size_t count, std::uint64_t bytes);
    // The follower acknowledged `index`; false if that is old news.
    bool maybeUpdate(Index index);
    // The follower rejected an append after `rejected`; false if the answer is stale. `hint` is where it may match.
    bool maybeDecreaseTo(Index rejected, Index hint);

    std::string describe() const;  // "StateReplicate match=3 next=4 inflight=2"

private:
    void resetState(ProgressState to);
};

}  // namespace raftarium::raft
