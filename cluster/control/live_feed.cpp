// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/live_feed.h"

#include "cluster/base/clock.h"
#include "cluster/control/engine.h"

#include <algorithm>
#include <utility>

namespace raftarium::control {

using observe::ProcessState;

LiveFeed::LiveFeed(std::shared_ptr<Cluster> cluster, Observer observer, std::shared_ptr<Recording> recording)
    : m_cluster(std::move(cluster)), m_observer(std::move(observer)), m_recording(std::move(recording)) {
    m_cluster->onEvent([this](observe::Event event) { take(std::move(event)); });
    m_cluster->onEnded([this] {
        if (m_observer.onEnded) m_observer.onEnded();
    });
    const ClusterStatus status = m_cluster->status();
    const observe::TimeNs now = base::SystemClock().monotonicNow();
    for (const NodeStatus& node : status.nodes)
        take({now, node.spec.id, 0, observe::ProcessChanged{node.process, node.spec.name, 0, 0, node.text}});
    listen(status);
    m_thread = std::thread([this] { run(); });
}

LiveFeed::~LiveFeed() {
    m_cluster->onEvent({});
    m_cluster->onEnded({});
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
    m_streams.clear();
}

void LiveFeed::take(observe::Event event) {
    if (m_recording) m_recording->add(event);
    const auto* process = std::get_if<observe::ProcessChanged>(&event.kind);
    // A member that joins or leaves is seen by its process: it starts, or ends.
    if (process != nullptr && process->state != ProcessState::running) {
        {
            const std::lock_guard lock(m_mutex);
            m_membersChanged = true;
        }
        m_changed.notify_all();
    }
    if (!m_observer.onEvents) return;
    std::vector<observe::Event> events;
    events.push_back(std::move(event));
    m_observer.onEvents(std::move(events));
}

void LiveFeed::listen(const ClusterStatus& status) {
    client::TelemetryStream::Callbacks callbacks;
    callbacks.onEvents = [this](std::uint64_t, std::vector<observe::Event> events) {
        for (const observe::Event& event : events)
            if (m_recording && std::holds_alternative<observe::StreamEnded>(event.kind)) m_recording->add(event);
        if (m_observer.onEvents) m_observer.onEvents(std::move(events));
    };
    if (m_recording) {
        callbacks.onBatch = [this](std::uint64_t node, const telemetry::v1::EventBatch& batch) {
            m_recording->add(node, batch);
        };
    }
    std::erase_if(m_streams, [&](const auto& stream) {
        return std::none_of(status.nodes.begin(), status.nodes.end(),
                            [&](const NodeStatus& node) { return node.spec.id == stream.first; });
    });
    for (const NodeStatus& node : status.nodes) {
        if (!engineOf(node.spec.engine).telemetry) continue;
        auto& stream = m_streams[node.spec.id];
        if (!stream) stream = client::TelemetryStream::open("unix:" + node.spec.adminSocket, node.spec.id, callbacks);
    }
}

void LiveFeed::run() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return m_ending || m_membersChanged; });
        if (m_ending) return;
        m_membersChanged = false;
        lock.unlock();
        const ClusterStatus status = m_cluster->status();
        // Without a supervisor nobody joins or leaves.
        if (status.problem.empty()) {
            listen(status);
            if (m_observer.onMembers) m_observer.onMembers(status);
        }
        lock.lock();
    }
}

}  // namespace raftarium::control
