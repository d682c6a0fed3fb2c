// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/feed/feed_parts.h"

#include <cstdio>

namespace raftarium::observe {

FeedLine feedLine(const Event& event, Say say, std::initializer_list<base::TextValue> values, std::uint8_t severity) {
    return {event.atNs, event.node, {templateOf(say), values}, severity};
}

std::string milliseconds(TimeNs time) {
    char buffer[32];
    if (time >= 10'000'000 || time % 1'000'000 == 0)
        std::snprintf(buffer, sizeof buffer, "%lld", static_cast<long long>(time / 1'000'000));
    else
        std::snprintf(buffer, sizeof buffer, "%.1f", static_cast<double>(time) / 1e6);
    return buffer;
}

std::string namesOf(const ClusterState& state, const std::vector<NodeId>& ids) {
    std::string out;
    for (NodeId id : ids) out += (out.empty() ? "" : ", ") + state.nameOf(id);
    return out;
}

base::Text nameOf(MessageKind kind) {
    switch (kind) {
        case MessageKind::voteRequest:
            return {RAFTARIUM_TEXT("Message", "vote request"), {}};
        case MessageKind::preVoteRequest:
            return {RAFTARIUM_TEXT("Message", "pre-vote request"), {}};
        case MessageKind::voteGranted:
            return {RAFTARIUM_TEXT("Message", "vote"), {}};
        case MessageKind::voteRefused:
            return {RAFTARIUM_TEXT("Message", "refusal"), {}};
        case MessageKind::append:
            return {RAFTARIUM_TEXT("Message", "append"), {}};
        case MessageKind::appendAck:
            return {RAFTARIUM_TEXT("Message", "acknowledgement"), {}};
        case MessageKind::appendReject:
            return {RAFTARIUM_TEXT("Message", "rejection"), {}};
        case MessageKind::heartbeat:
            return {RAFTARIUM_TEXT("Message", "heartbeat"), {}};
        case MessageKind::heartbeatAck:
            return {RAFTARIUM_TEXT("Message", "heartbeat answer"), {}};
        case MessageKind::snapshot:
            return {RAFTARIUM_TEXT("Message", "snapshot"), {}};
        case MessageKind::timeoutNow:
            return {RAFTARIUM_TEXT("Message", "call to campaign"), {}};
        case MessageKind::readIndex:
            return {RAFTARIUM_TEXT("Message", "read request"), {}};
        case MessageKind::readIndexAnswer:
            return {RAFTARIUM_TEXT("Message", "read answer"), {}};
        case MessageKind::proposal:
            return {RAFTARIUM_TEXT("Message", "proposal"), {}};
        case MessageKind::transferRequest:
            return {RAFTARIUM_TEXT("Message", "transfer request"), {}};
        case MessageKind::other:
            break;
    }
    return {RAFTARIUM_TEXT("Message", "message"), {}};
}

base::Text noReason() { return {RAFTARIUM_TEXT("Cause", "no reason given"), {}}; }

base::Text textOf(const RoleChanged& change, const ClusterState& state) {
    const bool by = change.causedBy != 0;
    const base::TextValue other = state.nameOf(by ? change.causedBy : change.leader);
    switch (change.cause) {
        case RoleCause::electionTimeout:
            return {RAFTARIUM_TEXT("Cause", "its election timeout passed"), {}};
        case RoleCause::preVoteWon:
            return {RAFTARIUM_TEXT("Cause", "it won the pre-vote"), {}};
        case RoleCause::voteWon:
            return {RAFTARIUM_TEXT("Cause", "it won the election"), {}};
        case RoleCause::voteLost:
            return {RAFTARIUM_TEXT("Cause", "it lost the election"), {}};
        case RoleCause::higherTerm:
            if (!by) return {RAFTARIUM_TEXT("Cause", "it saw a higher term"), {}};
            return {RAFTARIUM_TEXT("Cause", "it saw a higher term in a message from {0}"), {other}};
        case RoleCause::leaderSeen:
            if (!by && change.leader == 0) return {RAFTARIUM_TEXT("Cause", "it heard from the leader"), {}};
            return {RAFTARIUM_TEXT("Cause", "{0} leads this term"), {other}};
        case RoleCause::quorumLost:
            return {RAFTARIUM_TEXT("Cause", "it lost contact with a majority"), {}};
        case RoleCause::removed:
            return {RAFTARIUM_TEXT("Cause", "it was removed from the cluster"), {}};
        case RoleCause::transfer:
            if (!by) return {RAFTARIUM_TEXT("Cause", "the leader hands leadership over to it"), {}};
            return {RAFTARIUM_TEXT("Cause", "{0} hands leadership over to it"), {other}};
        case RoleCause::campaignAsked:
            return {RAFTARIUM_TEXT("Cause", "it was asked to campaign"), {}};
        case RoleCause::forgotLeader:
            return {RAFTARIUM_TEXT("Cause", "it was told to forget its leader"), {}};
        case RoleCause::unknown:
            break;
    }
    if (change.leader == 0) return noReason();
    return {RAFTARIUM_TEXT("Cause", "{0} leads this term"), {other}};
}

base::Text textOf(WatcherCause cause) {
    switch (cause) {
        case WatcherCause::created:
            return {RAFTARIUM_TEXT("Cause", "it is new"), {}};
        case WatcherCause::caughtUp:
            return {RAFTARIUM_TEXT("Cause", "it caught up"), {}};
        case WatcherCause::queueFull:
            return {RAFTARIUM_TEXT("Cause", "its queue is full"), {}};
        case WatcherCause::queueHasRoom:
            return {RAFTARIUM_TEXT("Cause", "its queue has room again"), {}};
        case WatcherCause::cancelledByClient:
            return {RAFTARIUM_TEXT("Cause", "its client cancelled it"), {}};
        case WatcherCause::revisionCompacted:
            return {RAFTARIUM_TEXT("Cause", "the revision that it needs was compacted"), {}};
        case WatcherCause::storeReplaced:
            return {RAFTARIUM_TEXT("Cause", "a snapshot replaced the store"), {}};
        case WatcherCause::unknown:
            break;
    }
    return noReason();
}

}  // namespace raftarium::observe
