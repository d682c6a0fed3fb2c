// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Linearizable reads by ReadIndex (thesis 6.4), batched: at most one batch is asked for at a time, and all reads that
// come meanwhile share the next one. A read may be served once this member has applied the confirmed index.
//
// A batch without an answer is asked for again, each time with a fresh id: an id that is used twice lets a late answer
// to the first request confirm what came after it (etcd#20418). The answer to any of the batch's ids serves the batch,
// since all its reads were there before the first one; waiting for the newest only would starve reads on slow links.
#pragma once

#include "cluster/base/bytes.h"
#include "cluster/base/clock.h"
#include "cluster/node/calls.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace raftarium::node {

class ReadIndexBatches {
public:
    explicit ReadIndexBatches(base::Nanoseconds timeoutNs) : m_timeoutNs(timeoutNs) {}

    void add(ReadDone done, base::Nanoseconds now) { m_waiting.push_back({std::move(done), now}); }
    // Context of a request to send now (for a new batch, or for the current one again); null if nothing is to be sent.
    // `leader` is whom it will go to, 0 if nobody is known; `retryNs` is how long to wait for the answer before it is
    // asked for again, by the pace of this moment. `freshId` makes the context's 8 bytes.
    template <typename FreshId>
    base::Bytes poll(base::Nanoseconds now, std::uint64_t leader, base::Nanoseconds retryNs, FreshId freshId) {
        if (m_inFlight.empty()) {
            if (m_waiting.empty() || leader == 0) return {};
            m_inFlight.swap(m_waiting);
            m_ids.clear();
            m_leader = leader;
        } else if (now < m_askedAtNs + m_retryNs || leader == 0) {
            return {};
        }
        m_askedAtNs = now;
        m_retryNs = retryNs;
        m_ids.push_back(freshId());
        return contextOf(m_ids.back());
    }
    // A batch asked of another leader fails: its answer may never come.
    void leaderChanged(std::uint64_t leader);
    // From now on the current batch waits for its answer no longer than this.
    void setRetry(base::Nanoseconds retryNs) { m_retryNs = std::min(m_retryNs, retryNs); }
    void resendNow() { m_retryNs = 0; }
    // An answer; `leader` is the one known now. An answer that comes after a change of leader confirms nothing.
    void confirmed(std::uint64_t index, const base::Bytes& context, std::uint64_t leader);
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

    base::Nanoseconds m_timeoutNs;
    std::vector<Reader> m_waiting;
    std::vector<Reader> m_inFlight;
    std::vector<Confirmed> m_confirmed;  // waiting for apply; ascending
    std::vector<std::uint64_t> m_ids;    // of the current batch's requests
    std::uint64_t m_leader = 0;          // whom they went to
    base::Nanoseconds m_askedAtNs = 0;
    base::Nanoseconds m_retryNs = 0;
};

}  // namespace raftarium::node
