// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium.telemetry.v1.Telemetry: the full state, then the events of the hub in batches. A subscriber that does not
// read keeps one batch waiting and then loses events in the hub's ring; the node does not notice. Who names no rate
// (max_events_per_second = 0) gets all events of a node that has time for it; of one that has not, all as long as they
// are no more than 2,000 a second, then 500.
#pragma once

#include "cluster/rpc/api/api_context.h"

#include <set>

namespace raftarium::rpc {

class TelemetryStream;

class TelemetryService {
public:
    explicit TelemetryService(const ApiContext& context) : m_context(context) {}
    void registerMethods(RpcService& service);
    // Ends the streams after a last batch. Completion thread.
    void finishAll();

private:
    friend class TelemetryStream;
    // Tells the hub how many events its publishers are to make: what the most demanding subscriber asks for. One that
    // names no rate gets less from a node that is busy.
    void adaptBudget(base::Nanoseconds now, bool streamsChanged);

    const ApiContext& m_context;
    std::set<TelemetryStream*> m_streams;
    bool m_stopping = false;
    // Of this process, since the last look.
    base::Nanoseconds m_lookedAt = 0;
    base::Nanoseconds m_cpuThen = 0;
    bool m_busy = false;
    bool m_gathered = false;  // the loop hands over few large batches
};

}  // namespace raftarium::rpc
