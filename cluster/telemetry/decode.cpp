// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec.h"
#include "cluster/telemetry/codec_enums.h"
#include "cluster/telemetry/old_reasons.h"

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace raftarium::telemetry {
namespace {

template <typename Repeated>
std::vector<NodeId> idsOf(const Repeated& ids) {
    return {ids.begin(), ids.end()};
}
std::vector<std::string> textsOf(const google::protobuf::RepeatedPtrField<std::string>& texts) {
    return {texts.begin(), texts.end()};
}
base::Bytes bytesOf(const std::string& text) { return text.empty() ? base::Bytes() : base::Bytes(text); }

AlarmType alarmTypeOf(std::uint32_t type) {
    return enumOr(static_cast<int>(std::min(type, 255U)), AlarmType::corrupt, AlarmType::none);
}
LogEntry decode(const v1::EntrySummary& in) {
    return {in.index(),      in.term(), static_cast<std::uint8_t>(std::min(in.type(), 255U)), in.text(), in.bytes(),
            in.request_id(), {}};
}
std::vector<LogEntry> decode(const google::protobuf::RepeatedPtrField<v1::EntrySummary>& in) {
    std::vector<LogEntry> out;
    out.reserve(static_cast<std::size_t>(in.size()));
    for (const auto& entry : in) out.push_back(decode(entry));
    return out;
}
Progress decode(const v1::PeerProgress& in) {
    return {in.peer(),           fromProto(in.state(), ProgressState::probe),
            in.match(),          in.next(),
            in.in_flight(),      in.paused(),
            in.recently_active()};
}
Configuration decode(const v1::Configuration& in) {
    Configuration out{idsOf(in.voters()),        idsOf(in.learners()), idsOf(in.voters_outgoing()),
                      idsOf(in.learners_next()), in.auto_leave(),      {}};
    for (const auto& member : in.members())
        out.members.push_back(
            {member.id(), member.name(), textsOf(member.peer_urls()), textsOf(member.client_urls()), member.learner()});
    return out;
}
ElectionDeadline decode(const v1::ElectionDeadline& in) { return {in.deadline_ns(), in.timeout_ns(), in.redrawn()}; }
Alarm decode(const v1::AlarmState& in) { return {in.member(), alarmTypeOf(in.type())}; }
Lease decode(const v1::LeaseState& in) { return {in.lease(), in.ttl_s(), in.deadline_ns(), in.keys()}; }
Watcher decode(const v1::WatcherState& in) {
    return {in.stream(), in.watcher(),   fromProto(in.group(), WatcherGroup::none),
            in.key(),    in.range_end(), in.next_revision()};
}

FullState decode(const v1::FullState& in, const v1::NodeIdentity& identity) {
    FullState out;
    out.name = identity.name();
    out.version = identity.version();
    out.clusterId = identity.cluster_id();
    out.incarnation = identity.incarnation();
    out.pid = identity.pid();
    out.role = fromProto(in.role(), Role::follower);
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
    for (const auto& link : in.faults()) out.faults.push_back(fromProto(link));
    out.pace = fromProto(in.pace());
    for (const auto& watcher : in.watchers()) out.watchers.push_back(decode(watcher));
    for (const auto& lease : in.leases()) out.leases.push_back(decode(lease));
    for (const auto& alarm : in.alarms()) out.alarms.push_back(decode(alarm));
    return out;
}

EventKind decode(const v1::RoleChanged& in) {
    const RoleCause cause = in.reason().empty() ? fromProto(in.cause(), RoleCause::unknown) : oldRoleCause(in.reason());
    return RoleChanged{fromProto(in.role(), Role::follower), in.term(), in.leader(), cause, in.caused_by()};
}
EventKind decode(const v1::VoteCast& in) {
    return VoteCast{in.candidate(),
                    in.term(),
                    in.pre_vote(),
                    fromProto(in.result(), VoteResult::oldTerm),
                    in.candidate_last_term(),
                    in.candidate_last_index(),
                    in.own_last_term(),
                    in.own_last_index(),
                    in.voted_for()};
}
EventKind decode(const v1::VoteTally& in) {
    return VoteTally{in.term(),           in.pre_vote(), idsOf(in.granted()),
                     idsOf(in.refused()), in.needed(),   fromProto(in.result(), TallyResult::pending)};
}
EventKind decode(const v1::WalSynced& in) {
    return WalSynced{in.index(),       in.term(),    in.bytes(),  in.entries(),
                     in.duration_ns(), in.segment(), in.offset(), std::max(in.syncs(), 1U)};
}
EventKind decode(const v1::KeyChanged& in) {
    KeyChanged out;
    out.main = in.main();
    out.sub = in.sub();
    out.deleted = in.deleted();
    out.key = bytesOf(in.key());
    out.value = bytesOf(in.value());
    out.valueSize = in.value_size();
    out.version = in.version();
    out.createRevision = in.create_revision();
    out.lease = in.lease();
    out.index = in.index();
    out.requestId = in.request_id();
    return out;
}
EventKind decode(const v1::WatcherMoved& in) {
    return WatcherMoved{
        {in.stream(), in.watcher(), fromProto(in.to(), WatcherGroup::none), in.key(), in.range_end(),
         in.next_revision()},
        fromProto(in.from(), WatcherGroup::none),
        in.reason().empty() ? fromProto(in.cause(), WatcherCause::unknown) : oldWatcherCause(in.reason())};
}
EventKind decode(const v1::ClientRequest& in) {
    return ClientRequest{in.request_id(),   fromProto(in.phase(), RequestPhase::received),
                         in.text(),         in.index(),
                         in.revision(),     in.error(),
                         in.forwarded_to(), {}};
}
EventKind decode(const v1::FaultsChanged& in) {
    FaultsChanged out;
    for (const auto& link : in.links()) out.links.push_back(fromProto(link));
    return out;
}
EventKind decode(const v1::SnapshotProgress& in) {
    return SnapshotProgress{fromProto(in.phase(), SnapshotPhase::failed),
                            in.index(),
                            in.term(),
                            in.peer(),
                            in.bytes_done(),
                            in.bytes_total()};
}
EventKind decode(const v1::LeaseChanged& in) {
    return LeaseChanged{fromProto(in.kind(), LeaseChange::deadlineMoved),
                        {in.lease(), in.ttl_s(), in.deadline_ns(), in.keys()},
                        fromProto(in.cause(), LeaseCause::unknown)};
}
EventKind decode(const v1::Lifecycle& in) {
    const LifecyclePhase phase = fromProto(in.phase(), LifecyclePhase::started);
    return Lifecycle{in.text() == "restarted" ? LifecyclePhase::restarted : phase};
}

// Of the kinds about messages and the log.
std::optional<EventKind> decodeCore(const v1::Event& in) {
    switch (in.kind_case()) {
        case v1::Event::kMessageSent:
            return MessageSent{fromProto(in.message_sent().message())};
        case v1::Event::kMessageReceived:
            return MessageReceived{fromProto(in.message_received().message())};
        case v1::Event::kMessageDropped: {
            const auto& drop = in.message_dropped();
            return MessageDropped{fromProto(drop.message()), fromProto(drop.reason(), DropReason::unknown),
                                  drop.at_receiver()};
        }
        case v1::Event::kMessageDelayed: {
            const auto& delay = in.message_delayed();
            return MessageDelayed{fromProto(delay.message()), delay.until_ns(), delay.at_receiver()};
        }
        case v1::Event::kLogAppended: {
            const auto& log = in.log_appended();
            return LogAppended{decode(log.entries()), log.first_index(), log.last_index(), log.last_term()};
        }
        case v1::Event::kLogTruncated: {
            const auto& log = in.log_truncated();
            return LogTruncated{log.from_index(), log.to_index(), log.from_term()};
        }
        case v1::Event::kLogCompacted:
            return LogCompacted{in.log_compacted().first_index()};
        case v1::Event::kWalSynced:
            return decode(in.wal_synced());
        case v1::Event::kCommitAdvanced:
            return CommitAdvanced{in.commit_advanced().index(), in.commit_advanced().term()};
        case v1::Event::kApplied:
            return Applied{in.applied().first_index(), in.applied().last_index(), in.applied().revision()};
        case v1::Event::kProgressChanged:
            return ProgressChanged{decode(in.progress_changed().progress())};
        case v1::Event::kSnapshotProgress:
            return decode(in.snapshot_progress());
        default:
            return std::nullopt;
    }
}

std::optional<EventKind> decodeRest(const v1::Event& in) {
    switch (in.kind_case()) {
        case v1::Event::kRoleChanged:
            return decode(in.role_changed());
        case v1::Event::kTermChanged:
            return TermChanged{in.term_changed().term(), in.term_changed().previous(), in.term_changed().seen_from()};
        case v1::Event::kVoteCast:
            return decode(in.vote_cast());
        case v1::Event::kVoteTally:
            return decode(in.vote_tally());
        case v1::Event::kElectionDeadline:
            return decode(in.election_deadline());
        case v1::Event::kConfigurationChanged:
            return ConfigurationChanged{decode(in.configuration_changed().configuration()),
                                        in.configuration_changed().index()};
        case v1::Event::kKeyChanged:
            return decode(in.key_changed());
        case v1::Event::kWatcherMoved:
            return decode(in.watcher_moved());
        case v1::Event::kWatchDelivered: {
            const auto& watch = in.watch_delivered();
            return WatchDelivered{watch.stream(),        watch.watcher(), watch.first_revision(),
                                  watch.last_revision(), watch.events(),  watch.request_id()};
        }
        case v1::Event::kLeaseChanged:
            return decode(in.lease_changed());
        case v1::Event::kCompacted:
            return Compacted{in.compacted().revision(), in.compacted().finished(), in.compacted().rows_removed()};
        case v1::Event::kAlarmChanged:
            return AlarmChanged{{in.alarm_changed().member(), alarmTypeOf(in.alarm_changed().type())},
                                in.alarm_changed().active()};
        case v1::Event::kClientRequest:
            return decode(in.client_request());
        case v1::Event::kFaultsChanged:
            return decode(in.faults_changed());
        case v1::Event::kPaceChanged:
            return PaceChanged{fromProto(in.pace_changed().pace())};
        case v1::Event::kLifecycle:
            return decode(in.lifecycle());
        case v1::Event::kRuleFired:
            return RuleFired{fromProto(in.rule_fired().rule(), Rule::unknown),
                             {in.rule_fired().values().begin(), in.rule_fired().values().end()}};
        case v1::Event::kLost:
            return Lost{in.lost().count(), in.lost().sampled()};
        default:
            return std::nullopt;
    }
}

Cause causeOf(const v1::Event& in) {
    if (!in.has_cause()) return {};
    return in.cause().has_message() ? Cause::ofMessage(fromProto(in.cause().message()))
                                    : Cause::ofEvent(in.cause().sequence());
}

}  // namespace

std::size_t decodeBatch(const v1::EventBatch& batch, NodeId node, std::vector<Event>& out) {
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
            out.push_back({event.at_ns(), node, event.sequence(), std::move(*kind), causeOf(event)});
        else
            ++unknown;
    }
    return unknown;
}

}  // namespace raftarium::telemetry
