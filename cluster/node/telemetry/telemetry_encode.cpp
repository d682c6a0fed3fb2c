// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_encode.h"

#include "cluster/wire/request_text.h"
#include "cluster/wire/requests.h"

#include <algorithm>
#include <unistd.h>

namespace raftarium::node {
namespace {

namespace proto = telemetry::v1;

constexpr std::size_t kKeyPreviewBytes = 256;
constexpr std::size_t kValuePreviewBytes = 128;

proto::Role roleOf(raft::Role role) {
    switch (role) {
        case raft::Role::candidate:
            return proto::ROLE_CANDIDATE;
        case raft::Role::leader:
            return proto::ROLE_LEADER;
        case raft::Role::preCandidate:
            return proto::ROLE_PRE_CANDIDATE;
        case raft::Role::follower:
            break;
    }
    return proto::ROLE_FOLLOWER;
}

const char* roleReason(std::uint8_t cause) {
    switch (static_cast<raft::RoleCause>(cause)) {
        case raft::RoleCause::electionTimeout:
            return "election timeout";
        case raft::RoleCause::preVoteWon:
            return "won the pre-vote";
        case raft::RoleCause::voteWon:
            return "won the election";
        case raft::RoleCause::voteLost:
            return "lost the election";
        case raft::RoleCause::higherTerm:
            return "saw a higher term";
        case raft::RoleCause::leaderSeen:
            return "heard from the leader of this term";
        case raft::RoleCause::quorumLost:
            return "lost contact with a majority";
        case raft::RoleCause::removed:
            return "removed from the cluster";
        case raft::RoleCause::transfer:
            return "leadership was transferred";
        case raft::RoleCause::campaignAsked:
            return "asked to campaign";
        case raft::RoleCause::forgotLeader:
            return "forgot its leader";
        case raft::RoleCause::none:
            break;
    }
    return "";
}

void summarise(const raft::Entry& entry, proto::EntrySummary& out) {
    out.set_index(entry.index);
    out.set_term(entry.term);
    out.set_type(static_cast<std::uint32_t>(entry.type));
    out.set_text(wire::describeEntry(entry));
    out.set_bytes(static_cast<std::uint32_t>(entry.data.size()));
    if (entry.type == raft::EntryType::normal) out.set_request_id(wire::requestIdOf(entry.data.view()));
}

void encodeConfiguration(const raft::ConfState& conf, const Membership* membership, proto::Configuration& out) {
    for (const auto id : conf.voters) out.add_voters(id);
    for (const auto id : conf.learners) out.add_learners(id);
    for (const auto id : conf.votersOutgoing) out.add_voters_outgoing(id);
    for (const auto id : conf.learnersNext) out.add_learners_next(id);
    out.set_auto_leave(conf.autoLeave);
    if (!membership) return;
    for (const auto& [id, member] : membership->members) {
        auto& m = *out.add_members();
        m.set_id(id);
        m.set_name(member.name);
        for (const auto& url : member.peerUrls) m.add_peer_urls(url);
        for (const auto& url : member.clientUrls) m.add_client_urls(url);
        m.set_learner(member.learner);
    }
}

void encodeProgress(const raft::ProgressView& view, proto::PeerProgress& out) {
    out.set_peer(view.id);
    out.set_state(static_cast<proto::ProgressState>(view.state));
    out.set_match(view.match);
    out.set_next(view.next);
    out.set_in_flight(static_cast<std::uint32_t>(view.inflight));
    out.set_paused(view.paused);
    out.set_recently_active(view.recentActive);
}

// One overload per alternative of TelemetryPayload.
struct Encoder {
    proto::Event& out;

    void operator()(const raft::TraceEvent& e) const;
    void operator()(const mvcc::StoreTrace& e) const;

