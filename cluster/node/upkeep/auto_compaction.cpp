// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/upkeep/auto_compaction.h"

#include "cluster/node/config/flag_values.h"

#include <algorithm>
#include <limits>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kHourNs = 3600 * base::kSecond;
constexpr base::Nanoseconds kRevisionCheckNs = 300 * base::kSecond;
constexpr int kSamplesPerInterval = 10;

}  // namespace

base::Result<AutoCompaction> AutoCompaction::parse(const std::string& mode, const std::string& retention) {
    AutoCompaction out;
    const auto number = parseWholeNumber(retention, 0, std::numeric_limits<std::int64_t>::max());
    if (mode == "revision") {
        if (!number)
            return base::Error{base::Errc::invalidArgument,
                               "--auto-compaction-retention=" + retention + ": must be a whole number of revisions"};
        out.m_revisions = *number;
        return out;
    }
    if (number && *number < (std::int64_t{1} << 20)) {
        out.m_periodNs = *number * kHourNs;
        return out;
    }
    auto duration = parseDurationNs(retention);
    if (!duration || *duration < 0 || (*duration > 0 && *duration < base::kSecond))
        return base::Error{base::Errc::invalidArgument, "--auto-compaction-retention=" + retention +
                                                            ": must be hours, or a duration of at least 1s"};
    out.m_periodNs = *duration;
    return out;
}

std::optional<std::int64_t> AutoCompaction::poll(base::Nanoseconds now, std::int64_t revision, bool leader) {
    if (!on() || now < m_nextNs) return std::nullopt;
    if (m_periodNs > 0) return pollPeriodic(now, revision, leader);
    const bool first = m_nextNs == 0;
    m_nextNs = now + kRevisionCheckNs;
    const std::int64_t target = revision - m_revisions;
    if (first || !leader || target <= 0 || target <= m_compacted) return std::nullopt;
    m_compacted = target;
    return target;
}

// Every member takes samples, so that a new leader need not wait for a whole period: else a leader that changes more
// often than that would never compact.
std::optional<std::int64_t> AutoCompaction::pollPeriodic(base::Nanoseconds now, std::int64_t revision, bool leader) {
    const base::Nanoseconds interval = std::min(m_periodNs, kHourNs);
    m_nextNs = now + interval / kSamplesPerInterval;
    m_samples.push_back({now, revision});
    std::int64_t target = 0;
    while (!m_samples.empty() && m_samples.front().atNs <= now - m_periodNs) {
        target = m_samples.front().revision;
        if (m_samples.size() > 1 && m_samples[1].atNs > now - m_periodNs) break;
        m_samples.pop_front();
    }
    if (!leader || target <= m_compacted || now - m_lastCompactionNs < interval) return std::nullopt;
    m_lastCompactionNs = now;
    m_compacted = target;
    return target;
}

}  // namespace raftarium::node
