// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A cluster that another process supervises: each call is a request on that process's socket.
#pragma once

#include "cluster/control/controller.h"
#include "cluster/control/event_dispatcher.h"
#include "cluster/control/fd.h"

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
    base::Status startAll() override;
    base::Status start(const std::string& node) override;
    base::Status stop(const std::string& node) override;
    base::Status kill(const std::string& node) override;
    base::Status pause(const std::string& node) override;
    base::Status resume(const std::string& node) override;
    base::Status restart(const std::string& node) override;
    base::Status wipe(const std::string& node) override;
    base::Result<std::string> addNode(bool learner) override;
    base::Status promote(const std::string& node) override;
    base::Status removeNode(const std::string& node) override;
    base::Status cut(const std::string& from, const std::string& to, bool bothWays) override;
    base::Status heal(const std::string& from, const std::string& to, bool bothWays) override;
    base::Status healAll() override;
    base::Status partition(const std::vector<std::vector<std::string>>& groups) override;
    base::Status delay(const std::string& from, const std::string& to, std::int64_t ms, std::int64_t jitterMs) override;
    base::Status drop(const std::string& from, const std::string& to, double share) override;
    base::Status hold(const std::string& from, const std::string& to) override;
    base::Result<std::vector<observe::Message>> held() override;
    base::Status resolveHeld(const observe::MessageKey& message, HeldAction action) override;
    base::Status setPace(const PaceSpec& pace) override;
    base::Status setProtocol(bool preVote, bool checkQuorum) override;
    base::Status campaign(const std::string& node) override;
    base::Status transferLeadership(const std::string& to) override;
    base::Status stopAll() override;
    void onProcessChange(std::function<void(observe::Event)> callback) override;
    void onDutyEnded(std::function<void()> callback) override;
    std::string logTail(const std::string& node, std::size_t bytes) override;

private:
    RemoteCluster(ClusterSpec spec, std::string socket);
    base::Status subscribe();
    base::Result<nlohmann::json> call(const nlohmann::json& request);
    base::Status act(const nlohmann::json& request);
    base::Status actOn(const char* op, const std::string& node);

    const ClusterSpec m_spec;
    const std::string m_path;
    EventDispatcher m_events;
    Fd m_subscription;
    std::thread m_reader;
};

}  // namespace raftarium::control
