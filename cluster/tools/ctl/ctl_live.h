// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The telemetry of all nodes of a running local cluster, for the feed and for recording.
#pragma once

#include "cluster/client/admin_client.h"
#include "cluster/control/controller.h"
#include "cluster/observe/event.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace raftarium::tools {

class LiveEvents {
public:
    // `onBatch` (may be empty) runs on threads of the streams.
    LiveEvents(control::Cluster& cluster,
               std::function<void(std::uint64_t node, const telemetry::v1::EventBatch&)> onBatch);
    ~LiveEvents();

    // Events in order of time, of all nodes. Waits until some are old enough that no earlier one is expected from
    // another node, at most `wait`.
    std::vector<observe::Event> take(std::chrono::milliseconds wait);
    bool clusterEnded() const;

private:
    void add(std::vector<observe::Event> events);

    control::Cluster& m_cluster;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<observe::Event> m_pending;
    bool m_ended = false;
    std::vector<std::unique_ptr<client::TelemetryStream>> m_streams;
};

}  // namespace raftarium::tools
