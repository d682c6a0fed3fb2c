// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium.telemetry.v1.Telemetry: the full state, then the events of the hub in batches. A subscriber that does not
// read keeps one batch waiting and then loses events in the hub's ring; the node does not notice. How many events there
// are to read is decided in node/telemetry/telemetry_rates.h.
#pragma once

#include "cluster/node/telemetry/telemetry_rates.h"
#include "cluster/rpc/api/api_context.h"

#include <set>

namespace raftarium::rpc {

class TelemetryStream;

class TelemetryService {
public:
    explicit TelemetryService(const ApiContext& context);
    void registerMethods(RpcService& service);
    // Ends the streams after a last batch. Completion thread.
    void finishAll();

private:
    friend class TelemetryStream;
    const ApiContext& m_context;
    std::set<TelemetryStream*> m_streams;
    bool m_stopping = false;
    node::TelemetryRates m_rates;
};

}  // namespace raftarium::rpc
