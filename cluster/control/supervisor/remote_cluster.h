// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A cluster that another process supervises: each call is a request on that process's socket.
#pragma once

#include "cluster/control/controller.h"
#include "cluster/control/fd.h"
#include "cluster/control/supervisor/event_dispatcher.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace raftarium::control {

class RemoteCluster final : public Cluster {
public:
    static base::Result<std::unique_ptr<Cluster>> join(const ClusterSpec& spec, const std::string& socket);
    ~RemoteCluster() override;

    ClusterStatus status() override;
    base::Result<ActionOutcome> apply(const Action& action) override;
    base::Result<std::vector<observe::Message>> held() override;
    void onEvent(std::function<void(observe::Event)> callback) override;
    void onEnded(std::function<void()> callback) override;
    std::string logTail(const std::string& node, std::size_t bytes) override;

private:
    RemoteCluster(ClusterSpec spec, std::string socket);
    base::Status subscribe();
    base::Result<nlohmann::json> call(const nlohmann::json& request);

    const ClusterSpec m_spec;
    const std::string m_path;
    EventDispatcher m_events;
    Fd m_subscription;
    std::thread m_reader;
};

}  // namespace raftarium::control
