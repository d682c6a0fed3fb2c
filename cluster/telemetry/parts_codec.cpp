// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec_enums.h"
#include "cluster/telemetry/codec_parts.h"

#include <algorithm>

namespace raftarium::telemetry {
namespace {

std::vector<std::string> textsOf(const google::protobuf::RepeatedPtrField<std::string>& texts) {
    return {texts.begin(), texts.end()};
}
LogEntry decodeEntry(const v1::EntrySummary& in) {
    return {in.index(),      in.term(), static_cast<std::uint8_t>(std::min(in.type(), 255U)), in.text(), in.bytes(),
            in.request_id(), {}};
}

}  // namespace

void toProto(const MessageKey& key, v1::MessageId& out) {
    out.set_sender(key.sender);
    out.set_incarnation(key.incarnation);
    out.set_counter(key.counter);
}

MessageKey fromProto(const v1::MessageId& in) { return {in.sender(), in.incarnation(), in.counter()}; }

void toProto(const Message& message, v1::MessageInfo& out) {
    toProto(message.key, *out.mutable_id());
    out.set_type(message.type);
    out.set_from(message.from);
    out.set_to(message.to);
    out.set_term(message.term);
    out.set_log_term(message.logTerm);
    out.set_index(message.index);
    out.set_commit(message.commit);
    out.set_reject(message.reject);
    out.set_reject_hint(message.rejectHint);
    out.set_entry_count(message.entryCount);
    out.set_first_entry(message.firstEntry);
    out.set_last_entry_term(message.lastEntryTerm);
    out.set_bytes(message.bytes);
    out.set_transfer(message.transfer);
}

Message fromProto(const v1::MessageInfo& in) {
    Message out;
    out.key = fromProto(in.id());
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
    out.preVote = isPreVote(in.type());
    out.transfer = in.transfer();
    out.entryCount = in.entry_count();
    out.firstEntry = in.first_entry();
    out.lastEntryTerm = in.last_entry_term();
    out.bytes = in.bytes();
    return out;
}

void toProto(const LinkFaults& faults, v1::LinkFaults& out) {
    out.set_from(faults.from);
    out.set_to(faults.to);
    out.set_cut(faults.cut);
    out.set_delay_ns(faults.delayNs);
    out.set_jitter_ns(faults.jitterNs);
    out.set_drop_share(faults.dropShare);
    out.set_duplicate_share(faults.duplicateShare);
    out.set_hold(faults.hold);
}

LinkFaults fromProto(const v1::LinkFaults& in) {
    return {in.from(), in.to(), in.cut(), in.delay_ns(), in.jitter_ns(), in.drop_share(), in.duplicate_share(),
            in.hold()};
}

void toProto(const Pace& pace, v1::Pace& out) {
    out.set_tick_ns(pace.tickNs);
    out.set_heartbeat_ticks(pace.heartbeatTicks);
    out.set_election_ticks(pace.electionTicks);
    out.set_pre_vote(pace.preVote);
    out.set_check_quorum(pace.checkQuorum);
}

Pace fromProto(const v1::Pace& in) {
    return {in.tick_ns(), in.heartbeat_ticks(), in.election_ticks(), in.pre_vote(), in.check_quorum()};
}

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

AlarmType alarmTypeOf(std::uint32_t type) {
    return enumOr(static_cast<int>(std::min(type, 255U)), AlarmType::corrupt, AlarmType::none);
}
std::vector<LogEntry> decode(const google::protobuf::RepeatedPtrField<v1::EntrySummary>& in) {
    std::vector<LogEntry> out;
    out.reserve(static_cast<std::size_t>(in.size()));
    for (const auto& entry : in) out.push_back(decodeEntry(entry));
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
}  // namespace raftarium::telemetry
