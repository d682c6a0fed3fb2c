// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/message.h"

namespace raftarium::raft {

const char* messageTypeName(MessageType type) {
    switch (type) {
        case MessageType::hup:
            return "MsgHup";
        case MessageType::beat:
            return "MsgBeat";
        case MessageType::prop:
            return "MsgProp";
        case MessageType::app:
            return "MsgApp";
        case MessageType::appResp:
            return "MsgAppResp";
        case MessageType::vote:
            return "MsgVote";
        case MessageType::voteResp:
            return "MsgVoteResp";
        case MessageType::snap:
            return "MsgSnap";
        case MessageType::heartbeat:
            return "MsgHeartbeat";
        case MessageType::heartbeatResp:
            return "MsgHeartbeatResp";
        case MessageType::unreachable:
            return "MsgUnreachable";
        case MessageType::snapStatus:
            return "MsgSnapStatus";
        case MessageType::checkQuorum:
            return "MsgCheckQuorum";
        case MessageType::transferLeader:
            return "MsgTransferLeader";
        case MessageType::timeoutNow:
            return "MsgTimeoutNow";
        case MessageType::readIndex:
            return "MsgReadIndex";
        case MessageType::readIndexResp:
            return "MsgReadIndexResp";
        case MessageType::preVote:
            return "MsgPreVote";
        case MessageType::preVoteResp:
            return "MsgPreVoteResp";
        case MessageType::storageAppend:
            return "MsgStorageAppend";
        case MessageType::storageAppendResp:
            return "MsgStorageAppendResp";
        case MessageType::storageApply:
            return "MsgStorageApply";
        case MessageType::storageApplyResp:
            return "MsgStorageApplyResp";
        case MessageType::forgetLeader:
            return "MsgForgetLeader";
    }
    return "MsgUnknown";
}

bool isLocalMessage(MessageType type) {
    switch (type) {
        case MessageType::hup:
        case MessageType::beat:
        case MessageType::unreachable:
        case MessageType::snapStatus:
        case MessageType::checkQuorum:
        case MessageType::storageAppend:
        case MessageType::storageAppendResp:
        case MessageType::storageApply:
        case MessageType::storageApplyResp:
            return true;
        default:
            return false;
    }
}

bool isResponseMessage(MessageType type) {
    switch (type) {
        case MessageType::appResp:
        case MessageType::voteResp:
        case MessageType::heartbeatResp:
        case MessageType::unreachable:
        case MessageType::readIndexResp:
        case MessageType::preVoteResp:
        case MessageType::storageAppendResp:
        case MessageType::storageApplyResp:
            return true;
        default:
            return false;
    }
}

}  // namespace raftarium::raft
