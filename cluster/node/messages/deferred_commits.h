// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Deferred commit notices. The core reports each commit to followers by an append without entries. The next append
// carries the same commit index, so the empty one waits a moment for it; under load most of them are never sent.
//
// A follower whose clients wait for the commit gets its notice at once, unless more entries are on their way to it:
// then there will be a message about their commit within a round trip.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/raft/message.h"

#include <cstdint>
#include <map>
#include <utility>

namespace raftarium::node {

class DeferredCommits {
public:
    // A follower forwarded something of its clients: for a while its notices do not wait.
    void clientsWait(std::uint64_t peer, base::Nanoseconds now) { m_forwardedAtNs[peer] = now; }
    // True: the message waits here, and is moved from. It replaces the one that waited for the same member. An append
    // that is sent now drops it. `lastIndex` is the end of this member's log.
    bool defer(raft::Message& message, raft::Index lastIndex, base::Nanoseconds now);
    // Hands over the notices whose time is over, or all of them: each(message), by member.
    template <typename Each>
    void takeDue(base::Nanoseconds now, bool all, Each each) {
        for (auto it = m_waiting.begin(); it != m_waiting.end();) {
            if (!all && now < it->second.untilNs) {
                ++it;
                continue;
            }
            each(std::move(it->second.message));
            it = m_waiting.erase(it);
        }
    }
    bool empty() const { return m_waiting.empty(); }
    base::Nanoseconds nextDueNs() const;  // max() if none

private:
    struct Waiting {
        raft::Message message;
        base::Nanoseconds untilNs = 0;
    };
    std::map<std::uint64_t, Waiting> m_waiting;
    std::map<std::uint64_t, base::Nanoseconds> m_forwardedAtNs;
};

}  // namespace raftarium::node
