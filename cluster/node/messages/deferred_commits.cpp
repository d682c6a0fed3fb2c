// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/messages/deferred_commits.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kDeferNs = base::kMillisecond;
constexpr base::Nanoseconds kClientsWaitNs = 100 * base::kMillisecond;

}  // namespace

bool DeferredCommits::defer(raft::Message& message, raft::Index lastIndex, base::Nanoseconds now) {
    if (message.type != raft::MessageType::app) return false;
    const auto waiting = m_waiting.find(message.to);
    const auto forwarded = m_forwardedAtNs.find(message.to);
    const bool urgent = forwarded != m_forwardedAtNs.end() && now < forwarded->second + kClientsWaitNs;
    const bool mayWait = message.entries.empty() && (!urgent || message.commit < lastIndex);
    if (!mayWait) {
        if (waiting != m_waiting.end()) m_waiting.erase(waiting);
        return false;
    }
    if (waiting != m_waiting.end()) {
        waiting->second.message = std::move(message);
    } else {
        const std::uint64_t peer = message.to;
        m_waiting[peer] = {std::move(message), now + kDeferNs};
    }
    return true;
}

base::Nanoseconds DeferredCommits::nextDueNs() const {
    base::Nanoseconds next = std::numeric_limits<base::Nanoseconds>::max();
    for (const auto& [peer, waiting] : m_waiting) next = std::min(next, waiting.untilNs);
    return next;
}

}  // namespace raftarium::node
