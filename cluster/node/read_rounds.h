// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Linearizable reads by ReadIndex (thesis 6.4), batched: at most one request is under way, and all reads that come
// meanwhile share the next one. A read may be served once this member has applied the confirmed index.
#pragma once

#include "cluster/base/bytes.h"
#include "cluster/base/clock.h"
#include "cluster/node/node.h"

#include <cstdint>
#include <vector>

namespace raftarium::node {

class ReadRounds {
public:
    struct Options {
        base::Nanoseconds retryNs = 500 * base::kMillisecond;
        base::Nanoseconds timeoutNs = 7 * base::kSecond;
    };
    explicit ReadRounds(const Options& options) : m_options(options) {}

    void add(ReadDone done, base::Nanoseconds now) { m_waiting.push_back({std::move(done), now}); }
    // Context of a request to send now (a new round, or the current one again); null if nothing is to be sent.
    // `freshId` makes the 8 bytes of a new round.
    template <typename FreshId>
    base::Bytes poll(base::Nanoseconds now, std::uint64_t leader, FreshId freshId) {
        if (m_inFlight.empty()) {
            if (m_waiting.empty() || leader == 0) return {};
            m_inFlight.swap(m_waiting);
            m_context = contextOf(freshId());
            m_leader = leader;
        } else if (now < m_resendAtNs || leader == 0) {
            return {};
        }
        m_resendAtNs = now + m_options.retryNs;
        return m_context;
    }
    // Tells of a change of leader: a round under way with another known leader fails.
    void leaderChanged(std::uint64_t leader);
    void resendNow() { m_resendAtNs = 0; }
    void confirmed(std::uint64_t index, const base::Bytes& context);
    // Completes what `applied` allows; outside any lock.
    void complete(std::uint64_t applied);
    void expire(base::Nanoseconds now);
    void failAll(const base::Error& error);
    base::Nanoseconds nextDeadlineNs(bool leaderKnown) const;  // max() if none
    bool idle() const { return m_waiting.empty() && m_inFlight.empty() && m_confirmed.empty(); }

private:
    struct Reader {
        ReadDone done;
        base::Nanoseconds startNs = 0;
    };
    struct Confirmed {
        std::uint64_t index = 0;
        std::vector<Reader> readers;
    };
    static base::Bytes contextOf(std::uint64_t id);

    Options m_options;
    std::vector<Reader> m_waiting;
    std::vector<Reader> m_inFlight;
    std::vector<Confirmed> m_confirmed;  // waiting for apply; ascending
    base::Bytes m_context;
    std::uint64_t m_leader = 0;
    base::Nanoseconds m_resendAtNs = 0;
};

}  // namespace raftarium::node
