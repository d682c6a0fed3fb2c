// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A cluster handle that only notes the words of the actions that it was asked to apply.
#pragma once

#include "cluster/control/controller.h"

#include <mutex>

namespace raftarium::testing {

class FakeCluster final : public control::Cluster {
public:
    control::ClusterStatus status() override { return {}; }
    base::Result<control::ActionOutcome> apply(const control::Action& action) override {
        if (std::holds_alternative<control::WipeNode>(action))
            return base::Error{base::Errc::aborted, "a member of several cannot forget"};
        std::string line;
        for (const std::string& word : control::actionWords(action)) line += (line.empty() ? "" : " ") + word;
        const std::lock_guard lock(m_mutex);
        m_done.push_back(line);
        return control::ActionOutcome{};
    }
    base::Result<std::vector<observe::Message>> held() override { return std::vector<observe::Message>(); }
    void onEvent(std::function<void(observe::Event)>) override {}
    void onEnded(std::function<void()>) override {}
    std::string logTail(const std::string&, std::size_t) override { return {}; }

    // "kill n2", "partition n1,n2 n3"
    std::vector<std::string> done() {
        const std::lock_guard lock(m_mutex);
        return m_done;
    }

private:
    std::mutex m_mutex;
    std::vector<std::string> m_done;
};

}  // namespace raftarium::testing
