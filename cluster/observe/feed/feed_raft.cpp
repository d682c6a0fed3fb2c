// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Elections, the log, snapshots and membership.
#include "cluster/observe/feed/feed_parts.h"

#include <algorithm>

namespace raftarium::observe {

namespace {

constexpr std::uint64_t kFarBehind = 10;  // entries: catching up from there is worth a line
constexpr TimeNs kSlowSync = 100'000'000;

MaybeLine becameFollower(const Event& event, const ClusterState& before, const RoleChanged& change) {
    const std::string self = before.nameOf(event.node), term = text(change.term);
    const NodeState* was = before.node(event.node);
    const Role role = was ? was->role : Role::follower;
    const base::Text reason = textOf(change, before);
    if (role == Role::leader) return feedLine(event, Say::leaderSteppedDown, {self, term, reason}, 1);
    if (role == Role::candidate || role == Role::preCandidate)
        return feedLine(event, Say::candidateGaveUp, {self, term, reason});
    if (change.leader != 0 && (!was || was->leader != change.leader || was->term != change.term))
        return feedLine(event, Say::follows, {self, before.nameOf(change.leader), term});
    if (change.leader == 0 && was && was->leader != 0) return feedLine(event, Say::leaderLost, {self, term, reason});
    return std::nullopt;
}

}  // namespace

MaybeLine sayPart(const Event& event, const ClusterState& before, const RoleChanged& change) {
    const std::string self = before.nameOf(event.node), term = text(change.term);
    const NodeState* was = before.node(event.node);
    switch (change.role) {
        case Role::preCandidate:
            return feedLine(event, Say::preElectionStarted, {self, text(change.term + 1)});
        case Role::candidate:
            if (was && was->deadline.timeoutNs > 0 &&
                (change.cause == RoleCause::unknown || change.cause == RoleCause::electionTimeout))
                return feedLine(event, Say::electionStarted, {self, term, milliseconds(was->deadline.timeoutNs)}, 1);
            return feedLine(event, Say::electionStartedBecause, {self, term, textOf(change, before)}, 1);
        case Role::leader: {
            if (!was || !was->tally || was->tally->preVote || was->tally->granted.empty())
                return feedLine(event, Say::leaderElectedAlone, {self, term}, 1);
            const std::size_t voters =
                was->configuration.voters.empty() ? 2 * was->tally->needed - 1 : was->configuration.voters.size();
            return feedLine(event, Say::leaderElected, {self, term, text(was->tally->granted.size()), text(voters)}, 1);
        }
        default:
            return becameFollower(event, before, change);
    }
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const TermChanged& change) {
    if (change.seenFrom == event.node) return std::nullopt;  // its own campaign: its new role reports it
    if (change.seenFrom == 0) return feedLine(event, Say::termMoved, {before.nameOf(event.node), text(change.term)});
    return feedLine(event, Say::termSeen,
                    {before.nameOf(event.node), text(change.term), before.nameOf(change.seenFrom)});
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const VoteCast& vote) {
    if (vote.candidate == event.node) return std::nullopt;
    const std::string self = before.nameOf(event.node), candidate = before.nameOf(vote.candidate);
    const std::string term = text(vote.term);
    const std::string theirTerm = text(vote.candidateLastTerm), theirIndex = text(vote.candidateLastIndex);
    const std::string ownTerm = text(vote.ownLastTerm), ownIndex = text(vote.ownLastIndex);
    switch (vote.result) {
        case VoteResult::granted:
            if (vote.preVote) return feedLine(event, Say::votedPre, {self, candidate, term});
            return feedLine(event, Say::voted, {self, candidate, term, theirTerm, theirIndex, ownTerm, ownIndex});
        case VoteResult::alreadyVoted:
            return feedLine(event, Say::refusedVoted, {self, candidate, term, before.nameOf(vote.votedFor)});
        case VoteResult::logBehind:
            return feedLine(event, vote.preVote ? Say::refusedLogPre : Say::refusedLog,
                            {self, candidate, theirTerm, theirIndex, ownTerm, ownIndex}, 1);
        case VoteResult::leaderKnown:
            return feedLine(event, Say::refusedLeaderKnown, {self, candidate, term});
        case VoteResult::leaderLease:
            return feedLine(event, Say::refusedLease, {self, candidate});
        case VoteResult::oldTerm:
            return feedLine(event, Say::refusedOldTerm, {self, candidate, term});
    }
    return std::nullopt;
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const VoteTally& tally) {
    if (tally.result != TallyResult::lost) return std::nullopt;  // the new role reports a win
    return feedLine(
        event, tally.preVote ? Say::preElectionLost : Say::electionLost,
        {before.nameOf(event.node), text(tally.term), text(tally.granted.size()), text(tally.refused.size())}, 1);
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const LogTruncated& cut) {
    return feedLine(event, Say::conflict,
                    {before.nameOf(event.node), text(cut.fromIndex), text(cut.toIndex), text(cut.fromTerm)}, 1);
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const LogCompacted& compacted) {
    return feedLine(event, Say::logCompacted, {before.nameOf(event.node), text(compacted.firstIndex)});
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const WalSynced& sync) {
    if (sync.durationNs < kSlowSync) return std::nullopt;
    return feedLine(event, Say::slowSync, {before.nameOf(event.node), milliseconds(sync.durationNs)}, 1);
}

// Only the leader's commit gets a line: followers learn of the same commit a moment later.
MaybeLine sayPart(const Event& event, const ClusterState& before, const CommitAdvanced& commit) {
    const NodeState* node = before.node(event.node);
    if (!node || node->role != Role::leader || commit.index <= node->log.commitIndex) return std::nullopt;
    const LogEntry* entry = node->log.find(commit.index);
    if (commit.index == node->log.commitIndex + 1 && entry && !entry->text.empty())
        return feedLine(event, Say::committedEntry, {before.nameOf(event.node), text(commit.index), entry->text});
    return feedLine(event, Say::committed, {before.nameOf(event.node), text(commit.index)});
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const ProgressChanged& change) {
    const NodeState* node = before.node(event.node);
    const Progress& now = change.progress;
    if (!node || now.peer == event.node) return std::nullopt;  // a leader reports its own log, too
    const auto was = std::find_if(node->progress.begin(), node->progress.end(),
                                  [&](const Progress& p) { return p.peer == now.peer; });
    if (was == node->progress.end()) return std::nullopt;
    const std::string self = before.nameOf(event.node), peer = before.nameOf(now.peer);
    const std::uint64_t last = node->log.lastIndex;
    const bool caughtUp = now.state == ProgressState::replicate && now.match >= last;
    const bool wasBehind = was->match + kFarBehind < last || was->state == ProgressState::snapshot;
    if (caughtUp && wasBehind && was->match != 0)
        return feedLine(event, Say::caughtUp, {peer, self, text(now.match)}, 1);
    if (now.state == ProgressState::probe && was->state == ProgressState::replicate)
        return feedLine(event, Say::probing, {self, peer, text(now.next)});
    return std::nullopt;
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const ConfigurationChanged& change) {
    const NodeState* node = before.node(event.node);
    if (!node || before.leader != event.node) return std::nullopt;
    const Configuration &was = node->configuration, &now = change.configuration;
    if (was.voters == now.voters && was.learners == now.learners && was.votersOutgoing == now.votersOutgoing)
        return std::nullopt;
    // Names of new members stand in the new configuration only.
    const auto names = [&](const std::vector<NodeId>& ids) {
        std::string out;
        for (NodeId id : ids) {
            const auto member =
                std::find_if(now.members.begin(), now.members.end(), [&](const Member& m) { return m.id == id; });
            const bool named = member != now.members.end() && !member->name.empty();
            out += (out.empty() ? "" : ", ") + (named ? member->name : before.nameOf(id));
        }
        return out;
    };
    if (!now.votersOutgoing.empty())
        return feedLine(event, Say::jointNow, {names(now.votersOutgoing), names(now.voters)}, 1);
    if (!now.learners.empty())
        return feedLine(event, Say::votersAndLearnersNow, {names(now.voters), names(now.learners)}, 1);
    return feedLine(event, Say::votersNow, {names(now.voters)}, 1);
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const SnapshotProgress& snapshot) {
    const std::string self = before.nameOf(event.node);
    switch (snapshot.phase) {
        case SnapshotPhase::created:
            return feedLine(event, Say::snapshotTaken, {self, text(snapshot.index)});
        case SnapshotPhase::sending:
            if (snapshot.bytesDone != 0) return std::nullopt;
            return feedLine(event, Say::snapshotSending, {self, before.nameOf(snapshot.peer), text(snapshot.index)}, 1);
        case SnapshotPhase::failed:
            return feedLine(event, Say::snapshotFailed,
                            {self, before.nameOf(snapshot.peer), text(snapshot.bytesDone), text(snapshot.bytesTotal)},
                            2);
        case SnapshotPhase::installed:
            return feedLine(event, Say::snapshotInstalled, {self, text(snapshot.index)}, 1);
        default:
            return std::nullopt;
    }
}

}  // namespace raftarium::observe
