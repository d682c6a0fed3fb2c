// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// When to compact by itself (--auto-compaction-mode, --auto-compaction-retention), as etcd does, on the leader only.
// "periodic" keeps the revisions of the last period, and looks ten times a period, or ten times an hour if the period
// is longer. "revision" keeps that many newest revisions, and looks every 5 minutes.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/result.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace raftarium::node {

class AutoCompaction {
public:
    // A bare number in periodic mode is hours; "0" is off. The error text names what is allowed.
    static base::Result<AutoCompaction> parse(const std::string& mode, const std::string& retention);

    bool on() const { return m_periodNs > 0 || m_revisions > 0; }
    // A revision to compact at now, if any.
    std::optional<std::int64_t> poll(base::Nanoseconds now, std::int64_t revision, bool leader);

private:
    struct Sample {
        base::Nanoseconds atNs = 0;
        std::int64_t revision = 0;
    };
    std::optional<std::int64_t> pollPeriodic(base::Nanoseconds now, std::int64_t revision, bool leader);

    base::Nanoseconds m_periodNs = 0;
    std::int64_t m_revisions = 0;
    base::Nanoseconds m_nextNs = 0;
    base::Nanoseconds m_lastCompactionNs = 0;
    std::int64_t m_compacted = 0;
    std::deque<Sample> m_samples;
};

}  // namespace raftarium::node
