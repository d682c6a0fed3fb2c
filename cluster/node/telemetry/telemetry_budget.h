// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// How much of the telemetry that may be left out (messages, client requests, key and watch events) is told: all of it
// up to a rate, with bursts of one second's worth; above, a share of 1/2^k, k following the load. What is kept is
// chosen by identity (a message's id, a request's id), so that both ends of a message, and all steps of a request on
// all members, are kept or left out together, and a larger k keeps a subset of what a smaller one keeps.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/rng.h"

#include <algorithm>
#include <cstdint>

namespace raftarium::node {

class TelemetryBudget {
public:
    // `calmPerSecond`: as long as no more than this comes, all of it is told, whatever the rate.
    explicit TelemetryBudget(std::uint64_t perSecond, std::uint64_t calmPerSecond = 0)
        : m_calmPerSecond(calmPerSecond) {
        setPerSecond(perSecond);
    }

    void setPerSecond(std::uint64_t perSecond);
    // Begins the next window when it is time. Before anything is asked; cheap.
    void roll(base::Nanoseconds now) {
        if (now - m_windowStart >= kWindow) startWindow(now);
    }
    // Whether the thing with this identity is told.
    bool admits(std::uint64_t identity) {
        ++m_seen;
        if (m_tokens == 0 || (base::Rng(identity).next() & m_mask) != 0) return false;
        spend(1);
        return true;
    }
    // Events told that nobody asked about: they come off the budget of the others.
    void require(std::uint64_t events) { m_required += events; }
    // Events that came with an admitted one.
    void addSeen(std::uint64_t events) { m_seen += events; }
    void spend(std::uint64_t events) {
        m_tokens -= std::min(m_tokens, events);
        if (m_tokens < burst() / 2) m_loaded = true;
    }
    // More comes than is told; it ends with a window that would have fitted.
    bool loaded() const { return m_loaded; }
    int shift() const { return m_shift; }  // k

private:
    static constexpr base::Nanoseconds kWindow = 100 * base::kMillisecond;
    void startWindow(base::Nanoseconds now);
    std::uint64_t burst() const { return std::max(m_perSecond, m_calmPerSecond); }

    std::uint64_t m_calmPerSecond;
    std::uint64_t m_perSecond = 0;
    base::Nanoseconds m_windowStart = 0;
    std::uint64_t m_seen = 0;      // in this window, of those that may be left out
    std::uint64_t m_required = 0;  // in this window, of the others
    std::uint64_t m_tokens = 0;
    std::uint64_t m_mask = 0;
    int m_shift = 0;
    bool m_loaded = false;
};

}  // namespace raftarium::node
