// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Reads waiting for a quorum to confirm the leader (thesis 6.4). A confirmed one releases all that came before it.
//
// Each request gets a number of the leader's own, and the heartbeats that ask for its confirmation carry that number.
// The caller's context does not serve for that: a request may be repeated with the context it had, and a late answer to
// a heartbeat of the first one would then confirm the second, and release every read before it, on a leader that has
// been replaced meanwhile (etcd#20418; etcd-io/raft PR 397).
#pragma once

#include "cluster/raft/message.h"
#include "cluster/raft/tracker/quorum.h"

#include <deque>
#include <optional>
#include <vector>

namespace raftarium::raft {

struct PendingRead {
    Message request;  // its one entry holds the caller's context
    Index index = 0;  // the commit index when it came
    base::Bytes heartbeatContext;
    VoterSet confirmed;
};

class ReadIndexQueue {
public:
    // The context for the heartbeats that ask for confirmation; none is ever used twice.
    base::Bytes add(Message request, Index commit);
    // Who has answered heartbeats with this context, `id` included; null if no read waits for them.
    const VoterSet* confirm(NodeId id, std::string_view heartbeatContext);
    // Takes out the read with this context and all that came before it.
    std::vector<PendingRead> release(std::string_view heartbeatContext);
    // Of the newest read; heartbeats repeat it. Null if none waits.
    base::Bytes lastContext() const;
    // The numbers go on: an answer to an earlier heartbeat never fits a later read.
    void clear() { m_queue.clear(); }
    std::size_t size() const { return m_queue.size(); }

private:
    std::deque<PendingRead>::iterator find(std::string_view heartbeatContext);

    std::deque<PendingRead> m_queue;
    std::uint64_t m_lastNumber = 0;
};

}  // namespace raftarium::raft
