// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/requests/read_index_batches.h"

#include "cluster/base/coding.h"
#include "cluster/mvcc/txn/api_error.h"

#include <algorithm>
#include <limits>

namespace raftarium::node {

base::Bytes ReadIndexBatches::contextOf(std::uint64_t id) {
    std::string bytes;
    base::putFixed64Be(bytes, id);
    return base::Bytes(std::move(bytes));
}

void ReadIndexBatches::leaderChanged(std::uint64_t leader) {
    if (leader == 0 || m_inFlight.empty() || leader == m_leader) return;
    std::vector<Reader> failed;
    failed.swap(m_inFlight);
    const base::Error error = mvcc::makeError(mvcc::ApiError::leaderChanged);
    for (Reader& reader : failed) reader.done(error);
}

void ReadIndexBatches::confirmed(std::uint64_t index, const base::Bytes& context, std::uint64_t leader) {
    if (m_inFlight.empty() || context.size() != 8) return;
    const std::uint64_t id = base::readFixed64Be(context.view().data());
    if (std::find(m_ids.begin(), m_ids.end(), id) == m_ids.end()) return;
    if (leader != m_leader) {
        // Without a leader the batch is asked for again, once there is one.
        leaderChanged(leader);
        return;
    }
    // Ascending even if a later batch was confirmed at a lower index: that one then waits for the earlier ones.
    if (!m_confirmed.empty()) index = std::max(index, m_confirmed.back().index);
    m_confirmed.push_back({index, std::move(m_inFlight)});
    m_inFlight.clear();
}

void ReadIndexBatches::complete(std::uint64_t applied) {
    while (!m_confirmed.empty() && m_confirmed.front().index <= applied) {
        std::vector<Reader> readers = std::move(m_confirmed.front().readers);
        m_confirmed.erase(m_confirmed.begin());
        for (Reader& reader : readers) reader.done({});
    }
}

void ReadIndexBatches::expire(base::Nanoseconds now) {
    const auto sweep = [&](std::vector<Reader>& readers, mvcc::ApiError code) {
        // Oldest first: readers are appended as they come.
        std::size_t late = 0;
        while (late < readers.size() && readers[late].startNs + m_timeoutNs <= now) ++late;
        if (late == 0) return;
        std::vector<Reader> failed(std::make_move_iterator(readers.begin()),
                                   std::make_move_iterator(readers.begin() + static_cast<std::ptrdiff_t>(late)));
        readers.erase(readers.begin(), readers.begin() + static_cast<std::ptrdiff_t>(late));
        for (Reader& reader : failed) reader.done(mvcc::makeError(code));
    };
    sweep(m_waiting, mvcc::ApiError::timeout);
    sweep(m_inFlight, mvcc::ApiError::timeout);
    for (Confirmed& batch : m_confirmed) sweep(batch.readers, mvcc::ApiError::timeoutWaitAppliedIndex);
}

void ReadIndexBatches::failAll(const base::Error& error) {
    std::vector<Reader> all = std::move(m_waiting);
    m_waiting.clear();
    std::move(m_inFlight.begin(), m_inFlight.end(), std::back_inserter(all));
    m_inFlight.clear();
    for (Confirmed& batch : m_confirmed) std::move(batch.readers.begin(), batch.readers.end(), std::back_inserter(all));
    m_confirmed.clear();
    for (Reader& reader : all) reader.done(error);
}

base::Nanoseconds ReadIndexBatches::nextDeadlineNs(bool leaderKnown) const {
    base::Nanoseconds next = std::numeric_limits<base::Nanoseconds>::max();
    if (!m_inFlight.empty() && leaderKnown) next = m_askedAtNs + m_retryNs;
    for (const auto* readers : {&m_waiting, &m_inFlight})
        if (!readers->empty()) next = std::min(next, readers->front().startNs + m_timeoutNs);
    for (const Confirmed& batch : m_confirmed)
        if (!batch.readers.empty()) next = std::min(next, batch.readers.front().startNs + m_timeoutNs);
    return next;
}

}  // namespace raftarium::node
