// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec.h"
#include "cluster/telemetry/codec_enums.h"

#include <string>
#include <string_view>
#include <variant>

namespace raftarium::telemetry {
namespace {

std::string preview(std::string_view text, std::size_t bytes) { return std::string(text.substr(0, bytes)); }

void encode(const LogEntry& entry, const Describer& describer, v1::EntrySummary& out) {
    const bool described = entry.payload.isNull();
    out.set_index(entry.index);
    out.set_term(entry.term);
    out.set_type(entry.type);
    out.set_text(described ? entry.text : describer.entryText(entry));
    out.set_bytes(entry.bytes);
    out.set_request_id(described ? entry.requestId : describer.entryRequestId(entry));
}

void encode(const Progress& progress, v1::PeerProgress& out) {
    out.set_peer(progress.peer);
    out.set_state(toProto(progress.state));
    out.set_match(progress.match);
    out.set_next(progress.next);
    out.set_in_flight(progress.inFlight);
    out.set_paused(progress.paused);
    out.set_recently_active(progress.recentlyActive);
}

void encode(const Configuration& configuration, v1::Configuration& out) {
    for (const NodeId id : configuration.voters) out.add_voters(id);
    for (const NodeId id : configuration.learners) out.add_learners(id);
    for (const NodeId id : configuration.votersOutgoing) out.add_voters_outgoing(id);
    for (const NodeId id : configuration.learnersNext) out.add_learners_next(id);
    out.set_auto_leave(configuration.autoLeave);
    for (const Member& member : configuration.members) {
        v1::Member& one = *out.add_members();
        one.set_id(member.id);
        one.set_name(member.name);
        for (const std::string& url : member.peerUrls) one.add_peer_urls(url);
        for (const std::string& url : member.clientUrls) one.add_client_urls(url);
        one.set_learner(member.learner);
    }
}

void encode(const ElectionDeadline& deadline, v1::ElectionDeadline& out) {
    out.set_deadline_ns(deadline.deadlineNs);
    out.set_timeout_ns(deadline.timeoutNs);
    out.set_redrawn(deadline.redrawn);
}

// One overload for each kind that a node reports.
struct Encoder {
    v1::Event& out;
    const Describer& describer;

