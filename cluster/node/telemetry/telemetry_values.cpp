// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_values.h"

#include "cluster/wire/message_codec.h"
#include "cluster/wire/request_text.h"
#include "cluster/wire/requests.h"

#include <string_view>

namespace raftarium::node {
namespace {

constexpr std::string_view kTransferContext = "CampaignTransfer";

telemetry::RoleCause valueOf(raft::RoleCause cause) {
    switch (cause) {
        case raft::RoleCause::electionTimeout:
            return telemetry::RoleCause::electionTimeout;
        case raft::RoleCause::preVoteWon:
            return telemetry::RoleCause::preVoteWon;
        case raft::RoleCause::voteWon:
            return telemetry::RoleCause::voteWon;
        case raft::RoleCause::voteLost:
            return telemetry::RoleCause::voteLost;
        case raft::RoleCause::higherTerm:
            return telemetry::RoleCause::higherTerm;
        case raft::RoleCause::leaderSeen:
            return telemetry::RoleCause::leaderSeen;
        case raft::RoleCause::quorumLost:
            return telemetry::RoleCause::quorumLost;
        case raft::RoleCause::removed:
            return telemetry::RoleCause::removed;
        case raft::RoleCause::transfer:
            return telemetry::RoleCause::transfer;
        case raft::RoleCause::campaignAsked:
            return telemetry::RoleCause::campaignAsked;
        case raft::RoleCause::forgotLeader:
            return telemetry::RoleCause::forgotLeader;
        case raft::RoleCause::none:
            break;
    }
    return telemetry::RoleCause::unknown;
}

telemetry::VoteResult valueOf(raft::VoteResult result) {
    switch (result) {
        case raft::VoteResult::granted:
            return telemetry::VoteResult::granted;
        case raft::VoteResult::alreadyVoted:
            return telemetry::VoteResult::alreadyVoted;
        case raft::VoteResult::logBehind:
            return telemetry::VoteResult::logBehind;
        case raft::VoteResult::leaderKnown:
            return telemetry::VoteResult::leaderKnown;
        case raft::VoteResult::leaderLease:
            return telemetry::VoteResult::leaderLease;
        case raft::VoteResult::oldTerm:
            break;
    }
    return telemetry::VoteResult::oldTerm;
}

telemetry::ProgressState valueOf(raft::ProgressState state) {
    switch (state) {
        case raft::ProgressState::replicate:
            return telemetry::ProgressState::replicate;
        case raft::ProgressState::snapshot:
            return telemetry::ProgressState::snapshot;
        case raft::ProgressState::probe:
            break;
    }
    return telemetry::ProgressState::probe;
}

telemetry::WatcherGroup valueOf(mvcc::WatcherGroup group) {
    switch (group) {
        case mvcc::WatcherGroup::synced:
            return telemetry::WatcherGroup::synced;
        case mvcc::WatcherGroup::unsynced:
            return telemetry::WatcherGroup::unsynced;
        case mvcc::WatcherGroup::victim:
            return telemetry::WatcherGroup::victim;
        case mvcc::WatcherGroup::none:
            break;
    }
    return telemetry::WatcherGroup::none;
}

telemetry::WatcherCause valueOf(mvcc::WatcherCause cause) {
    switch (cause) {
        case mvcc::WatcherCause::created:
            return telemetry::WatcherCause::created;
        case mvcc::WatcherCause::caughtUp:
            return telemetry::WatcherCause::caughtUp;
        case mvcc::WatcherCause::queueFull:
            return telemetry::WatcherCause::queueFull;
        case mvcc::WatcherCause::queueHasRoom:
            return telemetry::WatcherCause::queueHasRoom;
        case mvcc::WatcherCause::cancelledByClient:
            return telemetry::WatcherCause::cancelledByClient;
        case mvcc::WatcherCause::revisionCompacted:
            return telemetry::WatcherCause::revisionCompacted;
        case mvcc::WatcherCause::storeReplaced:
            return telemetry::WatcherCause::storeReplaced;
    }
    return telemetry::WatcherCause::unknown;
}

telemetry::AlarmType valueOf(mvcc::AlarmType type) {
    switch (type) {
        case mvcc::AlarmType::noSpace:
            return telemetry::AlarmType::noSpace;
        case mvcc::AlarmType::corrupt:
            return telemetry::AlarmType::corrupt;
        case mvcc::AlarmType::none:
            break;
    }
    return telemetry::AlarmType::none;
}

using MaybeKind = std::optional<telemetry::EventKind>;

// One overload for each kind of the core's trace that is reported as it is.
struct CoreTrace {
    MaybeKind operator()(const raft::trace::RoleChanged& e) const {
        const telemetry::RoleCause cause = valueOf(e.cause);
        const bool byMessage = cause == telemetry::RoleCause::higherTerm || cause == telemetry::RoleCause::leaderSeen ||
                               cause == telemetry::RoleCause::transfer;
        return telemetry::RoleChanged{roleOf(e.role), e.term, e.leader, cause, byMessage ? e.messageFrom : 0};
    }
    MaybeKind operator()(const raft::trace::TermChanged& e) const {
        return telemetry::TermChanged{e.term, e.previous, e.messageFrom};
    }
    MaybeKind operator()(const raft::trace::VoteCast& e) const {
        return telemetry::VoteCast{
            e.candidate,          e.term,        e.preVote,      valueOf(e.result), e.candidateLastTerm,
            e.candidateLastIndex, e.ownLastTerm, e.ownLastIndex, e.votedFor};
    }
    MaybeKind operator()(const raft::trace::LogTruncated& e) const {
        return telemetry::LogTruncated{e.first, e.last, e.firstTerm};
    }
    MaybeKind operator()(const raft::trace::LogCompacted& e) const { return telemetry::LogCompacted{e.first}; }
    MaybeKind operator()(const raft::trace::CommitAdvanced& e) const {
        return telemetry::CommitAdvanced{e.index, e.term};
    }
    MaybeKind operator()(const raft::trace::ProgressChanged& e) const {
        return telemetry::ProgressChanged{
            {e.peer, valueOf(e.state), e.match, e.next, static_cast<std::uint32_t>(e.inFlight), e.paused, true}};
    }
    template <typename Other>
    MaybeKind operator()(const Other&) const {
        return std::nullopt;
    }
};

telemetry::LeaseChanged leaseChanged(telemetry::LeaseChange kind, telemetry::Lease lease, telemetry::LeaseCause cause) {
    return {kind, lease, cause};
}

// One overload for each kind of the store's trace.
struct StoreValue {
    std::uint64_t index;
    std::uint64_t requestId;

