// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/decode.h"

#include "proto/raftarium/telemetry.pb.h"

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace raftarium::observe {

namespace pb = telemetry::v1;

namespace {

// A number outside its enumeration, from a newer or a broken node, becomes `otherwise`.
template <typename E>
E enumOr(int value, E last, E otherwise) {
    return value >= 0 && value <= static_cast<int>(last) ? static_cast<E>(value) : otherwise;
}
Role roleOf(int value) { return enumOr(value, Role::learner, Role::follower); }
WatcherGroup groupOf(int value) { return enumOr(value, WatcherGroup::setAside, WatcherGroup::none); }

template <typename Repeated>
std::vector<NodeId> idsOf(const Repeated& ids) {
    return {ids.begin(), ids.end()};
}
std::vector<std::string> textsOf(const google::protobuf::RepeatedPtrField<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

// raftpb.MessageType -> what it stands for on screen.
MessageKind messageKindOf(std::uint32_t type, bool reject) {
    switch (type) {
        case 2:
            return MessageKind::proposal;
        case 3:
            return MessageKind::append;
        case 4:
            return reject ? MessageKind::appendReject : MessageKind::appendAck;
        case 5:
            return MessageKind::voteRequest;
        case 6:
        case 18:
            return reject ? MessageKind::voteRefused : MessageKind::voteGranted;
        case 7:
            return MessageKind::snapshot;
        case 8:
            return MessageKind::heartbeat;
        case 9:
            return MessageKind::heartbeatAck;
        case 13:
            return MessageKind::transferRequest;
        case 14:
            return MessageKind::timeoutNow;
        case 15:
            return MessageKind::readIndex;
        case 16:
            return MessageKind::readIndexAnswer;
        case 17:
            return MessageKind::preVoteRequest;
        default:
            return MessageKind::other;
    }
}

LogEntry decode(const pb::EntrySummary& in) {
    return {in.index(), in.term(),  static_cast<std::uint8_t>(std::min(in.type(), 255U)),
            in.text(),  in.bytes(), in.request_id()};
}
std::vector<LogEntry> decode(const google::protobuf::RepeatedPtrField<pb::EntrySummary>& in) {
    std::vector<LogEntry> out;
    out.reserve(static_cast<std::size_t>(in.size()));
    for (const auto& entry : in) out.push_back(decode(entry));
    return out;
}
Progress decode(const pb::PeerProgress& in) {
    return {in.peer(),           enumOr(in.state(), ProgressState::snapshot, ProgressState::probe),
            in.match(),          in.next(),
            in.in_flight(),      in.paused(),
            in.recently_active()};
}
Configuration decode(const pb::Configuration& in) {
    Configuration out{idsOf(in.voters()),        idsOf(in.learners()), idsOf(in.voters_outgoing()),
                      idsOf(in.learners_next()), in.auto_leave(),      {}};
    for (const auto& member : in.members())
        out.members.push_back(
            {member.id(), member.name(), textsOf(member.peer_urls()), textsOf(member.client_urls()), member.learner()});
    return out;
}
ElectionDeadline decode(const pb::ElectionDeadline& in) { return {in.deadline_ns(), in.timeout_ns(), in.redrawn()}; }
Alarm decode(const pb::AlarmState& in) { return {in.member(), in.type()}; }
Lease decode(const pb::LeaseState& in) { return {in.lease(), in.ttl_s(), in.deadline_ns(), in.keys()}; }
Watcher decode(const pb::WatcherState& in) {
    return {in.stream(), in.watcher(), groupOf(in.group()), in.key(), in.range_end(), in.next_revision()};
}

FullState decode(const pb::FullState& in, const pb::NodeIdentity& identity) {
    FullState out;
    out.name = identity.name();
    out.clusterId = identity.cluster_id();
    out.incarnation = identity.incarnation();
    out.pid = identity.pid();
    out.role = roleOf(in.role());
    out.term = in.term();
    out.votedFor = in.voted_for();
    out.leader = in.leader();
    out.firstIndex = in.first_index();
    out.lastIndex = in.last_index();
    out.durableIndex = in.durable_index();
    out.commitIndex = in.commit_index();
    out.appliedIndex = in.applied_index();
    out.tail = decode(in.tail());
    out.configuration = decode(in.configuration());
    for (const auto& progress : in.progress()) out.progress.push_back(decode(progress));
    out.deadline = decode(in.deadline());
    out.revision = in.revision();
    out.compactRevision = in.compact_revision();
    for (const auto& link : in.faults()) out.faults.push_back(decodeFaults(link));
    out.pace = decodePace(in.pace());
    for (const auto& watcher : in.watchers()) out.watchers.push_back(decode(watcher));
    for (const auto& lease : in.leases()) out.leases.push_back(decode(lease));
    for (const auto& alarm : in.alarms()) out.alarms.push_back(decode(alarm));
    return out;
}

EventKind decode(const pb::VoteCast& in) {
    return VoteCast{in.candidate(),
                    in.term(),
                    in.pre_vote(),
                    enumOr(in.result(), VoteResult::oldTerm, VoteResult::oldTerm),
                    in.candidate_last_term(),
                    in.candidate_last_index(),
                    in.own_last_term(),
                    in.own_last_index(),
                    in.voted_for()};
}
EventKind decode(const pb::KeyChanged& in) {
    return KeyChanged{in.main(),       in.sub(),     in.deleted(),         in.key(),   in.value(),
                      in.value_size(), in.version(), in.create_revision(), in.lease(), in.index()};
}
EventKind decode(const pb::WatcherMoved& in) {
    return WatcherMoved{{in.stream(), in.watcher(), groupOf(in.to()), in.key(), in.range_end(), in.next_revision()},
                        groupOf(in.from()),
                        in.reason()};
}
EventKind decode(const pb::ClientRequest& in) {
    return ClientRequest{
        in.request_id(),  static_cast<std::uint8_t>(in.phase()), in.text(), in.index(), in.revision(), in.error(),
        in.forwarded_to()};
}
EventKind decode(const pb::FaultsChanged& in) {
    FaultsChanged out;
    for (const auto& link : in.links()) out.links.push_back(decodeFaults(link));
    return out;
}
EventKind decode(const pb::SnapshotProgress& in) {
    return SnapshotProgress{
        static_cast<std::uint8_t>(in.phase()), in.index(), in.term(), in.peer(), in.bytes_done(), in.bytes_total()};
}
EventKind decode(const pb::LeaseChanged& in) {
    return LeaseChanged{static_cast<std::uint8_t>(in.kind()), {in.lease(), in.ttl_s(), in.deadline_ns(), in.keys()}};
}

// Of the kinds about messages and the log.
std::optional<EventKind> decodeCore(const pb::Event& in) {
    switch (in.kind_case()) {
        case pb::Event::kMessageSent:
            return MessageSent{decodeMessage(in.message_sent().message())};
        case pb::Event::kMessageReceived:
            return MessageReceived{decodeMessage(in.message_received().message())};
        case pb::Event::kMessageDropped: {
            const auto& drop = in.message_dropped();
            return MessageDropped{decodeMessage(drop.message()),
                                  enumOr(drop.reason(), DropReason::stepRefused, DropReason::unknown),
                                  drop.at_receiver()};
        }
        case pb::Event::kMessageDelayed: {
            const auto& delay = in.message_delayed();
            return MessageDelayed{decodeMessage(delay.message()), delay.until_ns(), delay.at_receiver()};
        }
        case pb::Event::kLogAppended: {
            const auto& log = in.log_appended();
            return LogAppended{decode(log.entries()), log.first_index(), log.last_index(), log.last_term()};
        }
        case pb::Event::kLogTruncated: {
            const auto& log = in.log_truncated();
            return LogTruncated{log.from_index(), log.to_index(), log.from_term()};
        }
        case pb::Event::kLogCompacted:
            return LogCompacted{in.log_compacted().first_index()};
        case pb::Event::kWalSynced: {
            const auto& wal = in.wal_synced();
            return WalSynced{wal.index(),       wal.term(),    wal.bytes(), wal.entries(),
                             wal.duration_ns(), wal.segment(), wal.offset()};
        }
        case pb::Event::kCommitAdvanced:
            return CommitAdvanced{in.commit_advanced().index(), in.commit_advanced().term()};
        case pb::Event::kApplied:
            return Applied{in.applied().first_index(), in.applied().last_index(), in.applied().revision()};
        case pb::Event::kProgressChanged:
            return ProgressChanged{decode(in.progress_changed().progress())};
        default:
            return std::nullopt;
    }
}

std::optional<EventKind> decodeRest(const pb::Event& in) {
    switch (in.kind_case()) {
        case pb::Event::kRoleChanged: {
            const auto& role = in.role_changed();
            return RoleChanged{roleOf(role.role()), role.term(), role.leader(), role.reason()};
        }
        case pb::Event::kTermChanged:
            return TermChanged{in.term_changed().term(), in.term_changed().previous(), in.term_changed().seen_from()};
        case pb::Event::kVoteCast:
            return decode(in.vote_cast());
        case pb::Event::kVoteTally: {
            const auto& tally = in.vote_tally();
            return VoteTally{tally.term(),           tally.pre_vote(), idsOf(tally.granted()),
                             idsOf(tally.refused()), tally.needed(),   tally.result()};
        }
        case pb::Event::kElectionDeadline:
            return decode(in.election_deadline());
        case pb::Event::kConfigurationChanged:
            return ConfigurationChanged{decode(in.configuration_changed().configuration()),
                                        in.configuration_changed().index()};
        case pb::Event::kSnapshotProgress:
            return decode(in.snapshot_progress());
        case pb::Event::kKeyChanged:
            return decode(in.key_changed());
        case pb::Event::kWatcherMoved:
            return decode(in.watcher_moved());
        case pb::Event::kWatchDelivered: {
            const auto& watch = in.watch_delivered();
            return WatchDelivered{watch.stream(), watch.watcher(), watch.first_revision(), watch.last_revision(),
                                  watch.events()};
        }
        case pb::Event::kLeaseChanged:
            return decode(in.lease_changed());
        case pb::Event::kCompacted:
            return Compacted{in.compacted().revision(), in.compacted().finished(), in.compacted().rows_removed()};
        case pb::Event::kAlarmChanged:
            return AlarmChanged{{in.alarm_changed().member(), in.alarm_changed().type()}, in.alarm_changed().active()};
        case pb::Event::kClientRequest:
            return decode(in.client_request());
        case pb::Event::kFaultsChanged:
            return decode(in.faults_changed());
        case pb::Event::kPaceChanged:
            return PaceChanged{decodePace(in.pace_changed().pace())};
        case pb::Event::kLifecycle:
            return Lifecycle{static_cast<std::uint8_t>(in.lifecycle().phase()), in.lifecycle().text()};
        case pb::Event::kLost:
            return Lost{in.lost().count(), in.lost().sampled()};
        default:
            return std::nullopt;
    }
}

}  // namespace

LinkFaults decodeFaults(const pb::LinkFaults& in) {
    return {in.from(), in.to(), in.cut(), in.delay_ns(), in.jitter_ns(), in.drop_share(), in.duplicate_share(),
            in.hold()};
}

Pace decodePace(const pb::Pace& in) {
    return {in.tick_ns(), in.heartbeat_ticks(), in.election_ticks(), in.pre_vote(), in.check_quorum()};
}

Message decodeMessage(const pb::MessageInfo& in) {
    Message out;
    out.key = {in.id().sender(), in.id().incarnation(), in.id().counter()};
    out.kind = messageKindOf(in.type(), in.reject());
    out.type = static_cast<std::uint8_t>(std::min(in.type(), 255U));
    out.from = in.from();
    out.to = in.to();
    out.term = in.term();
    out.logTerm = in.log_term();
    out.index = in.index();
    out.commit = in.commit();
    out.rejectHint = in.reject_hint();
    out.reject = in.reject();
    out.preVote = in.type() == 17 || in.type() == 18;
    out.transfer = in.transfer();
    out.entryCount = in.entry_count();
    out.firstEntry = in.first_entry();
    out.lastEntryTerm = in.last_entry_term();
    out.bytes = in.bytes();
    return out;
}

std::size_t decodeBatch(const pb::EventBatch& batch, NodeId node, std::vector<Event>& out) {
    if (node == 0) node = batch.node().node_id();
    if (batch.has_full_state()) {
        const auto& full = batch.full_state();
        out.push_back({full.at_ns(), node, full.sequence(), decode(full, batch.node())});
    }
    std::size_t unknown = 0;
    for (const auto& event : batch.events()) {
        auto kind = decodeCore(event);
        if (!kind) kind = decodeRest(event);
        if (kind)
            out.push_back({event.at_ns(), node, event.sequence(), std::move(*kind)});
        else
            ++unknown;
    }
    return unknown;
}

}  // namespace raftarium::observe
