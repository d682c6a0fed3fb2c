// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/feed/feed.h"

#include "cluster/observe/feed/feed_parts.h"

#include <array>
#include <cstdio>

namespace raftarium::observe {

namespace {

constexpr std::array<const char*, static_cast<std::size_t>(Say::count)> kTemplates = {
    "{0} starts an election for term {1}: no sign of a leader for {2} ms",
    "{0} starts an election for term {1}: {2}",
    "{0} asks whether it could win term {1}, before it raises its term",
    "{0} is leader of term {1}: it has {2} of {3} votes",
    "{0} is leader of term {1}",
    "{0} steps down as leader in term {1}: {2}",
    "{0} gives up its candidacy in term {1}: {2}",
    "{0} follows {1} in term {2}",
    "{0} knows no leader any more in term {1}: {2}",
    "{0} learns of term {1} from {2}",
    "{0} moves to term {1}",
    "{0} loses the election of term {1}: {2} granted, {3} refused",
    "{0} would not win term {1}: {2} granted, {3} refused; it stays in its term",

    "{0} votes for {1} in term {2}: its log ends at term {3}, index {4}; mine at term {5}, index {6}",
    "{0} would vote for {1} in term {2}",
    "{0} refused {1} in term {2}: it already voted for {3}",
    "{0} refused {1}: its log ends at term {2}, index {3}; mine at term {4}, index {5}",
    "{0} would refuse {1}: its log ends at term {2}, index {3}; mine at term {4}, index {5}",
    "{0} refused {1}: term {2} already has a leader",
    "{0} ignored {1}: it heard from its leader within the election timeout",
    "{0} refused {1}: it asks for term {2}, which is over",

    "{0} drops entries {1} to {2} of term {3}: they conflict with the leader's log",
    "{0} has caught up with {1}: both end at entry {2}",
    "{0} no longer knows what {1} has: it probes from entry {2}",
    "{0} commits up to entry {1}: a majority has it",
    "{0} commits entry {1}, {2}: a majority has it",
    "{0} lets go of its log before entry {1}",
    "{0} waited {1} ms for its disk",

    "{0} took a snapshot at entry {1}",
    "{0} sends {1} a snapshot of entry {2}: its log no longer holds what {1} misses",
    "The snapshot from {0} to {1} failed at {2} of {3} bytes",
    "{0} installed the snapshot of entry {1}",

    "The voters are now {0}",
    "The voters are now {0}; learning: {1}",
    "Two majorities must agree while members change: of {0}, and of {1}",

    "{0} starts",
    "{0} was killed by signal {1}",
    "{0} stopped: {1}",
    "{0} ended with exit code {1}: {2}",
    "{0} is paused: its process stands still",
    "{0} goes on after a pause",
    "{0} reports: term {1}, log up to entry {2}",
    "{0} is heard again: term {1}, log up to entry {2}",
    "{0} is silent: {1}",
    "{0} serves clients",
    "{0} is stopping",
    "{0} was removed from the cluster",

    "{0} is cut off from {1}",
    "{0} reaches {1} again",
    "Messages from {0} to {1} are held",
    "{2} % of the messages from {0} to {1} get lost",
    "Messages from {0} to {1} take {2} ms longer",
    "All links of {0} are whole again",
    "{0} ticks every {1} ms: heartbeat {2} ms, election from {3} ms",

    "{0}'s {2} to {1} is lost: the link is cut",
    "{0}'s {2} to {1} is lost by chance",
    "{0}'s {2} is lost: {1} cannot be reached",
    "{0}'s {2} to {1} is lost: the queue is full",
    "{0}'s {2} to {1} was dropped by hand",
    "{1} ignored a {2} from {0}",
    "{0}'s {2} to {1} is held",
    "{1} tells {0} to start an election at once",

    "Lease {0} is granted for {1} s",
    "Lease {0} is revoked, and its keys with it",
    "Lease {0} expired unrenewed: its {1} keys go",
    "Compaction: revisions before {0} will go",
    "Compaction up to revision {0} is done: {1} rows went",
    "Alarm {0} on {1}",
    "Alarm {0} on {1} is over",

    "A watcher of {1} is on {0}, from revision {2}",
    "The watcher of {1} on {0} ended: {2}",
    "The watcher of {1} on {0} is behind, from revision {2} on: {3}",
    "The watcher of {1} on {0} is set aside: {2}",
    "The watcher of {1} on {0} has caught up to revision {2}",

    "A client asks {0}: {1}",
    "{0} passes on to {1}: {2}",
    "{0} answers: {1}, revision {2}",
    "{0} could not: {1}: {2}",

    "{1} events of {0} are missing: its buffer was overrun",
    "{1} events of {0} were left out under load",

    "{0} heard from no leader for {1} ms, the timeout it had drawn",
    "{0} was first: {1} would have waited {2} ms longer",
    "{0} asks the others for their votes in term {1}, showing that its log ends at term {2}, index {3}",
    "{0} needs {1} votes and has {2}: {3}",
    "No voter of the majority has a newer log than {0}: all that was committed is in it",
};

static_assert(kTemplates.back() != nullptr, "a template for each of Say");

}  // namespace

const char* templateOf(Say say) { return kTemplates[static_cast<std::size_t>(say)]; }

FeedLine feedLine(const Event& event, Say say, std::initializer_list<std::string> values, std::uint8_t severity) {
    return {event.atNs, event.node, templateOf(say), values, severity};
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

const char* nameOf(MessageKind kind) {
    switch (kind) {
        case MessageKind::voteRequest:
            return "vote request";
        case MessageKind::preVoteRequest:
            return "pre-vote request";
        case MessageKind::voteGranted:
            return "vote";
        case MessageKind::voteRefused:
            return "refusal";
        case MessageKind::append:
            return "append";
        case MessageKind::appendAck:
            return "acknowledgement";
        case MessageKind::appendReject:
            return "rejection";
        case MessageKind::heartbeat:
            return "heartbeat";
        case MessageKind::heartbeatAck:
            return "heartbeat answer";
        case MessageKind::snapshot:
            return "snapshot";
        case MessageKind::timeoutNow:
            return "call to campaign";
        case MessageKind::readIndex:
            return "read request";
        case MessageKind::readIndexAnswer:
            return "read answer";
        case MessageKind::proposal:
            return "proposal";
        case MessageKind::transferRequest:
            return "transfer request";
        case MessageKind::other:
            break;
    }
    return "message";
}

std::string FeedLine::plain() const {
    std::string out;
    for (const char* p = text; *p != '\0'; ++p) {
        if (p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}') {
            const auto at = static_cast<std::size_t>(p[1] - '0');
            if (at < values.size()) out += values[at];
            p += 2;
        } else {
            out += *p;
        }
    }
    return out;
}

std::optional<FeedLine> describe(const Event& event, const ClusterState& before) {
    return std::visit([&](const auto& kind) { return sayPart(event, before, kind); }, event.kind);
}

const std::vector<const char*>& feedTemplates() {
    static const std::vector<const char*> all(kTemplates.begin(), kTemplates.end());
    return all;
}

}  // namespace raftarium::observe
