// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/tracker/progress.h"

#include <algorithm>

namespace raftarium::raft {

const char* progressStateName(ProgressState state) {
    switch (state) {
        case ProgressState::probe:
            return "StateProbe";
        case ProgressState::replicate:
            return "StateReplicate";
        case ProgressState::snapshot:
            return "StateSnapshot";
    }
    return "StateUnknown";
}

void Progress::resetState(ProgressState to) {
    flowPaused = false;
    pendingSnapshot = 0;
    state = to;
    inflights.reset();
}

void Progress::becomeProbe() {
    // The pending snapshot has arrived: continue behind it.
    const Index snapshot = state == ProgressState::snapshot ? pendingSnapshot : 0;
    resetState(ProgressState::probe);
    next = std::max(match, snapshot) + 1;
    sentCommit = std::min(sentCommit, next - 1);
}

void Progress::becomeReplicate() {
    resetState(ProgressState::replicate);
    next = match + 1;
}

void Progress::becomeSnapshot(Index index) {
    resetState(ProgressState::snapshot);
    pendingSnapshot = index;
    next = index + 1;
    sentCommit = index;
}

void Progress::sentEntries(std::size_t count, std::uint64_t bytes) {
    if (state == ProgressState::replicate) {
        if (count > 0) {
            next += count;
            inflights.add(next - 1, bytes);
        }
        // With a full window the next append is a probe.
        flowPaused = inflights.full();
    } else if (state == ProgressState::probe && count > 0) {
        flowPaused = true;
    }
}

bool Progress::maybeUpdate(Index index) {
    if (index <= match) return false;
    match = index;
    next = std::max(next, index + 1);
    flowPaused = false;
    return true;
}

bool Progress::maybeDecreaseTo(Index rejected, Index hint) {
    if (state == ProgressState::replicate) {
        if (rejected <= match) return false;
        next = match + 1;
        sentCommit = std::min(sentCommit, next - 1);
        return true;
    }
    if (next - 1 != rejected) return false;
    next = std::max(std::min(rejected, hint + 1), match + 1);
    sentCommit = std::min(sentCommit, next - 1);
    flowPaused = false;
    return true;
}

std::string Progress::describe() const {
    std::string out = progressStateName(state);
    out += " match=" + std::to_string(match) + " next=" + std::to_string(next);
    if (learner) out += " learner";
    if (paused()) out += " paused";
    if (pendingSnapshot > 0) out += " pendingSnap=" + std::to_string(pendingSnapshot);
    if (!recentActive) out += " inactive";
    if (inflights.count() > 0) {
        out += " inflight=" + std::to_string(inflights.count());
        if (inflights.full()) out += "[full]";
    }
    return out;
}

}  // namespace raftarium::raft
