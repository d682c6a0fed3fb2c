// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the core wants done, and in which order.
//
// Synchronous storage writes: (1) write entries, hardState and snapshot to stable storage, together, synced if
// mustSync; (2) send messages (a leader's appends may go out before (1) is finished, nothing else may); (3) apply
// committedEntries; (4) advance().
// Asynchronous storage writes: send every message; those to kLocalAppendThread and kLocalApplyThread go to the two
// local workers, each of which works in order and, when done, delivers the message's `responses` (also to this core's
// step()). entries, snapshot and committedEntries are then for information only; advance() is not called.
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
    std::optional<SoftState> softState;  // only when it changed
    HardState hardState;                 // empty when it did not change
    std::vector<ReadState> readStates;
    std::vector<Entry> entries;                // to be made stable
    std::shared_ptr<const Snapshot> snapshot;  // to be made stable; null if none
    std::vector<Entry> committedEntries;       // stable already, to be applied
    std::vector<Message> messages;
    bool mustSync = false;
    std::vector<TraceEvent> trace;  // beyond upstream: what happened since the last Ready
};

}  // namespace raftarium::raft
