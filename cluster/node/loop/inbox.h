// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What other threads hand to the raft loop. The loop takes all of it at once; each side holds the lock briefly.
#pragma once

#include "cluster/base/bytes.h"
#include "cluster/base/clock.h"
#include "cluster/node/calls.h"
#include "cluster/node/loop/wal_writer.h"
#include "cluster/node/raft_loop.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace raftarium::node {

struct Proposal {
    std::uint64_t id = 0;
    base::Bytes payload;
    ProposalDone done;
};

struct Received {
    raft::Message message;
    MessageId id;
};

struct InboxBatch {
    std::vector<Proposal> proposals;
    std::vector<Received> messages;
    std::vector<ReadDone> reads;
    std::vector<LogDone> logDone;
    std::vector<std::function<void(RaftLoop&)>> calls;

    bool empty() const {
        return proposals.empty() && messages.empty() && reads.empty() && logDone.empty() && calls.empty();
    }
    void clear();
};

class Inbox {
public:
    // All functions here: any thread, but take() and waitUntil(), which are the raft loop's.
    // Once the inbox is closed each of the next ones returns false, and leaves what it was given as it was.
    // Wake::later leaves a sleeping loop asleep until wake().
    enum class Wake : std::uint8_t { now, later };
    bool propose(Proposal&& proposal, Wake when = Wake::now);
    bool receive(Received&& received, Wake when = Wake::now);
    bool read(ReadDone&& done, Wake when = Wake::now);
    void wake();
    bool logDone(LogDone&& done);
    bool call(std::function<void(RaftLoop&)>&& work);

    // Swaps what is there into `out` (which must be empty); false if nothing was.
    bool take(InboxBatch& out);
    bool empty() const;
    // Returns when something is there, at `deadlineNs` on the monotonic clock, or when closed.
    void waitUntil(base::Nanoseconds deadlineNs);
    void close();

private:
    template <typename Vector, typename Value>
    bool push(Vector& queue, Value&& value, Wake when = Wake::now);

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    InboxBatch m_batch;
    bool m_sleeping = false;
    bool m_closed = false;
};

}  // namespace raftarium::node
