// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/telemetry_sampler.h"

#include "cluster/base/rng.h"
#include "cluster/node/telemetry_encode.h"

#include <algorithm>
#include <utility>

namespace raftarium::rpc {
namespace {

constexpr base::Nanoseconds kWindow = 100 * base::kMillisecond;
constexpr std::uint64_t kWindowsPerSecond = static_cast<std::uint64_t>(base::kSecond / kWindow);
constexpr int kShiftMax = 20;

std::uint64_t identityOf(const node::TelemetryEvent& event) {
    if (const auto* message = std::get_if<node::MessageEvent>(&event.payload)) {
        const node::MessageId& id = message->message.id;
        return base::Rng(id.sender ^ (id.incarnation << 1) ^ (id.counter * 0x9E3779B97F4A7C15ULL)).next();
    }
    return base::Rng(event.sequence).next();
}

}  // namespace

bool TelemetrySampler::keeps(const node::TelemetryEvent& event) const {
    const std::uint64_t mask = (std::uint64_t{1} << m_shift) - 1;
    return (identityOf(event) & mask) == 0;
}

void TelemetrySampler::roll(base::Nanoseconds now) {
    if (now - m_windowStart < kWindow) return;
    // What the past window would have needed decides for the next one.
    const std::uint64_t allowed = m_maxPerSecond / kWindowsPerSecond;
    const std::uint64_t left = allowed > m_required ? allowed - m_required : allowed / 10;
    const std::uint64_t windows =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>((now - m_windowStart) / kWindow));
    const std::uint64_t seen = m_windowStart == 0 ? 0 : m_seen / windows;
    m_shift = 0;
    while (m_shift < kShiftMax && (seen >> m_shift) > std::max<std::uint64_t>(left, 1)) ++m_shift;
    m_windowStart = now;
    m_seen = m_required = m_kept = 0;
}

void TelemetrySampler::thin(std::vector<node::TelemetryEvent>& events, base::Nanoseconds now) {
    roll(now);
    const std::uint64_t burstMax = std::max<std::uint64_t>(m_maxPerSecond / kWindowsPerSecond, 1);
    std::vector<node::TelemetryEvent> out;
    out.reserve(events.size());
    node::LostEvents lost;
    lost.sampled = true;
    node::TelemetryEvent last;
    const auto flush = [&] {
        if (lost.count == 0) return;
        last.payload = lost;
        out.push_back(last);
        lost.count = 0;
    };
    for (node::TelemetryEvent& event : events) {
        if (!node::mayBeSampled(event)) {
            ++m_required;
        } else {
            ++m_seen;
            if (m_kept >= burstMax || !keeps(event)) {
                ++lost.count;
                last.sequence = event.sequence;
                last.atNs = event.atNs;
                continue;
            }
            ++m_kept;
        }
        flush();
        out.push_back(std::move(event));
    }
    flush();
    events = std::move(out);
}

}  // namespace raftarium::rpc
