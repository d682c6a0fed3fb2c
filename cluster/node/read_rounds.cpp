// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/read_rounds.h"

#include "cluster/base/coding.h"
#include "cluster/mvcc/api_error.h"

#include <algorithm>
#include <limits>

namespace raftarium::node {

base::Bytes ReadRounds::contextOf(std::uint64_t id) {
    std::string bytes;
    base::putFixed64Be(bytes, id);
    return base::Bytes(std::move(bytes));
}

void ReadRounds::leaderChanged(std::uint64_t leader) {
    if (leader == 0 || m_inFlight.empty() || leader == m_leader) return;
    std::vector<Reader> failed;
    failed.swap(m_inFlight);
    m_context = {};
    const base::Error error = mvcc::makeError(mvcc::ApiError::leaderChanged);
    for (Reader& reader : failed) reader.done(error);
}

void ReadRounds::confirmed(std::uint64_t index, const base::Bytes& context) {
    if (m_inFlight.empty() || context.view() != m_context.view()) return;
    m_confirmed.push_back({index, std::move(m_inFlight)});
    m_inFlight.clear();
    m_context = {};
}

void ReadRounds::complete(std::uint64_t applied) {
    while (!m_confirmed.empty() && m_confirmed.front().index <= applied) {
        std::vector<Reader> readers = std::move(m_confirmed.front().readers);
        m_confirmed.erase(m_confirmed.begin());
        for (Reader& reader : readers) reader.done({});
    }
}

void ReadRounds::expire(base::Nanoseconds now) {
    const auto sweep = [&](std::vector<Reader>& readers, mvcc::ApiError code) {
        // Oldest first: readers are appended as they come.
        std::size_t late = 0;
        while (late < readers.size() && readers[late].startNs + m_options.timeoutNs <= now) ++late;
        if (late == 0) return;
        std::vector<Reader> failed(std::make_move_iterator(readers.begin()),
                                   std::make_move_iterator(readers.begin() + static_cast<std::ptrdiff_t>(late)));
        readers.erase(readers.begin(), readers.begin() + static_cast<std::ptrdiff_t>(late));
        for (Reader& reader : failed) reader.done(mvcc::makeError(code));
    };
    sweep(m_waiting, mvcc::ApiError::timeout);
    sweep(m_inFlight, mvcc::ApiError::timeout);
    for (Confirmed& round : m_confirmed) sweep(round.readers, mvcc::ApiError::timeoutWaitAppliedIndex);
}

void ReadRounds::failAll(const base::Error& error) {
    std::vector<Reader> all = std::move(m_waiting);
    m_waiting.clear();
    std::move(m_inFlight.begin(), m_inFlight.end(), std::back_inserter(all));
    m_inFlight.clear();
    for (Confirmed& round : m_confirmed) std::move(round.readers.begin(), round.readers.end(), std::back_inserter(all));
    m_confirmed.clear();
    for (Reader& reader : all) reader.done(error);
}

base::Nanoseconds ReadRounds::nextDeadlineNs(bool leaderKnown) const {
    base::Nanoseconds next = std::numeric_limits<base::Nanoseconds>::max();
    if (!m_inFlight.empty() && leaderKnown) next = m_resendAtNs;
    for (const auto* readers : {&m_waiting, &m_inFlight})
        if (!readers->empty()) next = std::min(next, readers->front().startNs + m_options.timeoutNs);
    for (const Confirmed& round : m_confirmed)
        if (!round.readers.empty()) next = std::min(next, round.readers.front().startNs + m_options.timeoutNs);
    return next;
}

}  // namespace raftarium::node
