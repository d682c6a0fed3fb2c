// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Everything that happens in a running cluster: the telemetry of all members, also of those that join later, the
// changes of their processes and the actions taken; and the recording of it.
#pragma once

#include "cluster/client/admin_client.h"
#include "cluster/control/controller.h"
#include "cluster/control/recording.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace raftarium::control {

class LiveFeed {
public:
    // Each may be empty.
    struct Observer {
        // Events as they come: of one member in their order, of several members not (EventOrder puts them in order).
        // Called on the threads of the members' streams and of the cluster, several at once.
        std::function<void(std::vector<observe::Event>)> onEvents;
        // The members have changed. Called on the feed's thread.
        std::function<void(const ClusterStatus&)> onMembers;
        // The supervisor ended. Called on a thread of the cluster.
        std::function<void()> onEnded;
    };

    // Begins with the state of each process. Takes the place of the cluster's callbacks until it is destroyed.
    // `recording` may be null.
    LiveFeed(std::shared_ptr<Cluster> cluster, Observer observer, std::shared_ptr<Recording> recording = nullptr);
    // No callback runs afterwards. Not to be called from one.
    ~LiveFeed();

private:
    void take(observe::Event event);
    void listen(const ClusterStatus& status);
    void run();

    const std::shared_ptr<Cluster> m_cluster;
    const Observer m_observer;
    const std::shared_ptr<Recording> m_recording;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_ending = false;
    bool m_membersChanged = false;
    // One for each member there is. Of the constructor, then of the feed's thread.
    std::map<observe::NodeId, std::unique_ptr<client::TelemetryStream>> m_streams;
    std::thread m_thread;
};

}  // namespace raftarium::control
