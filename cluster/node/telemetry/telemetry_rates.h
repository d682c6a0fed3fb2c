// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// How many of the events that may be left out the publishers make: as many a second as the most demanding subscriber
// asks for. Who names no rate gets kDefaultRate of a node that has time for it; of one that is busy all as long as they
// are few (TelemetryPublisher), then kBusyRate. Used from one thread.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/node/telemetry/telemetry_hub.h"

#include <cstdint>
#include <functional>
#include <map>

namespace raftarium::node {

class TelemetryRates {
public:
    static constexpr std::uint32_t kDefaultRate = 20'000;  // events a second
    // An event costs the node, and whoever reads it, some 10 us together.
    static constexpr std::uint32_t kBusyRate = 500;

    // `cpuUsed`: the CPU time of this process so far.
    TelemetryRates(TelemetryHub& hub, std::function<base::Nanoseconds()> cpuUsed);

    // `asked` events a second; 0 = names no rate. `subscriber` is any address of its own.
    void add(const void* subscriber, std::uint32_t asked, base::Nanoseconds now);
    void remove(const void* subscriber, base::Nanoseconds now);
    // Looks at the CPU time now and then; call it whenever events are read.
    void update(base::Nanoseconds now);
    // The publishers hand over few large batches: waiting for more before a read saves nothing.
    bool gathered() const { return m_gathered; }

    // What a subscriber's own sampler is made with.
    static std::uint32_t rateOf(std::uint32_t asked) { return asked == 0 ? kDefaultRate : asked; }

private:
    bool look(base::Nanoseconds now);
    void setBudget();

    TelemetryHub& m_hub;
    std::function<base::Nanoseconds()> m_cpuUsed;
    std::map<const void*, std::uint32_t> m_asked;
    base::Nanoseconds m_lookedAt = 0;
    base::Nanoseconds m_cpuThen = 0;
    bool m_busy = false;
    bool m_gathered = false;
};

// The CPU time of this process, all threads.
base::Nanoseconds processCpuNs();

}  // namespace raftarium::node
