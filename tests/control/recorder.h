// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A ControlClient that writes down what a node was told.
#pragma once

#include "cluster/control/supervisor/node_access.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace raftarium::control {

class Recorder {
public:
    struct Told {
        std::vector<observe::LinkFaults> links;  // of the last call
        client::PaceSettings pace;
        int paces = 0, campaigns = 0;
        std::uint64_t transferTarget = 0;
    };

    Told told(const std::string& socket) const {
        const std::lock_guard lock(m_mutex);
        const auto it = m_told.find("unix:" + socket);
        return it == m_told.end() ? Told{} : it->second;
    }

    void setLeader(std::uint64_t id) {
        const std::lock_guard lock(m_mutex);
        m_leader = id;
    }

    // The recorder must outlive what it is given to.
    NodeAccess access() {
        return {[this](const std::string& address) { return std::make_unique<Client>(*this, address); },
                [this](const std::string&) -> base::Result<std::uint64_t> {
                    const std::lock_guard lock(m_mutex);
                    return m_leader;
                },
                // Nobody answers there: a change of members finds no member.
                [](client::ClientOptions options) {
                    options.dialTimeoutMs = 100;
                    return client::EtcdClient::create(options);
                }};
    }

private:
    class Client final : public client::ControlClient {
    public:
        Client(Recorder& recorder, std::string address) : m_recorder(recorder), m_address(std::move(address)) {}
        using State = base::Result<client::ControlState>;
        State setLinkFaults(const std::vector<observe::LinkFaults>& links) override {
            return write([&](Told& told) { told.links = links; });
        }
        State clearLinkFaults() override {
            return write([](Told& told) { told.links.clear(); });
        }
        State setPace(const client::PaceSettings& pace) override {
            return write([&](Told& told) {
                told.pace = pace;
                told.paces++;
            });
        }
        State resolveHeld(const observe::MessageKey&, HeldAction) override { return client::ControlState{}; }
        State campaign() override {
            return write([](Told& told) { told.campaigns++; });
        }
        State transferLeadership(std::uint64_t target) override {
            return write([&](Told& told) { told.transferTarget = target; });
        }
        State state() override { return client::ControlState{}; }

    private:
        template <typename Change>
        State write(Change change) {
            const std::lock_guard lock(m_recorder.m_mutex);
            change(m_recorder.m_told[m_address]);
            return client::ControlState{};
        }
        Recorder& m_recorder;
        const std::string m_address;
    };

    mutable std::mutex m_mutex;
    std::map<std::string, Told> m_told;
    std::uint64_t m_leader = 0;
};

}  // namespace raftarium::control
