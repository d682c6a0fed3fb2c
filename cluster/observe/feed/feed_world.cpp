// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Processes, links, lost messages, leases, watchers and clients.
#include "cluster/base/byte_text.h"
#include "cluster/base/coding.h"
#include "cluster/observe/feed/feed_parts.h"

namespace raftarium::observe {

namespace {

constexpr TimeNs kTickMax = 60'000'000'000;  // more than the control service allows
constexpr TimeNs kTicksMax = 100'000;
constexpr std::size_t kKeyMax = 48;

const char* alarmName(AlarmType type) {
    return type == AlarmType::noSpace ? "NOSPACE" : type == AlarmType::corrupt ? "CORRUPT" : "NONE";
}

std::string percent(double share) { return std::to_string(static_cast<int>(share * 100 + 0.5)); }

// Heartbeats and answers are lost many times a second on a cut link; the cut itself has a line.
bool worthALine(MessageKind kind) {
    switch (kind) {
        case MessageKind::heartbeat:
        case MessageKind::heartbeatAck:
        case MessageKind::appendAck:
        case MessageKind::appendReject:
        case MessageKind::readIndex:
        case MessageKind::readIndexAnswer:
        case MessageKind::other:
            return false;
        default:
            return true;
    }
}

// As in the text of requests (wire/request_text.h): a, a..b, and a.. for all keys from a on.
std::string keysOf(const Watcher& watcher) {
    const std::string key = base::byteTextEnds(watcher.key, kKeyMax);
    if (watcher.rangeEnd.empty()) return key;
    return key + ".." + (watcher.rangeEnd == std::string(1, '\0') ? "" : base::byteTextEnds(watcher.rangeEnd, kKeyMax));
}

// All members apply the same entries; one of them is enough for a line.
bool speaksForAll(const Event& event, const ClusterState& before) {
    return before.leader == event.node || before.leader == 0;
}

base::TextValue orNone(const std::string& reason) {
    return reason.empty() ? base::TextValue(noReason()) : base::TextValue(reason);
}

base::Text asAsked() { return {RAFTARIUM_TEXT("Cause", "it was told to stop"), {}}; }

// Without the address of the socket, which says nothing to a reader: "unix:/run/user/1/raftarium/a/n2: Socket closed".
std::string plainReason(const std::string& reason) {
    const std::size_t end = reason.starts_with("unix:") ? reason.find(": ") : std::string::npos;
    return end == std::string::npos ? reason : reason.substr(end + 2);
}

}  // namespace

MaybeLine sayPart(const Event& event, const ClusterState& before, const FullState& full) {
    const NodeState* was = before.node(event.node);
    const bool again = was && was->incarnation == full.incarnation && full.incarnation != 0;
    if (was && was->known && again) return std::nullopt;
    return feedLine(event, again ? Say::heardAgain : Say::reports,
                    {full.name.empty() ? before.nameOf(event.node) : full.name, text(full.term), text(full.lastIndex)});
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const StreamEnded& ended) {
    const NodeState* was = before.node(event.node);
    if (!was || !was->known || was->process == ProcessState::stopped) return std::nullopt;
    return feedLine(event, Say::silent, {before.nameOf(event.node), orNone(plainReason(ended.reason))}, 2);
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const ProcessChanged& process) {
    const NodeState* was = before.node(event.node);
    const std::string self = process.name.empty() ? before.nameOf(event.node) : process.name;
    switch (process.state) {
        case ProcessState::starting:
            return feedLine(event, Say::starts, {self}, 1);
        case ProcessState::running:
            if (was && was->process == ProcessState::paused) return feedLine(event, Say::resumed, {self}, 1);
            if (!was || was->process == ProcessState::stopped) return feedLine(event, Say::starts, {self}, 1);
            return std::nullopt;
        case ProcessState::paused:
            return feedLine(event, Say::paused, {self}, 2);
        case ProcessState::stopped:
            if (process.signal != 0) return feedLine(event, Say::killed, {self, text(process.signal)}, 2);
            if (process.exitCode != 0)
                return feedLine(event, Say::exitedWithCode, {self, text(process.exitCode), orNone(process.text)}, 2);
            return feedLine(event, Say::exited,
                            {self, process.text.empty() ? base::TextValue(asAsked()) : base::TextValue(process.text)},
                            1);
    }
    return std::nullopt;
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const Lifecycle& step) {
    const std::string self = before.nameOf(event.node);
    if (step.phase == LifecyclePhase::ready) return feedLine(event, Say::serves, {self});
    if (step.phase == LifecyclePhase::stopping) return feedLine(event, Say::stopping, {self});
    if (step.phase == LifecyclePhase::removed) return feedLine(event, Say::removed, {self}, 1);
    return std::nullopt;
}

// Both ends of a link report its faults; only the sending end gets a line, so that each link has one.
MaybeLine sayPart(const Event& event, const ClusterState& before, const FaultsChanged& change) {
    const NodeState* was = before.node(event.node);
    const std::string self = before.nameOf(event.node);
    std::map<NodeId, LinkFaults> now;
    for (const auto& link : change.links)
        if (link.from == event.node) now[link.to] = link;
    const std::map<NodeId, LinkFaults> none;
    const auto& then = was ? was->faults : none;
    const auto faultsThen = [&](NodeId to) {
        const auto it = then.find(to);
        return it == then.end() ? LinkFaults{} : it->second;
    };
    std::vector<NodeId> cut, healed;
    for (const auto& [to, link] : now)
        if (link.cut && !faultsThen(to).cut) cut.push_back(to);
    for (const auto& [to, link] : then)
        if (link.cut && !(now.count(to) != 0 && now[to].cut)) healed.push_back(to);
    if (!cut.empty()) return feedLine(event, Say::cutOff, {self, namesOf(before, cut)}, 2);
    if (!healed.empty()) return feedLine(event, Say::healed, {self, namesOf(before, healed)}, 1);
    for (const auto& [to, link] : now) {
        const LinkFaults old = faultsThen(to);
        const std::string peer = before.nameOf(to);
        if (link.hold && !old.hold) return feedLine(event, Say::held, {self, peer}, 1);
        if (link.dropShare > old.dropShare)
            return feedLine(event, Say::lossy, {self, peer, percent(link.dropShare)}, 1);
        if (link.delayNs > old.delayNs) return feedLine(event, Say::slow, {self, peer, milliseconds(link.delayNs)}, 1);
    }
    if (now.empty() && !then.empty()) return feedLine(event, Say::faultsCleared, {self}, 1);
    return std::nullopt;
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const PaceChanged& change) {
    const NodeState* was = before.node(event.node);
    if (was && was->pace == change.pace) return std::nullopt;
    const Pace& pace = change.pace;
    if (pace.tickNs < 0 || pace.tickNs > kTickMax || pace.heartbeatTicks > kTicksMax || pace.electionTicks > kTicksMax)
        return std::nullopt;  // no node accepts such a pace
    return feedLine(event, Say::paceSet,
                    {before.nameOf(event.node), milliseconds(pace.tickNs),
                     milliseconds(pace.tickNs * pace.heartbeatTicks), milliseconds(pace.tickNs * pace.electionTicks)});
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const MessageReceived& received) {
    if (received.message.kind != MessageKind::timeoutNow) return std::nullopt;
    return feedLine(event, Say::toldToCampaign, {before.nameOf(event.node), before.nameOf(received.message.from)}, 1);
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const MessageDropped& dropped) {
    const Message& message = dropped.message;
    if (!worthALine(message.kind) && dropped.reason != DropReason::byHand) return std::nullopt;
    const auto line = [&](Say say) {
        return feedLine(event, say, {before.nameOf(message.from), before.nameOf(message.to), nameOf(message.kind)}, 2);
    };
    switch (dropped.reason) {
        case DropReason::linkCut:
            return line(Say::lostCut);
        case DropReason::loss:
            return line(Say::lostChance);
        case DropReason::unreachable:
            return line(Say::lostUnreachable);
        case DropReason::queueFull:
            return line(Say::lostQueue);
        case DropReason::byHand:
            return line(Say::lostByHand);
        case DropReason::stepRefused:
            return line(Say::lostRefused);
        case DropReason::unknown:
            return std::nullopt;
    }
    return std::nullopt;
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const MessageDelayed& delayed) {
    if (delayed.untilNs != 0) return std::nullopt;
    const Message& message = delayed.message;
    return feedLine(event, Say::messageHeld,
                    {before.nameOf(message.from), before.nameOf(message.to), nameOf(message.kind)}, 1);
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const LeaseChanged& change) {
    if (!speaksForAll(event, before)) return std::nullopt;
    const std::string lease = base::hexId(static_cast<std::uint64_t>(change.lease.id));
    if (change.kind == LeaseChange::granted)
        return feedLine(event, Say::leaseGranted, {lease, text(change.lease.ttlSeconds)});
    if (change.kind == LeaseChange::revoked) return feedLine(event, Say::leaseRevoked, {lease});
    if (change.kind == LeaseChange::expired)
        return feedLine(event, Say::leaseExpired, {lease, text(change.lease.keys)}, 1);
    return std::nullopt;
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const Compacted& compacted) {
    if (!speaksForAll(event, before)) return std::nullopt;
    if (!compacted.finished) return feedLine(event, Say::compactionScheduled, {text(compacted.revision)}, 1);
    return feedLine(event, Say::compactionDone, {text(compacted.revision), text(compacted.rowsRemoved)});
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const AlarmChanged& change) {
    if (!speaksForAll(event, before)) return std::nullopt;
    const std::string name = alarmName(change.alarm.type), member = before.nameOf(change.alarm.member);
    if (change.active) return feedLine(event, Say::alarmRaised, {name, member}, 2);
    return feedLine(event, Say::alarmCleared, {name, member}, 1);
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const WatcherMoved& moved) {
    Watcher watcher = moved.watcher;
    if (const NodeState* was = before.node(event.node); was && watcher.key.empty()) {
        const auto it = was->watchers.find({watcher.stream, watcher.id});
        if (it != was->watchers.end()) {
            watcher.key = it->second.key;
            watcher.rangeEnd = it->second.rangeEnd;
        }
    }
    const std::string self = before.nameOf(event.node), keys = keysOf(watcher), at = text(watcher.nextRevision);
    switch (watcher.group) {
        case WatcherGroup::none:
            return feedLine(event, Say::watcherGone, {self, keys, textOf(moved.cause)});
        case WatcherGroup::victim:
            return feedLine(event, Say::watcherWaits, {self, keys, textOf(moved.cause)}, 1);
        case WatcherGroup::unsynced:
            return feedLine(event, Say::watcherBehind, {self, keys, at, textOf(moved.cause)},
                            moved.from == WatcherGroup::synced ? 1 : 0);
        case WatcherGroup::synced:
            if (moved.from == WatcherGroup::none) return feedLine(event, Say::watcherMade, {self, keys, at});
            return feedLine(event, Say::watcherSynced, {self, keys, text(watcher.nextRevision - 1)});
    }
    return std::nullopt;
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const ClientRequest& request) {
    const std::string self = before.nameOf(event.node);
    const auto call = before.calls.find(request.requestId);
    // No line without its beginning: a member's own request, or one whose first event was left out under load.
    if (request.text.empty() && call == before.calls.end() && request.phase != RequestPhase::failed)
        return std::nullopt;
    const base::TextValue asked =
        !request.text.empty() ? base::TextValue(request.text)
        : call != before.calls.end()
            ? base::TextValue(call->second.text)
            : base::TextValue(base::Text{RAFTARIUM_TEXT("Feed", "request {0}"), {base::hexId(request.requestId)}});
    switch (request.phase) {
        case RequestPhase::received:
            return feedLine(event, Say::requestMade, {self, asked});
        case RequestPhase::forwarded:
            return feedLine(event, Say::requestForwarded, {self, before.nameOf(request.forwardedTo), asked});
        case RequestPhase::answered:
            return feedLine(event, Say::requestAnswered, {self, asked, text(request.revision)});
        case RequestPhase::failed:
            return feedLine(event, Say::requestFailed, {self, asked, orNone(request.error)}, 2);
        default:
            return std::nullopt;
    }
}

MaybeLine sayPart(const Event& event, const ClusterState&, const ActionTaken& action) {
    if (action.outcome == ActionOutcome::failed)
        return feedLine(event, Say::actionFailed, {action.line, orNone(action.error)}, 2);
    return feedLine(event, Say::actionTaken, {action.line}, 1);
}

MaybeLine sayPart(const Event& event, const ClusterState& before, const Lost& lost) {
    return feedLine(event, lost.sampled ? Say::eventsSampled : Say::eventsLost,
                    {before.nameOf(event.node), text(lost.count)}, lost.sampled ? 0 : 2);
}

}  // namespace raftarium::observe
