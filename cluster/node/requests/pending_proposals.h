// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Proposals that wait for their entry to be applied here, by request id, each with its deadline.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/node/calls.h"

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>

namespace raftarium::node {

class PendingProposals {
public:
    // All deadlines are the same time ahead, so that the oldest is first.
    void add(std::uint64_t id, base::Nanoseconds startNs, base::Nanoseconds deadlineNs, ProposalDone done) {
        m_byId[id] = {std::move(done), startNs};
        m_deadlines.push_back({deadlineNs, id});
    }
    // Null if nobody here waits for it (any more).
    ProposalDone take(std::uint64_t id) {
        const auto it = m_byId.find(id);
        if (it == m_byId.end()) return nullptr;
        ProposalDone done = std::move(it->second.done);
        m_byId.erase(it);
        return done;
    }
    bool contains(std::uint64_t id) const { return m_byId.contains(id); }
    std::size_t size() const { return m_byId.size(); }

    // Calls late(done, startNs) for each that is over its deadline.
    template <typename Late>
    void expire(base::Nanoseconds now, Late late) {
        while (!m_deadlines.empty() && (m_deadlines.front().atNs <= now || !m_byId.contains(m_deadlines.front().id))) {
            const std::uint64_t id = m_deadlines.front().id;
            m_deadlines.pop_front();
            const auto it = m_byId.find(id);
            if (it == m_byId.end()) continue;
            Waiting waiting = std::move(it->second);
            m_byId.erase(it);
            late(id, std::move(waiting.done), waiting.startNs);
        }
    }
    base::Nanoseconds nextDeadlineNs() const {
        return m_deadlines.empty() ? std::numeric_limits<base::Nanoseconds>::max() : m_deadlines.front().atNs;
    }
    template <typename Each>
    void failAll(Each each) {
        auto all = std::move(m_byId);
        m_byId.clear();
        m_deadlines.clear();
        for (auto& [id, waiting] : all) each(std::move(waiting.done));
    }

private:
    struct Waiting {
        ProposalDone done;
        base::Nanoseconds startNs = 0;
    };
    struct Deadline {
        base::Nanoseconds atNs = 0;
        std::uint64_t id = 0;
    };
    absl::flat_hash_map<std::uint64_t, Waiting> m_byId;
    std::deque<Deadline> m_deadlines;
};

}  // namespace raftarium::node
