// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/message.h"

namespace raftarium::telemetry {
namespace {

// The numbers of raftpb.MessageType.
enum RaftType : std::uint32_t {
    kProposal = 2,
    kAppend = 3,
    kAppendAnswer = 4,
    kVote = 5,
    kVoteAnswer = 6,
    kSnapshot = 7,
    kHeartbeat = 8,
    kHeartbeatAnswer = 9,
    kTransferLeader = 13,
    kTimeoutNow = 14,
    kReadIndex = 15,
    kReadIndexAnswer = 16,
    kPreVote = 17,
    kPreVoteAnswer = 18,
};

}  // namespace

MessageKind messageKindOf(std::uint32_t type, bool reject) {
    switch (type) {
        case kProposal:
            return MessageKind::proposal;
        case kAppend:
            return MessageKind::append;
        case kAppendAnswer:
            return reject ? MessageKind::appendReject : MessageKind::appendAck;
        case kVote:
            return MessageKind::voteRequest;
        case kVoteAnswer:
        case kPreVoteAnswer:
            return reject ? MessageKind::voteRefused : MessageKind::voteGranted;
        case kSnapshot:
            return MessageKind::snapshot;
        case kHeartbeat:
            return MessageKind::heartbeat;
        case kHeartbeatAnswer:
            return MessageKind::heartbeatAck;
        case kTransferLeader:
            return MessageKind::transferRequest;
        case kTimeoutNow:
            return MessageKind::timeoutNow;
        case kReadIndex:
            return MessageKind::readIndex;
        case kReadIndexAnswer:
            return MessageKind::readIndexAnswer;
        case kPreVote:
            return MessageKind::preVoteRequest;
        default:
            return MessageKind::other;
    }
}

bool isPreVote(std::uint32_t type) { return type == kPreVote || type == kPreVoteAnswer; }

}  // namespace raftarium::telemetry
