// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium.telemetry.v1.Telemetry: the full state, then the events of the hub in batches. A subscriber that does not
// read keeps one batch waiting and then loses events in the hub's ring; the node does not notice.
#pragma once

#include "cluster/rpc/api_context.h"

#include <set>

namespace raftarium::rpc {

class TelemetryStream;

class TelemetryService {
public:
    explicit TelemetryService(const ApiContext& context) : m_context(context) {}
    void registerMethods(RpcService& service);
    // Ends the streams after a last batch. Loop thread.
    void finishAll();

private:
    friend class TelemetryStream;

    const ApiContext& m_context;
    std::set<TelemetryStream*> m_streams;
    bool m_stopping = false;
};

}  // namespace raftarium::rpc
