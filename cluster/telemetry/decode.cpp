// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec.h"
#include "cluster/telemetry/codec_enums.h"
#include "cluster/telemetry/codec_parts.h"
#include "cluster/telemetry/old_reasons.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace raftarium::telemetry {
namespace {

base::Bytes bytesOf(const std::string& text) { return text.empty() ? base::Bytes() : base::Bytes(text); }

EventKind kindOf(const v1::RoleChanged& in) {
    const RoleCause cause = in.reason().empty() ? fromProto(in.cause(), RoleCause::unknown) : oldRoleCause(in.reason());
    return RoleChanged{fromProto(in.role(), Role::follower), in.term(), in.leader(), cause, in.caused_by()};
}
EventKind kindOf(const v1::VoteCast& in) {
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
EventKind kindOf(const v1::VoteTally& in) {
    return VoteTally{in.term(),           in.pre_vote(), idsOf(in.granted()),
                     idsOf(in.refused()), in.needed(),   fromProto(in.result(), TallyResult::pending)};
}
EventKind kindOf(const v1::WalSynced& in) {
    return WalSynced{in.index(),       in.term(),    in.bytes(),  in.entries(),
                     in.duration_ns(), in.segment(), in.offset(), std::max(in.syncs(), 1U)};
}
EventKind kindOf(const v1::KeyChanged& in) {
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
EventKind kindOf(const v1::WatcherMoved& in) {
    return WatcherMoved{
        {in.stream(), in.watcher(), fromProto(in.to(), WatcherGroup::none), in.key(), in.range_end(),
         in.next_revision()},
        fromProto(in.from(), WatcherGroup::none),
        in.reason().empty() ? fromProto(in.cause(), WatcherCause::unknown) : oldWatcherCause(in.reason())};
}
EventKind kindOf(const v1::ClientRequest& in) {
    return ClientRequest{in.request_id(),   fromProto(in.phase(), RequestPhase::received),
                         in.text(),         in.index(),
                         in.revision(),     in.error(),
                         in.forwarded_to(), {}};
}
EventKind kindOf(const v1::FaultsChanged& in) {
    FaultsChanged out;
    for (const auto& link : in.links()) out.links.push_back(fromProto(link));
    return out;
}
EventKind kindOf(const v1::SnapshotProgress& in) {
    return SnapshotProgress{fromProto(in.phase(), SnapshotPhase::failed),
                            in.index(),
                            in.term(),
                            in.peer(),
                            in.bytes_done(),
                            in.bytes_total()};
}
EventKind kindOf(const v1::LeaseChanged& in) {
    return LeaseChanged{fromProto(in.kind(), LeaseChange::deadlineMoved),
                        {in.lease(), in.ttl_s(), in.deadline_ns(), in.keys()},
                        fromProto(in.cause(), LeaseCause::unknown)};
}
EventKind kindOf(const v1::Lifecycle& in) {
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
            return kindOf(in.wal_synced());
        case v1::Event::kCommitAdvanced:
            return CommitAdvanced{in.commit_advanced().index(), in.commit_advanced().term()};
        case v1::Event::kApplied:
            return Applied{in.applied().first_index(), in.applied().last_index(), in.applied().revision()};
        case v1::Event::kProgressChanged:
            return ProgressChanged{decode(in.progress_changed().progress())};
        case v1::Event::kSnapshotProgress:
            return kindOf(in.snapshot_progress());
        default:
            return std::nullopt;
    }
}

std::optional<EventKind> decodeRest(const v1::Event& in) {
    switch (in.kind_case()) {
        case v1::Event::kRoleChanged:
            return kindOf(in.role_changed());
        case v1::Event::kTermChanged:
            return TermChanged{in.term_changed().term(), in.term_changed().previous(), in.term_changed().seen_from()};
        case v1::Event::kVoteCast:
            return kindOf(in.vote_cast());
        case v1::Event::kVoteTally:
            return kindOf(in.vote_tally());
        case v1::Event::kElectionDeadline:
            return decode(in.election_deadline());
        case v1::Event::kConfigurationChanged:
            return ConfigurationChanged{decode(in.configuration_changed().configuration()),
                                        in.configuration_changed().index()};
        case v1::Event::kKeyChanged:
            return kindOf(in.key_changed());
        case v1::Event::kWatcherMoved:
            return kindOf(in.watcher_moved());
        case v1::Event::kWatchDelivered: {
            const auto& watch = in.watch_delivered();
            return WatchDelivered{watch.stream(),        watch.watcher(), watch.first_revision(),
                                  watch.last_revision(), watch.events(),  watch.request_id()};
        }
        case v1::Event::kLeaseChanged:
            return kindOf(in.lease_changed());
        case v1::Event::kCompacted:
            return Compacted{in.compacted().revision(), in.compacted().finished(), in.compacted().rows_removed()};
        case v1::Event::kAlarmChanged:
            return AlarmChanged{{in.alarm_changed().member(), alarmTypeOf(in.alarm_changed().type())},
                                in.alarm_changed().active()};
        case v1::Event::kClientRequest:
            return kindOf(in.client_request());
        case v1::Event::kFaultsChanged:
            return kindOf(in.faults_changed());
        case v1::Event::kPaceChanged:
            return PaceChanged{fromProto(in.pace_changed().pace())};
        case v1::Event::kLifecycle:
            return kindOf(in.lifecycle());
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
