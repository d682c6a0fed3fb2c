// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the application must do next, and in which order.
//
// Synchronous storage writes: (1) write entries, hardState and snapshot to stable storage, together, synced if
// mustSync; (2) send messages (a leader's appends may go out before (1) is finished, nothing else may); (3) apply
// committedEntries; (4) advance().
// Asynchronous storage writes: send every message. Messages to kLocalAppendThread and kLocalApplyThread go to two local
// workers. Each works in order, and delivers the message's `responses` when the work is done; some of them go to this
// core's own step(). entries, snapshot and committedEntries are for information only then; advance() is not called.
#pragma once

#include "cluster/raft/message.h"
#include "cluster/raft/trace.h"
#include "cluster/raft/types.h"

#include <memory>
#include <optional>
#include <vector>

namespace raftarium::raft {

// A linearizable read may be served once the application has applied `index` (thesis 6.4).
struct ReadState {
    Index index = 0;
    base::Bytes context;
};

struct Ready {
    std::optional<SoftState> softState;  // set if it changed
    HardState hardState;                 // empty if it did not change
    std::vector<ReadState> readStates;
    std::vector<Entry> entries;                // to be made stable
    std::shared_ptr<const Snapshot> snapshot;  // to be made stable; null if none
    std::vector<Entry> committedEntries;       // stable already, to be applied
    std::vector<Message> messages;
    bool mustSync = false;
    std::vector<TraceEvent> trace;  // not in etcd-io/raft: what happened since the last Ready
};

}  // namespace raftarium::raft
