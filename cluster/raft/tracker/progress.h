// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A leader's view of one follower, as in the design note of etcd-io/raft. State probe sends one append and waits for
// the answer, replicate streams appends, snapshot sends nothing until the snapshot has arrived or failed. match < next.
#pragma once

#include "cluster/raft/status.h"
#include "cluster/raft/trace.h"
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
    bool recentActive = false;  // the follower answered since the last CheckQuorum
    bool flowPaused = false;    // no append until the follower answers
    Inflights inflights;
    bool learner;
    // The last progressChanged event, to report changes only.
    trace::ProgressChanged traced;

    bool paused() const { return state == ProgressState::snapshot || flowPaused; }
    // Sending this commit index could advance the follower's, and no message in flight does so already.
    bool canBumpCommit(Index commit) const { return commit > sentCommit && sentCommit < next - 1; }

    void becomeProbe();
    void becomeReplicate();
    void becomeSnapshot(Index index);
    void sentEntries(std::size_t count, std::uint64_t bytes);
    // The follower acknowledged `index`; false if that was known.
    bool maybeUpdate(Index index);
    // The follower rejected an append after `rejected`; false if the answer is stale. `hint` is where it may match.
    bool maybeDecreaseTo(Index rejected, Index hint);

    std::string describe() const;  // "StateReplicate match=3 next=4 inflight=2"

private:
    void resetState(ProgressState to);
};

}  // namespace raftarium::raft