    telemetry::EventKind operator()(mvcc::trace::KeyChanged& e) const {
        telemetry::KeyChanged out;
        out.index = index;
        out.requestId = requestId;
        if (!e.event) return out;
        const mvcc::KeyValue& kv = e.event->kv;
        out.main = e.event->revision.main;
        out.sub = e.event->revision.sub;
        out.deleted = e.event->deleted;
        out.key = base::Bytes(std::shared_ptr<const std::string>(e.event, &kv.key));
        out.value = base::Bytes(std::shared_ptr<const std::string>(e.event, &kv.value));
        out.valueSize = static_cast<std::uint32_t>(kv.value.size());
        out.version = kv.version;
        out.createRevision = kv.createRevision;
        out.lease = kv.lease;
        return out;
    }
    telemetry::EventKind operator()(const mvcc::trace::WatchDelivered& e) const {
        return telemetry::WatchDelivered{e.stream, e.watcher, e.firstRevision, e.lastRevision, e.events, 0};
    }
    telemetry::EventKind operator()(mvcc::trace::WatcherMoved& e) const {
        return telemetry::WatcherMoved{
            {e.stream, e.watcher, valueOf(e.to), std::move(e.key), std::move(e.rangeEnd), e.nextRevision},
            valueOf(e.from),
            valueOf(e.cause)};
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseGranted& e) const {
        return leaseChanged(telemetry::LeaseChange::granted, {e.lease, e.ttlSeconds, e.deadlineNs, 0},
                            telemetry::LeaseCause::grant);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseRenewed& e) const {
        return leaseChanged(telemetry::LeaseChange::renewed, {e.lease, e.ttlSeconds, e.deadlineNs, 0},
                            telemetry::LeaseCause::keepAlive);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseRevoked& e) const {
        return leaseChanged(telemetry::LeaseChange::revoked, {e.lease, 0, 0, e.keys}, telemetry::LeaseCause::unknown);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseExpired& e) const {
        return leaseChanged(telemetry::LeaseChange::expired, {e.lease, e.ttlSeconds, 0, 0},
                            telemetry::LeaseCause::unknown);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseCheckpointed& e) const {
        return leaseChanged(telemetry::LeaseChange::checkpoint, {e.lease, e.remainingSeconds, 0, 0},
                            telemetry::LeaseCause::checkpoint);
    }
    telemetry::EventKind operator()(const mvcc::trace::CompactionScheduled& e) const {
        return telemetry::Compacted{e.revision, false, 0};
    }
    telemetry::EventKind operator()(const mvcc::trace::CompactionFinished& e) const {
        return telemetry::Compacted{e.revision, true, static_cast<std::uint64_t>(e.rowsRemoved)};
    }
    telemetry::EventKind operator()(const mvcc::trace::AlarmRaised& e) const {
        return telemetry::AlarmChanged{node::valueOf(e.alarm), true};
    }
    telemetry::EventKind operator()(const mvcc::trace::AlarmDisarmed& e) const {
        return telemetry::AlarmChanged{node::valueOf(e.alarm), false};
    }
};

raft::EntryType typeOf(const telemetry::LogEntry& entry) { return static_cast<raft::EntryType>(entry.type); }

}  // namespace

telemetry::Role roleOf(raft::Role role) {
    switch (role) {
        case raft::Role::candidate:
            return telemetry::Role::candidate;
        case raft::Role::leader:
            return telemetry::Role::leader;
        case raft::Role::preCandidate:
            return telemetry::Role::preCandidate;
        case raft::Role::follower:
            break;
    }
    return telemetry::Role::follower;
}

std::optional<telemetry::EventKind> valueOf(const raft::TraceEvent& event) { return std::visit(CoreTrace{}, event); }

bool isFrequent(const raft::TraceEvent& event) {
    return std::holds_alternative<raft::trace::CommitAdvanced>(event) ||
           std::holds_alternative<raft::trace::ProgressChanged>(event);
}

telemetry::EventKind valueOf(mvcc::StoreTrace&& trace, std::uint64_t index, std::uint64_t requestId) {
    return std::visit(StoreValue{index, requestId}, trace);
}

telemetry::Message valueOf(const raft::Message& message, const telemetry::MessageKey& key) {
    telemetry::Message out;
    const auto type = static_cast<std::uint32_t>(message.type);
    out.key = key;
    out.kind = telemetry::messageKindOf(type, message.reject);
    out.type = static_cast<std::uint8_t>(type);
    out.from = message.from;
    out.to = message.to;
    out.term = message.term;
    out.logTerm = message.logTerm;
    out.index = message.index;
    out.commit = message.commit;
    out.rejectHint = message.rejectHint;
    out.reject = message.reject;
    out.preVote = telemetry::isPreVote(type);
    out.transfer = message.type == raft::MessageType::vote && message.context.view() == kTransferContext;
    out.entryCount = static_cast<std::uint32_t>(message.entries.size());
    if (!message.entries.empty()) {
        out.firstEntry = message.entries.front().index;
        out.lastEntryTerm = message.entries.back().term;
    }
    out.bytes = static_cast<std::uint32_t>(wire::encodedMessageSize(message));
    return out;
}

telemetry::LogEntry valueOf(const raft::Entry& entry) {
    telemetry::LogEntry out;
    out.index = entry.index;
    out.term = entry.term;
    out.type = static_cast<std::uint8_t>(entry.type);
    out.bytes = static_cast<std::uint32_t>(entry.data.size());
    out.payload = entry.data;
    // A leader's no-op has no bytes at all.
    if (entry.data.isNull()) out.text = wire::describeEntry(entry);
    return out;
}

telemetry::Progress valueOf(const raft::ProgressView& view) {
    return {view.id,     valueOf(view.state), view.match, view.next, static_cast<std::uint32_t>(view.inflight),
            view.paused, view.recentActive};
}

telemetry::Configuration valueOf(const raft::ConfState& conf, const Membership& membership) {
    telemetry::Configuration out{conf.voters,       conf.learners,  conf.votersOutgoing,
                                 conf.learnersNext, conf.autoLeave, {}};
    out.members.reserve(membership.members.size());
    for (const auto& [id, member] : membership.members)
        out.members.push_back({id, member.name, member.peerUrls, member.clientUrls, member.learner});
    return out;
}

telemetry::Watcher valueOf(const mvcc::WatcherView& view) {
    return {view.stream, view.id, valueOf(view.group), view.key, view.rangeEnd, view.nextRevision};
}

telemetry::Lease valueOf(const mvcc::LeaseView& view) {
    return {view.id, view.grantedTtlSeconds, view.deadline, static_cast<std::uint32_t>(view.keys.size())};
}

telemetry::Alarm valueOf(const mvcc::Alarm& alarm) { return {alarm.member, valueOf(alarm.type)}; }

const telemetry::Describer& describer() {
    static const telemetry::Describer node{
        [](const telemetry::LogEntry& entry) { return wire::describeEntry(typeOf(entry), entry.payload.view()); },
        [](const telemetry::LogEntry& entry) {
            return typeOf(entry) == raft::EntryType::normal ? wire::requestIdOf(entry.payload.view()) : 0;
        },
        [](const base::Bytes& payload) { return wire::describeRequest(payload.view()); }};
    return node;
}

}  // namespace raftarium::node
