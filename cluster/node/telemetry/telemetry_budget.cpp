// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_budget.h"

namespace raftarium::node {
namespace {

constexpr std::uint64_t kWindowsPerSecond = 10;
constexpr int kShiftMax = 20;

}  // namespace

void TelemetryBudget::setPerSecond(std::uint64_t perSecond) {
    perSecond = std::max<std::uint64_t>(perSecond, kWindowsPerSecond);
    if (perSecond == m_perSecond) return;
    const bool first = m_perSecond == 0;
    m_perSecond = perSecond;
    m_tokens = first ? burst() : std::min(m_tokens, burst());
}

void TelemetryBudget::startWindow(base::Nanoseconds now) {
    const auto windows = static_cast<std::uint64_t>((now - m_windowStart) / kWindow);
    const std::uint64_t seen = m_windowStart == 0 ? 0 : m_seen / windows;
    const std::uint64_t required = m_windowStart == 0 ? 0 : m_required / windows;
    // Even where state events alone exceed the rate, a tenth of it stays for the others.
    const auto leftOf = [required](std::uint64_t perSecond) {
        const std::uint64_t allowed = perSecond / kWindowsPerSecond;
        return std::max<std::uint64_t>({allowed > required ? allowed - required : 0, allowed / 10, 1});
    };
    if (m_loaded && seen <= leftOf(burst())) m_loaded = false;
    const std::uint64_t left = leftOf(m_loaded ? m_perSecond : burst());
    m_tokens = std::min(burst(), m_tokens + left * std::min(windows, kWindowsPerSecond));
    // What was saved up in calm times is not for spending under load.
    if (m_loaded) m_tokens = std::min(m_tokens, 2 * left);
    m_shift = 0;
    while (m_loaded && m_shift < kShiftMax && (seen >> m_shift) > left) ++m_shift;
    m_mask = (std::uint64_t{1} << m_shift) - 1;
    m_windowStart = now;
    m_seen = m_required = 0;
}

}  // namespace raftarium::node
