// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Reads waiting for a quorum to confirm the leader (thesis 6.4). A confirmed one releases all that came before it.
#pragma once

#include "cluster/raft/message.h"
#include "cluster/raft/quorum.h"

#include <deque>
#include <optional>
#include <vector>

namespace raftarium::raft {

struct PendingRead {
    Message request;  // its one entry holds the context
    Index index = 0;  // the commit index when it came
    VoterSet confirmed;
};

class ReadIndexQueue {
public:
    // A context already waiting is not added again.
    void add(Message request, Index commit);
    // Who has confirmed this context, `id` included; null if it is not waiting.
    const VoterSet* confirm(NodeId id, std::string_view context);
    // Takes everything up to and with this context out.
    std::vector<PendingRead> release(std::string_view context);
    // Of the newest read; heartbeats repeat it. Null if none waits.
    base::Bytes lastContext() const;
    void clear() { m_queue.clear(); }
    std::size_t size() const { return m_queue.size(); }

private:
    std::deque<PendingRead>::iterator find(std::string_view context);

    std::deque<PendingRead> m_queue;
};

}  // namespace raftarium::raft
