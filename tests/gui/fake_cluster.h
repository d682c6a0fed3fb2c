// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A cluster handle that only notes what it was asked to do.
#pragma once

#include "cluster/control/controller.h"

#include <mutex>

namespace raftarium::testing {

class FakeCluster final : public control::Cluster {
public:
    control::ClusterStatus status() override { return {}; }
    base::Status startAll() override { return note("startAll"); }
    base::Status start(const std::string& node) override { return note("start " + node); }
    base::Status stop(const std::string& node) override { return note("stop " + node); }
    base::Status kill(const std::string& node) override { return note("kill " + node); }
    base::Status pause(const std::string& node) override { return note("pause " + node); }
    base::Status resume(const std::string& node) override { return note("resume " + node); }
    base::Status restart(const std::string& node) override { return note("restart " + node); }
    base::Status wipe(const std::string&) override {
        return base::Error{base::Errc::aborted, "a member of several cannot forget"};
    }
    base::Result<std::string> addNode(bool learner) override {
        (void)note(learner ? "addNode learner" : "addNode");
        return std::string("n6");
    }
    base::Status promote(const std::string& node) override { return note("promote " + node); }
    base::Status removeNode(const std::string& node) override { return note("removeNode " + node); }
    base::Status cut(const std::string& from, const std::string& to, bool both) override {
        return note("cut " + from + " " + to + (both ? " both" : " one"));
    }
    base::Status heal(const std::string& from, const std::string& to, bool) override {
        return note("heal " + from + " " + to);
    }
    base::Status healAll() override { return note("healAll"); }
    base::Status partition(const std::vector<std::vector<std::string>>& groups) override {
        std::string text = "partition";
        for (const auto& group : groups) {
            text += " |";
            for (const std::string& name : group) text += " " + name;
        }
        return note(text);
    }
    base::Status delay(const std::string& from, const std::string& to, std::int64_t ms, std::int64_t) override {
        return note("delay " + from + " " + to + " " + std::to_string(ms));
    }
    base::Status drop(const std::string& from, const std::string& to, double share) override {
        return note("drop " + from + " " + to + " " + std::to_string(static_cast<int>(share * 100)));
    }
    base::Status hold(const std::string& from, const std::string& to) override {
        return note("hold " + from + " " + to);
    }
    base::Result<std::vector<observe::Message>> held() override { return std::vector<observe::Message>(); }
    base::Status resolveHeld(const observe::MessageKey&, HeldAction) override { return note("resolveHeld"); }
    base::Status setPace(const control::PaceSpec& pace) override {
        return note("pace " + std::to_string(pace.heartbeatMs));
    }
    base::Status setProtocol(bool, bool) override { return note("protocol"); }
    base::Status campaign(const std::string& node) override { return note("campaign " + node); }
    base::Status transferLeadership(const std::string& to) override { return note("transfer " + to); }
    base::Status stopAll() override { return note("stopAll"); }
    void onProcessChange(std::function<void(observe::Event)>) override {}
    void onDutyEnded(std::function<void()>) override {}
    std::string logTail(const std::string&, std::size_t) override { return {}; }

    std::vector<std::string> done() {
        const std::lock_guard lock(m_mutex);
        return m_done;
    }

private:
    base::Status note(const std::string& what) {
        const std::lock_guard lock(m_mutex);
        m_done.push_back(what);
        return {};
    }
    std::mutex m_mutex;
    std::vector<std::string> m_done;
};

}  // namespace raftarium::testing
