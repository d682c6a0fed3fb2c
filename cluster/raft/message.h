// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Messages between members, and the local messages that drive the core. One flat struct, as raftpb.Message: which
// fields are used depends on the type (see its handler).
#pragma once

#include "cluster/raft/types.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::raft {

enum class MessageType : std::uint8_t {
    hup = 0,
    beat = 1,
    prop = 2,
    app = 3,
    appResp = 4,
    vote = 5,
    voteResp = 6,
    snap = 7,
    heartbeat = 8,
    heartbeatResp = 9,
    unreachable = 10,
    snapStatus = 11,
    checkQuorum = 12,
    transferLeader = 13,
    timeoutNow = 14,
    readIndex = 15,
    readIndexResp = 16,
    preVote = 17,
    preVoteResp = 18,
    storageAppend = 19,
    storageAppendResp = 20,
    storageApply = 21,
    storageApplyResp = 22,
    forgetLeader = 23,
};

// "MsgApp" and so on.
const char* messageTypeName(MessageType type);
// Messages that a node makes for itself; they are never valid from the network.
bool isLocalMessage(MessageType type);
bool isResponseMessage(MessageType type);

struct Message {
    MessageType type = MessageType::hup;
    bool reject = false;
    NodeId to = kNone;
    NodeId from = kNone;
    Term term = 0;
    Term logTerm = 0;
    Index index = 0;
    Index commit = 0;
    Index rejectHint = 0;
    NodeId vote = kNone;  // storageAppend only
    std::vector<Entry> entries;
    base::Bytes context;
    std::shared_ptr<const Snapshot> snapshot;  // snap and storageAppend
    std::vector<Message> responses;            // storageAppend and storageApply: deliver these when the work is done
};

}  // namespace raftarium::raft
