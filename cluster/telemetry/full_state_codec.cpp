// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec_enums.h"
#include "cluster/telemetry/codec_parts.h"

#include <variant>

namespace raftarium::telemetry {
namespace {

Alarm decode(const v1::AlarmState& in) { return {in.member(), alarmTypeOf(in.type())}; }
Lease decode(const v1::LeaseState& in) { return {in.lease(), in.ttl_s(), in.deadline_ns(), in.keys()}; }
Watcher decode(const v1::WatcherState& in) {
    return {in.stream(), in.watcher(),   fromProto(in.group(), WatcherGroup::none),
            in.key(),    in.range_end(), in.next_revision()};
}

}  // namespace

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

}  // namespace raftarium::telemetry
