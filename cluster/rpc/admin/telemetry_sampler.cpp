// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/admin/telemetry_sampler.h"

#include "cluster/telemetry/sampling.h"

#include <utility>

namespace raftarium::rpc {

void TelemetrySampler::thin(std::vector<telemetry::Event>& events, base::Nanoseconds now) {
    m_budget.roll(now);
    std::vector<telemetry::Event> out;
    out.reserve(events.size());
    std::uint64_t leftOut = 0;
    std::uint64_t lastSequence = 0;
    base::Nanoseconds lastAt = 0;
    const auto flush = [&] {
        if (leftOut > 0) out.push_back({lastAt, 0, lastSequence, telemetry::Lost{leftOut, true}});
        leftOut = 0;
    };
    for (telemetry::Event& event : events) {
        if (!telemetry::mayBeLeftOut(event.kind)) {
            m_budget.require(1);
        } else if (!m_budget.admits(telemetry::samplingIdentity(event.kind, event.sequence))) {
            ++leftOut;
            lastSequence = event.sequence;
            lastAt = event.atNs;
            continue;
        }
        flush();
        out.push_back(std::move(event));
    }
    flush();
    events = std::move(out);
}

}  // namespace raftarium::rpc