    void operator()(const RoleChanged& e) const {
        v1::RoleChanged& role = *out.mutable_role_changed();
        role.set_role(toProto(e.role));
        role.set_term(e.term);
        role.set_leader(e.leader);
        role.set_cause(toProto(e.cause));
        role.set_caused_by(e.causedBy);
    }
    void operator()(const TermChanged& e) const {
        v1::TermChanged& term = *out.mutable_term_changed();
        term.set_term(e.term);
        term.set_previous(e.previous);
        term.set_seen_from(e.seenFrom);
    }
    void operator()(const VoteCast& e) const {
        v1::VoteCast& vote = *out.mutable_vote_cast();
        vote.set_candidate(e.candidate);
        vote.set_term(e.term);
        vote.set_pre_vote(e.preVote);
        vote.set_result(toProto(e.result));
        vote.set_candidate_last_term(e.candidateLastTerm);
        vote.set_candidate_last_index(e.candidateLastIndex);
        vote.set_own_last_term(e.ownLastTerm);
        vote.set_own_last_index(e.ownLastIndex);
        vote.set_voted_for(e.votedFor);
    }
    void operator()(const VoteTally& e) const {
        v1::VoteTally& tally = *out.mutable_vote_tally();
        tally.set_term(e.term);
        tally.set_pre_vote(e.preVote);
        for (const NodeId id : e.granted) tally.add_granted(id);
        for (const NodeId id : e.refused) tally.add_refused(id);
        tally.set_needed(e.needed);
        tally.set_result(toProto(e.result));
    }
    void operator()(const ElectionDeadline& e) const { encode(e, *out.mutable_election_deadline()); }
    void operator()(const MessageSent& e) const { toProto(e.message, *out.mutable_message_sent()->mutable_message()); }
    void operator()(const MessageReceived& e) const {
        toProto(e.message, *out.mutable_message_received()->mutable_message());
    }
    void operator()(const MessageDropped& e) const {
        v1::MessageDropped& dropped = *out.mutable_message_dropped();
        toProto(e.message, *dropped.mutable_message());
        dropped.set_reason(toProto(e.reason));
        dropped.set_at_receiver(e.atReceiver);
    }
    void operator()(const MessageDelayed& e) const {
        v1::MessageDelayed& delayed = *out.mutable_message_delayed();
        toProto(e.message, *delayed.mutable_message());
        delayed.set_until_ns(e.untilNs);
        delayed.set_at_receiver(e.atReceiver);
    }
    void operator()(const LogAppended& e) const {
        v1::LogAppended& appended = *out.mutable_log_appended();
        for (const LogEntry& entry : e.entries) encode(entry, describer, *appended.add_entries());
        appended.set_first_index(e.firstIndex);
        appended.set_last_index(e.lastIndex);
        appended.set_last_term(e.lastTerm);
    }
    void operator()(const LogTruncated& e) const {
        v1::LogTruncated& truncated = *out.mutable_log_truncated();
        truncated.set_from_index(e.fromIndex);
        truncated.set_to_index(e.toIndex);
        truncated.set_from_term(e.fromTerm);
    }
    void operator()(const LogCompacted& e) const { out.mutable_log_compacted()->set_first_index(e.firstIndex); }
    void operator()(const WalSynced& e) const {
        v1::WalSynced& synced = *out.mutable_wal_synced();
        synced.set_index(e.index);
        synced.set_term(e.term);
        synced.set_bytes(e.bytes);
        synced.set_entries(e.entries);
        synced.set_duration_ns(e.durationNs);
        synced.set_segment(e.segment);
        synced.set_offset(e.offset);
        if (e.syncs > 1) synced.set_syncs(e.syncs);
    }
    void operator()(const CommitAdvanced& e) const {
        out.mutable_commit_advanced()->set_index(e.index);
        out.mutable_commit_advanced()->set_term(e.term);
    }
    void operator()(const Applied& e) const {
        v1::Applied& applied = *out.mutable_applied();
        applied.set_first_index(e.firstIndex);
        applied.set_last_index(e.lastIndex);
        applied.set_revision(e.revision);
    }
    void operator()(const ProgressChanged& e) const {
        encode(e.progress, *out.mutable_progress_changed()->mutable_progress());
    }
    void operator()(const ConfigurationChanged& e) const {
        out.mutable_configuration_changed()->set_index(e.index);
        encode(e.configuration, *out.mutable_configuration_changed()->mutable_configuration());
    }
    void operator()(const SnapshotProgress& e) const {
        v1::SnapshotProgress& progress = *out.mutable_snapshot_progress();
        progress.set_phase(toProto(e.phase));
        progress.set_index(e.index);
        progress.set_term(e.term);
        progress.set_peer(e.peer);
        progress.set_bytes_done(e.bytesDone);
        progress.set_bytes_total(e.bytesTotal);
    }
    void operator()(const KeyChanged& e) const {
        v1::KeyChanged& key = *out.mutable_key_changed();
        key.set_main(e.main);
        key.set_sub(e.sub);
        key.set_deleted(e.deleted);
        key.set_key(preview(e.key.view(), kKeyPreviewBytes));
        key.set_value(preview(e.value.view(), kValuePreviewBytes));
        key.set_value_size(e.valueSize);
        key.set_version(e.version);
        key.set_create_revision(e.createRevision);
        key.set_lease(e.lease);
        key.set_index(e.index);
        key.set_request_id(e.requestId);
    }
    void operator()(const WatcherMoved& e) const {
        v1::WatcherMoved& moved = *out.mutable_watcher_moved();
        moved.set_stream(e.watcher.stream);
        moved.set_watcher(e.watcher.id);
        moved.set_from(toProto(e.from));
        moved.set_to(toProto(e.watcher.group));
        moved.set_key(preview(e.watcher.key, kKeyPreviewBytes));
        moved.set_range_end(preview(e.watcher.rangeEnd, kKeyPreviewBytes));
        moved.set_next_revision(e.watcher.nextRevision);
        moved.set_cause(toProto(e.cause));
    }
    void operator()(const WatchDelivered& e) const {
        v1::WatchDelivered& delivered = *out.mutable_watch_delivered();
        delivered.set_stream(e.stream);
        delivered.set_watcher(e.watcher);
        delivered.set_first_revision(e.firstRevision);
        delivered.set_last_revision(e.lastRevision);
        delivered.set_events(e.events);
        delivered.set_request_id(e.requestId);
    }
    void operator()(const LeaseChanged& e) const {
        v1::LeaseChanged& lease = *out.mutable_lease_changed();
        lease.set_kind(toProto(e.kind));
        lease.set_lease(e.lease.id);
        lease.set_ttl_s(e.lease.ttlSeconds);
        lease.set_deadline_ns(e.lease.deadlineNs);
        lease.set_keys(e.lease.keys);
        lease.set_cause(toProto(e.cause));
    }
    void operator()(const Compacted& e) const {
        v1::Compacted& compacted = *out.mutable_compacted();
        compacted.set_revision(e.revision);
        compacted.set_finished(e.finished);
        compacted.set_rows_removed(e.rowsRemoved);
    }
    void operator()(const AlarmChanged& e) const {
        v1::AlarmChanged& alarm = *out.mutable_alarm_changed();
        alarm.set_member(e.alarm.member);
        alarm.set_type(static_cast<std::uint32_t>(e.alarm.type));
        alarm.set_active(e.active);
    }
    void operator()(const ClientRequest& e) const {
        v1::ClientRequest& request = *out.mutable_client_request();
        request.set_request_id(e.requestId);
        request.set_phase(toProto(e.phase));
        request.set_text(e.payload.isNull() ? e.text : describer.requestText(e.payload));
        request.set_index(e.index);
        request.set_revision(e.revision);
        request.set_error(e.error);
        request.set_forwarded_to(e.forwardedTo);
    }
    void operator()(const FaultsChanged& e) const {
        v1::FaultsChanged& changed = *out.mutable_faults_changed();
        for (const LinkFaults& link : e.links) toProto(link, *changed.add_links());
    }
    void operator()(const PaceChanged& e) const { toProto(e.pace, *out.mutable_pace_changed()->mutable_pace()); }
    void operator()(const Lifecycle& e) const { out.mutable_lifecycle()->set_phase(toProto(e.phase)); }
    void operator()(const RuleFired& e) const {
        out.mutable_rule_fired()->set_rule(toProto(e.rule));
        for (const std::uint64_t value : e.values) out.mutable_rule_fired()->add_values(value);
    }
    void operator()(const Lost& e) const {
        out.mutable_lost()->set_count(e.count);
        out.mutable_lost()->set_sampled(e.sampled);
    }
    // Not of a node's stream.
    void operator()(const Boxed<FullState>&) const {}
    void operator()(const StreamEnded&) const {}
    void operator()(const ProcessChanged&) const {}
    void operator()(const ActionTaken&) const {}
};

}  // namespace

void encodeEvents(const std::vector<Event>& events, const Describer& describer, v1::EventBatch& batch) {
    batch.set_schema_version(kSchemaVersion);
    for (const Event& event : events) {
        v1::Event& out = *batch.add_events();
        out.set_sequence(event.sequence);
        out.set_at_ns(event.atNs);
        if (event.cause.known()) {
            if (event.cause.isMessage())
                toProto(event.cause.message(), *out.mutable_cause()->mutable_message());
            else
                out.mutable_cause()->set_sequence(event.cause.sequence());
        }
        std::visit(Encoder{out, describer}, event.kind);
    }
}

void encodeFullState(const Event& full, const Describer& describer, v1::EventBatch& batch) {
    const FullState& state = *std::get<Boxed<FullState>>(full.kind);
    batch.set_schema_version(kSchemaVersion);
    v1::NodeIdentity& identity = *batch.mutable_node();
    identity.set_node_id(full.node);
    identity.set_cluster_id(state.clusterId);
    identity.set_name(state.name);
    identity.set_incarnation(state.incarnation);
    identity.set_pid(state.pid);
    identity.set_version(state.version);

    v1::FullState& out = *batch.mutable_full_state();
    out.set_sequence(full.sequence);
    out.set_at_ns(full.atNs);
    out.set_role(toProto(state.role));
    out.set_term(state.term);
    out.set_voted_for(state.votedFor);
    out.set_leader(state.leader);
    out.set_first_index(state.firstIndex);
    out.set_last_index(state.lastIndex);
    out.set_durable_index(state.durableIndex);
    out.set_commit_index(state.commitIndex);
    out.set_applied_index(state.appliedIndex);
    for (const LogEntry& entry : state.tail) encode(entry, describer, *out.add_tail());
    encode(state.configuration, *out.mutable_configuration());
    for (const Progress& progress : state.progress) encode(progress, *out.add_progress());
    encode(state.deadline, *out.mutable_deadline());
    out.set_revision(state.revision);
    out.set_compact_revision(state.compactRevision);
    for (const LinkFaults& link : state.faults) toProto(link, *out.add_faults());
    toProto(state.pace, *out.mutable_pace());
    for (const Watcher& watcher : state.watchers) {
        v1::WatcherState& one = *out.add_watchers();
        one.set_stream(watcher.stream);
        one.set_watcher(watcher.id);
        one.set_group(toProto(watcher.group));
        one.set_key(preview(watcher.key, kKeyPreviewBytes));
        one.set_range_end(preview(watcher.rangeEnd, kKeyPreviewBytes));
        one.set_next_revision(watcher.nextRevision);
    }
    for (const Lease& lease : state.leases) {
        v1::LeaseState& one = *out.add_leases();
        one.set_lease(lease.id);
        one.set_ttl_s(lease.ttlSeconds);
        one.set_deadline_ns(lease.deadlineNs);
        one.set_keys(lease.keys);
    }
    for (const Alarm& alarm : state.alarms) {
        v1::AlarmState& one = *out.add_alarms();
        one.set_member(alarm.member);
        one.set_type(static_cast<std::uint32_t>(alarm.type));
    }
}

}  // namespace raftarium::telemetry
