// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Proposals that other members forwarded while this one could not take them: no leader is known, or leadership is being
// handed over. The core would drop them without a word, and each would keep its client waiting for the whole request
// timeout.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/raft/message.h"

#include <utility>
#include <vector>

namespace raftarium::node {

class Forwards {
public:
    // False: there are too many already, and the message stays with the caller; the core drops it, as etcd drops all.
    bool keep(raft::Message& message, base::Nanoseconds untilNs) {
        constexpr std::size_t kForwardsMax = 4096;
        if (m_kept.size() >= kForwardsMax) return false;
        m_kept.emplace_back(untilNs, std::move(message));
        return true;
    }
    // Their clients have given up.
    void expire(base::Nanoseconds now) {
        std::erase_if(m_kept, [now](const auto& kept) { return kept.first <= now; });
    }
    bool empty() const { return m_kept.empty(); }
    void clear() { m_kept.clear(); }
    // All of them, in the order in which they came: each(message).
    template <typename Each>
    void takeAll(Each each) {
        for (auto& [until, message] : std::exchange(m_kept, {})) each(std::move(message));
    }

private:
    std::vector<std::pair<base::Nanoseconds, raft::Message>> m_kept;  // until, message
};

}  // namespace raftarium::node
