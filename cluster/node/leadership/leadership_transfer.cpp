// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/leadership/leadership_transfer.h"

#include "cluster/base/coding.h"
#include "cluster/mvcc/txn/api_error.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace raftarium::node {

void LeadershipTransfer::move(std::uint64_t target, ReadDone done) {
    if (!m_host.isLeader()) return done(mvcc::makeError(mvcc::ApiError::notLeader));
    if (std::find(m_conf.voters.begin(), m_conf.voters.end(), target) == m_conf.voters.end())
        return done(mvcc::makeError(mvcc::ApiError::badLeaderTransferee));
    if (target == m_self) return done({});
    m_log.info("leadership transfer from {} to {} begins", base::hexId(m_self), base::hexId(target));
    begin(target, m_host.now() + m_host.requestTimeoutNs(), std::move(done));
}

void LeadershipTransfer::handOver(base::Nanoseconds withinNs, std::function<void()> done) {
    const std::uint64_t target = m_host.isLeader() ? successor() : 0;
    if (target == 0) return done();
    m_log.info("handing leadership over to {} before stopping", base::hexId(target));
    begin(target, m_host.now() + withinNs, [done = std::move(done)](const base::Status&) { done(); });
}

void LeadershipTransfer::begin(std::uint64_t target, base::Nanoseconds deadlineNs, ReadDone done) {
    m_host.transferLeader(target);
    m_waiting.push_back({deadlineNs, std::move(done)});
}

std::uint64_t LeadershipTransfer::successor() const {
    std::uint64_t target = 0;
    std::int64_t longest = std::numeric_limits<std::int64_t>::max();
    for (const std::uint64_t id : m_conf.voters) {
        const std::int64_t since = id == m_self ? 0 : m_transport.connectedSince(id);
        if (since == 0 || since >= longest) continue;
        longest = since;
        target = id;
    }
    return target;
}

void LeadershipTransfer::step(base::Nanoseconds now) {
    for (auto it = m_waiting.begin(); it != m_waiting.end();) {
        const bool moved = m_host.leader() != 0 && m_host.leader() != m_self;
        if (!moved && now < it->deadlineNs) {
            ++it;
            continue;
        }
        const ReadDone done = std::move(it->done);
        it = m_waiting.erase(it);
        done(moved ? base::Status() : base::Status(mvcc::makeError(mvcc::ApiError::timeoutLeaderTransfer)));
    }
}

base::Nanoseconds LeadershipTransfer::nextDueNs() const {
    base::Nanoseconds next = kNever;
    for (const Waiting& each : m_waiting) next = std::min(next, each.deadlineNs);
    return next;
}

void LeadershipTransfer::failAll(const base::Error& error) {
    for (Waiting& each : std::exchange(m_waiting, {})) each.done(error);
}

}  // namespace raftarium::node