    void operator()(const MessageEvent& e) const {
        switch (e.kind) {
            case MessageEvent::Kind::sent:
                toProto(e.message, *out.mutable_message_sent()->mutable_message());
                break;
            case MessageEvent::Kind::received:
                toProto(e.message, *out.mutable_message_received()->mutable_message());
                break;
            case MessageEvent::Kind::dropped: {
                auto& dropped = *out.mutable_message_dropped();
                toProto(e.message, *dropped.mutable_message());
                dropped.set_reason(static_cast<proto::DropReason>(e.reason));
                dropped.set_at_receiver(e.atReceiver);
                break;
            }
            case MessageEvent::Kind::delayed: {
                auto& delayed = *out.mutable_message_delayed();
                toProto(e.message, *delayed.mutable_message());
                delayed.set_until_ns(e.untilNs);
                delayed.set_at_receiver(e.atReceiver);
                break;
            }
        }
    }
    void operator()(const EntriesAppended& e) const {
        auto& appended = *out.mutable_log_appended();
        for (const raft::Entry& entry : e.entries) summarise(entry, *appended.add_entries());
        appended.set_first_index(e.firstIndex);
        appended.set_last_index(e.lastIndex);
        appended.set_last_term(e.lastTerm);
    }
    void operator()(const WalSynced& e) const {
        auto& synced = *out.mutable_wal_synced();
        synced.set_index(e.index);
        synced.set_term(e.term);
        synced.set_bytes(e.bytes);
        synced.set_entries(e.entries);
        synced.set_duration_ns(e.durationNs);
        synced.set_segment(e.segment);
        synced.set_offset(e.offset);
        if (e.syncs > 1) synced.set_syncs(e.syncs);
    }
    void operator()(const AppliedUpTo& e) const {
        auto& applied = *out.mutable_applied();
        applied.set_first_index(e.first);
        applied.set_last_index(e.last);
        applied.set_revision(e.revision);
    }
    void operator()(const DeadlineSet& e) const {
        auto& deadline = *out.mutable_election_deadline();
        deadline.set_deadline_ns(e.deadlineNs);
        deadline.set_timeout_ns(e.timeoutNs);
        deadline.set_redrawn(e.redrawn);
    }
    void operator()(const ConfigurationNow& e) const {
        auto& changed = *out.mutable_configuration_changed();
        changed.set_index(e.index);
        encodeConfiguration(e.conf, e.membership.get(), *changed.mutable_configuration());
    }
    void operator()(const SnapshotStep& e) const {
        auto& progress = *out.mutable_snapshot_progress();
        progress.set_phase(static_cast<proto::SnapshotPhase>(e.phase));
        progress.set_index(e.index);
        progress.set_term(e.term);
        progress.set_peer(e.peer);
        progress.set_bytes_done(e.bytesDone);
        progress.set_bytes_total(e.bytesTotal);
    }
    void operator()(const RequestStep& e) const {
        auto& request = *out.mutable_client_request();
        request.set_request_id(e.requestId);
        request.set_phase(static_cast<proto::RequestPhase>(e.phase));
        if (e.phase == proto::REQUEST_FAILED)
            request.set_error(e.text);
        else
            request.set_text(e.payload.isNull() ? e.text : wire::describeRequest(e.payload.view()));
        request.set_index(e.index);
        request.set_revision(e.revision);
        request.set_forwarded_to(e.forwardedTo);
    }
    void operator()(const FaultsNow& e) const {
        auto& changed = *out.mutable_faults_changed();
        for (const LinkFaults& link : e.links) toProto(link, *changed.add_links());
    }
    void operator()(const Pace& e) const { toProto(e, *out.mutable_pace_changed()->mutable_pace()); }
    void operator()(const LifecycleStep& e) const {
        auto& lifecycle = *out.mutable_lifecycle();
        lifecycle.set_phase(static_cast<proto::LifecyclePhase>(e.phase));
        lifecycle.set_text(e.text);
    }
    void operator()(const LostEvents& e) const {
        out.mutable_lost()->set_count(e.count);
        out.mutable_lost()->set_sampled(e.sampled);
    }
    void operator()(const VoteTallyNow& e) const {
        auto& tally = *out.mutable_vote_tally();
        tally.set_term(e.term);
        tally.set_pre_vote(e.preVote);
        for (const auto id : e.granted) tally.add_granted(id);
        for (const auto id : e.refused) tally.add_refused(id);
        tally.set_needed(e.needed);
        tally.set_result(e.result);
    }
};

void Encoder::operator()(const raft::TraceEvent& e) const {
    switch (e.kind) {
        case raft::TraceKind::roleChanged: {
            auto& changed = *out.mutable_role_changed();
            changed.set_role(roleOf(e.role));
            changed.set_term(e.term);
            changed.set_leader(e.peer);
            changed.set_reason(roleReason(e.cause));
            break;
        }
        case raft::TraceKind::termChanged: {
            auto& changed = *out.mutable_term_changed();
            changed.set_term(e.term);
            changed.set_previous(e.other);
            changed.set_seen_from(e.peer);
            break;
        }
        case raft::TraceKind::voteCast: {
            auto& vote = *out.mutable_vote_cast();
            vote.set_candidate(e.peer);
            vote.set_term(e.term);
            vote.set_pre_vote(e.flag);
            vote.set_result(static_cast<proto::VoteRefusal>(e.cause));
            vote.set_candidate_last_index(e.index);
            vote.set_candidate_last_term(e.other);
            vote.set_own_last_index(e.ownIndex);
            vote.set_own_last_term(e.ownTerm);
            vote.set_voted_for(e.votedFor);
            break;
        }
        case raft::TraceKind::logTruncated: {
            auto& truncated = *out.mutable_log_truncated();
            truncated.set_from_index(e.index);
            truncated.set_to_index(e.other);
            truncated.set_from_term(e.term);
            break;
        }
        case raft::TraceKind::logCompacted:
            out.mutable_log_compacted()->set_first_index(e.index);
            break;
        case raft::TraceKind::commitAdvanced:
            out.mutable_commit_advanced()->set_index(e.index);
            out.mutable_commit_advanced()->set_term(e.term);
            break;
        case raft::TraceKind::progressChanged: {
            auto& progress = *out.mutable_progress_changed()->mutable_progress();
            progress.set_peer(e.peer);
            progress.set_state(static_cast<proto::ProgressState>(e.cause));
            progress.set_match(e.index);
            progress.set_next(e.other);
            progress.set_in_flight(static_cast<std::uint32_t>(e.ownIndex));
            progress.set_paused(e.flag);
            progress.set_recently_active(true);
            break;
        }
        default:
            break;
    }
}

proto::LeaseEventKind leaseKind(mvcc::StoreTraceKind kind) {
    switch (kind) {
        case mvcc::StoreTraceKind::leaseRenewed:
            return proto::LEASE_RENEWED;
        case mvcc::StoreTraceKind::leaseRevoked:
            return proto::LEASE_REVOKED;
        case mvcc::StoreTraceKind::leaseExpired:
            return proto::LEASE_EXPIRED;
        case mvcc::StoreTraceKind::leaseCheckpointed:
            return proto::LEASE_CHECKPOINT;
        default:
            return proto::LEASE_GRANTED;
    }
}

void encodeKeyChanged(const mvcc::StoreTrace& e, proto::KeyChanged& out) {
    if (!e.event) return;
    const mvcc::KeyValue& kv = e.event->kv;
    out.set_main(e.event->revision.main);
    out.set_sub(e.event->revision.sub);
    out.set_deleted(e.event->deleted);
    out.set_key(kv.key.substr(0, kKeyPreviewBytes));
    out.set_value(kv.value.substr(0, kValuePreviewBytes));
    out.set_value_size(static_cast<std::uint32_t>(kv.value.size()));
    out.set_version(kv.version);
    out.set_create_revision(kv.createRevision);
    out.set_lease(kv.lease);
    out.set_index(static_cast<std::uint64_t>(e.number));  // the loop puts the raft index there
}

void Encoder::operator()(const mvcc::StoreTrace& e) const {
    switch (e.kind) {
        case mvcc::StoreTraceKind::keyChanged:
            encodeKeyChanged(e, *out.mutable_key_changed());
            break;
        case mvcc::StoreTraceKind::leaseGranted:
        case mvcc::StoreTraceKind::leaseRenewed:
        case mvcc::StoreTraceKind::leaseRevoked:
        case mvcc::StoreTraceKind::leaseExpired:
        case mvcc::StoreTraceKind::leaseCheckpointed: {
            auto& lease = *out.mutable_lease_changed();
            lease.set_kind(leaseKind(e.kind));
            lease.set_lease(e.id);
            lease.set_ttl_s(e.number);
            lease.set_deadline_ns(e.deadlineNs);
            lease.set_keys(e.count);
            break;
        }
        case mvcc::StoreTraceKind::compactionScheduled:
        case mvcc::StoreTraceKind::compactionFinished: {
            auto& compacted = *out.mutable_compacted();
            compacted.set_revision(e.number);
            compacted.set_finished(e.kind == mvcc::StoreTraceKind::compactionFinished);
            compacted.set_rows_removed(static_cast<std::uint64_t>(e.number2));
            break;
        }
        case mvcc::StoreTraceKind::alarmRaised:
        case mvcc::StoreTraceKind::alarmDisarmed: {
            auto& alarm = *out.mutable_alarm_changed();
            alarm.set_member(e.alarm.member);
            alarm.set_type(static_cast<std::uint32_t>(e.alarm.type));
            alarm.set_active(e.kind == mvcc::StoreTraceKind::alarmRaised);
            break;
        }
        case mvcc::StoreTraceKind::watcherMoved: {
            auto& moved = *out.mutable_watcher_moved();
            moved.set_stream(e.stream);
            moved.set_watcher(e.id);
            moved.set_from(static_cast<proto::WatcherGroup>(e.from));
            moved.set_to(static_cast<proto::WatcherGroup>(e.to));
            moved.set_key(e.key.substr(0, kKeyPreviewBytes));
            moved.set_range_end(e.rangeEnd.substr(0, kKeyPreviewBytes));
            moved.set_next_revision(e.number);
            moved.set_reason(e.reason);
            break;
        }
        case mvcc::StoreTraceKind::watchDelivered: {
            auto& delivered = *out.mutable_watch_delivered();
            delivered.set_stream(e.stream);
            delivered.set_watcher(e.id);
            delivered.set_first_revision(e.number);
            delivered.set_last_revision(e.number2);
            delivered.set_events(e.count);
            break;
        }
    }
}

}  // namespace

bool isPublished(raft::TraceKind kind) {
    switch (kind) {
        case raft::TraceKind::roleChanged:
        case raft::TraceKind::termChanged:
        case raft::TraceKind::voteCast:
        case raft::TraceKind::logTruncated:
        case raft::TraceKind::logCompacted:
        case raft::TraceKind::commitAdvanced:
        case raft::TraceKind::progressChanged:
            return true;
        default:
            return false;
    }
}

void encodeEvents(const std::vector<TelemetryEvent>& events, telemetry::v1::EventBatch& batch) {
    batch.set_schema_version(kTelemetrySchemaVersion);
    for (const TelemetryEvent& event : events) {
        auto& out = *batch.add_events();
        out.set_sequence(event.sequence);
        out.set_at_ns(event.atNs);
        std::visit(Encoder{out}, event.payload);
    }
}

void encodeFullState(const FullState& state, telemetry::v1::FullState& out) {
    out.set_sequence(state.sequence);
    out.set_at_ns(state.atNs);
    out.set_role(state.status.learner ? proto::ROLE_LEARNER : roleOf(state.status.role));
    out.set_term(state.status.term);
    out.set_voted_for(state.status.votedFor);
    out.set_leader(state.status.leader);
    out.set_first_index(state.status.firstIndex);
    out.set_last_index(state.status.lastIndex);
    out.set_durable_index(state.status.durableIndex);
    out.set_commit_index(state.status.commit);
    out.set_applied_index(state.status.applied);
    for (const raft::Entry& entry : state.tail) summarise(entry, *out.add_tail());
    encodeConfiguration(state.conf, &state.membership, *out.mutable_configuration());
    for (const raft::ProgressView& view : state.progress) encodeProgress(view, *out.add_progress());
    out.mutable_deadline()->set_deadline_ns(state.status.deadline.deadlineNs);
    out.mutable_deadline()->set_timeout_ns(state.status.deadline.timeoutNs);
    out.mutable_deadline()->set_redrawn(state.status.deadline.redrawn);
    out.set_revision(state.revision);
    out.set_compact_revision(state.compactRevision);
    for (const LinkFaults& link : state.faults) toProto(link, *out.add_faults());
    toProto(state.status.pace, *out.mutable_pace());
    for (const mvcc::WatcherView& watcher : state.watchers) {
        auto& w = *out.add_watchers();
        w.set_stream(watcher.stream);
        w.set_watcher(watcher.id);
        w.set_group(static_cast<proto::WatcherGroup>(watcher.group));
        w.set_key(watcher.key.substr(0, kKeyPreviewBytes));
        w.set_range_end(watcher.rangeEnd.substr(0, kKeyPreviewBytes));
        w.set_next_revision(watcher.nextRevision);
    }
    for (const mvcc::LeaseView& lease : state.leases) {
        auto& l = *out.add_leases();
        l.set_lease(lease.id);
        l.set_ttl_s(lease.grantedTtlSeconds);
        l.set_deadline_ns(lease.deadline);
        l.set_keys(static_cast<std::uint32_t>(lease.keys.size()));
    }
    for (const mvcc::Alarm& alarm : state.alarms) {
        auto& a = *out.add_alarms();
        a.set_member(alarm.member);
        a.set_type(static_cast<std::uint32_t>(alarm.type));
    }
}

void encodeIdentity(const NodeStatus& status, std::string_view name, std::string_view version,
                    telemetry::v1::NodeIdentity& out) {
    out.set_node_id(status.nodeId);
    out.set_cluster_id(status.clusterId);
    out.set_name(std::string(name));
    out.set_incarnation(status.incarnation);
    out.set_pid(static_cast<std::int32_t>(getpid()));
    out.set_version(std::string(version));
}

void toProto(const MessageId& id, telemetry::v1::MessageId& out) {
    out.set_sender(id.sender);
    out.set_incarnation(id.incarnation);
    out.set_counter(id.counter);
}

void toProto(const MessageInfo& info, telemetry::v1::MessageInfo& out) {
    toProto(info.id, *out.mutable_id());
    out.set_type(static_cast<std::uint32_t>(info.type));
    out.set_from(info.from);
    out.set_to(info.to);
    out.set_term(info.term);
    out.set_log_term(info.logTerm);
    out.set_index(info.index);
    out.set_commit(info.commit);
    out.set_reject(info.reject);
    out.set_reject_hint(info.rejectHint);
    out.set_entry_count(info.entryCount);
    out.set_first_entry(info.firstEntry);
    out.set_last_entry_term(info.lastEntryTerm);
    out.set_bytes(info.bytes);
    out.set_transfer(info.transfer);
}

void toProto(const LinkFaults& faults, telemetry::v1::LinkFaults& out) {
    out.set_from(faults.from);
    out.set_to(faults.to);
    out.set_cut(faults.cut);
    out.set_delay_ns(faults.delayNs);
    out.set_jitter_ns(faults.jitterNs);
    out.set_drop_share(faults.dropShare);
    out.set_duplicate_share(faults.duplicateShare);
    out.set_hold(faults.hold);
}

void toProto(const Pace& pace, telemetry::v1::Pace& out) {
    out.set_tick_ns(pace.tickNs);
    out.set_heartbeat_ticks(static_cast<std::uint32_t>(pace.heartbeatTicks));
    out.set_election_ticks(static_cast<std::uint32_t>(pace.electionTicks));
    out.set_pre_vote(pace.preVote);
    out.set_check_quorum(pace.checkQuorum);
}

MessageId fromProto(const telemetry::v1::MessageId& id) { return {id.sender(), id.incarnation(), id.counter()}; }

LinkFaults fromProto(const telemetry::v1::LinkFaults& faults) {
    LinkFaults out;
    out.from = faults.from();
    out.to = faults.to();
    out.cut = faults.cut();
    out.delayNs = faults.delay_ns();
    out.jitterNs = faults.jitter_ns();
    out.dropShare = faults.drop_share();
    out.duplicateShare = faults.duplicate_share();
    out.hold = faults.hold();
    return out;
}

bool mayBeSampled(const TelemetryEvent& event) {
    if (std::holds_alternative<MessageEvent>(event.payload) || std::holds_alternative<RequestStep>(event.payload))
        return true;
    const auto* trace = std::get_if<mvcc::StoreTrace>(&event.payload);
    return trace &&
           (trace->kind == mvcc::StoreTraceKind::keyChanged || trace->kind == mvcc::StoreTraceKind::watchDelivered);
}

}  // namespace raftarium::node
