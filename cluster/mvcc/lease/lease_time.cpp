// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The leader's side of leases: deadlines, renewals, checkpoints.
#include "cluster/mvcc/lease/lessor.h"

#include <algorithm>

namespace raftarium::mvcc {
namespace {
constexpr std::size_t kRevokesPerSecond = 1000;
constexpr std::int64_t kExpiriesPerSecond = 3 * kRevokesPerSecond / 4;
constexpr base::Nanoseconds kExpiredRetryInterval = 3 * base::kSecond;
constexpr base::Nanoseconds kCheckpointInterval = 300 * base::kSecond;
}  // namespace

void Lessor::setDeadline(std::int64_t id, Lease& lease, base::Nanoseconds deadline) {
    if (lease.due != 0) m_expiries.erase({lease.due, id});
    lease.deadline = deadline;
    lease.due = deadline;
    m_expiries.insert({deadline, id});
}

void Lessor::planCheckpoint(std::int64_t id, Lease& lease, base::Nanoseconds now) {
    if (lease.checkpointDue != 0) m_checkpoints.erase({lease.checkpointDue, id});
    lease.checkpointDue = 0;
    if (lease.deadline - now <= kCheckpointInterval) return;
    lease.checkpointDue = now + kCheckpointInterval;
    m_checkpoints.insert({lease.checkpointDue, id});
}

void Lessor::stopCounting(std::int64_t id, Lease& lease) {
    if (lease.due != 0) m_expiries.erase({lease.due, id});
    if (lease.checkpointDue != 0) m_checkpoints.erase({lease.checkpointDue, id});
    lease.deadline = lease.due = lease.checkpointDue = 0;
}

void Lessor::advance(base::Nanoseconds now) {
    m_now = now;
    for (const std::int64_t id : m_uncounted) {
        const auto it = m_leases.find(id);
        if (it == m_leases.end() || it->second.deadline != 0) continue;
        setDeadline(id, it->second, now + it->second.ttlSeconds * base::kSecond);
        planCheckpoint(id, it->second, now);
    }
    m_uncounted.clear();
}

void Lessor::promote(base::Nanoseconds now, base::Nanoseconds extend) {
    m_primary = true;
    m_now = now;
    m_uncounted.clear();
    for (auto& [id, lease] : m_leases) {
        const std::int64_t seconds = lease.remainingTtlSeconds > 0 ? lease.remainingTtlSeconds : lease.ttlSeconds;
        setDeadline(id, lease, now + extend + seconds * base::kSecond);
        planCheckpoint(id, lease, now);
    }
    if (m_leases.size() >= kRevokesPerSecond) spreadExpiries(now, extend);
}

// Leases that would end together after a leader change are moved apart, so that they do not take the whole revoke rate.
void Lessor::spreadExpiries(base::Nanoseconds now, base::Nanoseconds extend) {
    const std::vector<std::pair<base::Nanoseconds, std::int64_t>> byExpiry(m_expiries.begin(), m_expiries.end());
    base::Nanoseconds window = byExpiry.front().first - now;
    base::Nanoseconds windowEnd = window + base::kSecond;
    std::int64_t expiries = 0;
    for (const auto& [deadline, id] : byExpiry) {
        const base::Nanoseconds remaining = deadline - now;
        if (remaining > windowEnd) {
            window = remaining;
            windowEnd = window + base::kSecond;
            expiries = 1;
            continue;
        }
        if (++expiries <= kExpiriesPerSecond) continue;
        const base::Nanoseconds delay = base::kSecond * expiries / kExpiriesPerSecond - (remaining - window);
        windowEnd = window + delay;
        Lease& lease = m_leases.at(id);
        const std::int64_t seconds = lease.remainingTtlSeconds > 0 ? lease.remainingTtlSeconds : lease.ttlSeconds;
        setDeadline(id, lease, now + delay + extend + seconds * base::kSecond);
    }
}

void Lessor::demote() {
    m_primary = false;
    m_uncounted.clear();
    for (auto& [id, lease] : m_leases) stopCounting(id, lease);
}

std::vector<std::int64_t> Lessor::expired(base::Nanoseconds now, std::size_t limit) {
    advance(now);
    std::vector<std::int64_t> ids;
    while (ids.size() < limit && !m_expiries.empty() && m_expiries.begin()->first <= now) {
        const std::int64_t id = m_expiries.begin()->second;
        m_expiries.erase(m_expiries.begin());
        // Given out again if its revoke is lost on the way.
        Lease& lease = m_leases.at(id);
        lease.due = now + kExpiredRetryInterval;
        m_expiries.insert({lease.due, id});
        ids.push_back(id);
        if (m_core.tracing) m_core.addTrace(trace::LeaseExpired{id, lease.ttlSeconds});
    }
    return ids;
}

base::Result<std::int64_t> Lessor::renew(std::int64_t id, base::Nanoseconds now) {
    advance(now);
    if (!m_primary) {
        return base::Error{base::Errc::unavailable, "leases are counted by the leader, which this member is not",
                           static_cast<int>(ApiError::notLeader)};
    }
    const auto it = m_leases.find(id);
    if (it == m_leases.end() || it->second.deadline <= now) return makeError(ApiError::leaseNotFound);
    Lease& lease = it->second;
    setDeadline(id, lease, now + lease.ttlSeconds * base::kSecond);
    planCheckpoint(id, lease, now);
    if (m_core.tracing) m_core.addTrace(trace::LeaseRenewed{id, lease.ttlSeconds, lease.deadline});
    return lease.ttlSeconds;
}

std::vector<LeaseCheckpointOp::Item> Lessor::dueCheckpoints(base::Nanoseconds now, std::size_t limit) {
    advance(now);
    std::vector<LeaseCheckpointOp::Item> items;
    while (items.size() < limit && !m_checkpoints.empty() && m_checkpoints.begin()->first <= now) {
        const std::int64_t id = m_checkpoints.begin()->second;
        Lease& lease = m_leases.at(id);
        // Planned again from here; the entry, once applied, plans from its own time.
        planCheckpoint(id, lease, now);
        const base::Nanoseconds remaining = lease.deadline - now;
        if (remaining <= 0) continue;
        items.push_back({id, (remaining + base::kSecond - 1) / base::kSecond});
    }
    return items;
}

}  // namespace raftarium::mvcc
