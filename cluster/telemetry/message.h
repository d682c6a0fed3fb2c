// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A raft message as telemetry sees it: its header, without the entries.
#pragma once

#include "cluster/telemetry/ids.h"

#include <cstdint>

namespace raftarium::telemetry {

// What a flying glyph stands for.
enum class MessageKind : std::uint8_t {
    voteRequest,
    preVoteRequest,
    voteGranted,
    voteRefused,
    append,
    appendAck,
    appendReject,
    heartbeat,
    heartbeatAck,
    snapshot,
    timeoutNow,
    readIndex,
    readIndexAnswer,
    proposal,
    transferRequest,
    other,
};
// `type` is a raftpb.MessageType.
MessageKind messageKindOf(std::uint32_t type, bool reject);
bool isPreVote(std::uint32_t type);  // the request or its answer

struct Message {
    MessageKey key;
    MessageKind kind = MessageKind::other;
    std::uint8_t type = 0;  // raftpb.MessageType
    NodeId from = 0, to = 0;
    std::uint64_t term = 0, logTerm = 0, index = 0, commit = 0, rejectHint = 0;
    bool reject = false, preVote = false, transfer = false;
    std::uint32_t entryCount = 0;
    std::uint64_t firstEntry = 0, lastEntryTerm = 0;
    std::uint32_t bytes = 0;  // encoded
    friend bool operator==(const Message&, const Message&) = default;
};

}  // namespace raftarium::telemetry
