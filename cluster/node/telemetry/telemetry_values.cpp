// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_values.h"

#include "cluster/node/telemetry/telemetry_enums.h"
#include "cluster/wire/message_codec.h"
#include "cluster/wire/request_text.h"
#include "cluster/wire/requests.h"

#include <string_view>

namespace raftarium::node {
namespace {

constexpr std::string_view kTransferContext = "CampaignTransfer";

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
