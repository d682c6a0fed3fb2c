// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec.h"
#include "cluster/telemetry/codec_enums.h"
#include "cluster/telemetry/codec_parts.h"

#include <variant>

namespace raftarium::telemetry {
namespace {

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

}  // namespace raftarium::telemetry
