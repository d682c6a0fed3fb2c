// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/admin/telemetry_sampler.h"

#include "cluster/node/telemetry/telemetry_encode.h"

#include <utility>

namespace raftarium::rpc {
namespace {

std::uint64_t identityOf(const node::TelemetryEvent& event) {
    if (const auto* message = std::get_if<node::MessageEvent>(&event.payload))
        return node::TelemetryBudget::identityOf(message->message.id);
    if (const auto* request = std::get_if<node::RequestStep>(&event.payload)) return request->requestId;
    return event.sequence;
}

}  // namespace

void TelemetrySampler::thin(std::vector<node::TelemetryEvent>& events, base::Nanoseconds now) {
    m_budget.roll(now);
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
            m_budget.require(1);
        } else if (!m_budget.admits(identityOf(event))) {
            ++lost.count;
            last.sequence = event.sequence;
            last.atNs = event.atNs;
            continue;
        }
        flush();
        out.push_back(std::move(event));
    }
    flush();
    events = std::move(out);
}

}  // namespace raftarium::rpc
