// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Reads that wait until a quorum has confirmed the leader (thesis 6.4). A confirmed read releases all reads before it.
//
// The leader gives each request a number, and the heartbeats that ask for its confirmation carry that number. The
// caller's context cannot be used for this: a client may repeat a request with the same context. A late answer to the
// first heartbeat would then confirm the second request and release every read before it, although the leader may have
// been replaced in between (etcd#20418; etcd-io/raft PR 397).
#pragma once

#include "cluster/raft/message.h"
#include "cluster/raft/tracker/quorum.h"

#include <deque>
#include <optional>
#include <vector>

namespace raftarium::raft {

struct PendingRead {
    Message request;  // its one entry holds the caller's context
    Index index = 0;  // the commit index when the request came
    base::Bytes heartbeatContext;
    VoterSet confirmed;
};

class ReadIndexQueue {
public:
    // Returns the context for the heartbeats that ask for confirmation. No context is used twice.
    base::Bytes add(Message request, Index commit);
    // Records that `id` answered a heartbeat with this context. Returns all members that did; null if no read waits.
    const VoterSet* confirm(NodeId id, std::string_view heartbeatContext);
    // Removes and returns the read with this context and all reads before it.
    std::vector<PendingRead> release(std::string_view heartbeatContext);
    // The context of the newest read; every heartbeat carries it. Null if no read waits.
    base::Bytes lastContext() const;
    // The numbering continues, so that an answer to an earlier heartbeat never matches a later read.
    void clear() { m_queue.clear(); }
    std::size_t size() const { return m_queue.size(); }

private:
    std::deque<PendingRead>::iterator find(std::string_view heartbeatContext);

    std::deque<PendingRead> m_queue;
    std::uint64_t m_lastNumber = 0;
};

}  // namespace raftarium::raft
