// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/message_check.h"

#include "cluster/raft/conf/conf_changer.h"
#include "cluster/raft/tracker/tracker.h"

#include <limits>

namespace raftarium::raft {

namespace {

// The core adds to the terms and indexes of messages; the sums must not overflow.
constexpr std::uint64_t kNumberMax = std::numeric_limits<std::uint64_t>::max() / 2;

// A forwarded message keeps the member that made it as its sender, and has no term.
bool isForwarded(MessageType type) { return type == MessageType::prop || type == MessageType::readIndex; }

std::string senderFault(const Message& message, NodeId self) {
    if (message.to != self) return "it is for another member";
    if (message.from == kNone || isLocalTarget(message.from)) return "it has no sender";
    // A message of this member comes back from the member it was forwarded to.
    const bool mayBeOwn = isForwarded(message.type) || message.type == MessageType::transferLeader;
    if (message.from == self && !mayBeOwn) return "it comes from this member itself";
    return "";
}

std::string appendFault(const Message& message) {
    if (message.logTerm > message.term) return "the entry before it is of a later term than the leader's";
    if (message.index == 0 && message.logTerm != 0) return "the entry before it has a term but no index";
    Term term = message.logTerm;
    Index index = message.index;
    for (const Entry& entry : message.entries) {
        if (entry.index != ++index) return "its entries are out of order";
        if (entry.term < term || entry.term == 0) return "the terms of its entries fall";
        if (entry.term > message.term) return "an entry is of a later term than the leader's";
        term = entry.term;
    }
    return "";
}

std::string snapshotFault(const Message& message) {
    if (!message.snapshot || message.snapshot->empty()) return "it has no snapshot";
    const SnapshotMetadata& metadata = message.snapshot->metadata;
    if (metadata.index > kNumberMax) return "an index is out of range";
    if (metadata.term == 0 || metadata.term > message.term) return "the term of its snapshot is not possible";
    return confStateFault(metadata.confState);
}

std::string entriesFault(const Message& message) {
    for (const Entry& entry : message.entries)
        if (entry.type > EntryType::confChangeV2) return "an entry is of an unknown type";
    switch (message.type) {
        case MessageType::prop:
            return message.entries.empty() ? "it proposes nothing" : "";
        case MessageType::readIndex:
        case MessageType::readIndexResp:
            return message.entries.size() != 1 ? "it does not have the one entry with the read's context" : "";
        case MessageType::app:
            return appendFault(message);
        case MessageType::snap:
            return snapshotFault(message);
        default:
            return "";
    }
}

}  // namespace

std::string confStateFault(const ConfState& state) {
    if (state.voters.empty()) return "its configuration has no voters";
    for (const auto* ids : {&state.voters, &state.votersOutgoing, &state.learners, &state.learnersNext})
        for (const NodeId id : *ids)
            if (id == kNone || isLocalTarget(id)) return "its configuration names a member that cannot be";
    const Tracker empty(1, 0);
    const ChangeResult result = ConfChanger(empty, 0).restore(state);
    const auto* fault = std::get_if<std::string>(&result);
    return fault ? *fault : "";
}

std::string messageFault(const Message& message, NodeId self) {
    if (message.type > MessageType::forgetLeader) return "its type is not known";
    if (isLocalMessage(message.type) || message.type == MessageType::forgetLeader)
        return "a member sends it only to itself";
    if (std::string fault = senderFault(message, self); !fault.empty()) return fault;
    for (const std::uint64_t number : {message.term, message.logTerm, message.index, message.commit})
        if (number > kNumberMax) return "a term or index is out of range";
    const bool termless = isForwarded(message.type) || message.type == MessageType::transferLeader;
    if (message.term == 0 && !termless) return "it has no term";
    if (message.term != 0 && isForwarded(message.type)) return "it has a term, which no such message has";
    return entriesFault(message);
}

}  // namespace raftarium::raft
