// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec.h"
#include "proto/raftarium/telemetry.pb.h"

#include <algorithm>

namespace raftarium::telemetry {

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

}  // namespace raftarium::telemetry
