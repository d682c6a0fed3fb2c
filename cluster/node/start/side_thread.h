// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A thread that helps while a store is opened: it takes one piece of work at a time.
#pragma once

#include "cluster/mvcc/side_work.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace raftarium::node {

class SideThread final : public mvcc::SideWork {
public:
    SideThread();
    ~SideThread() override;
    void begin(std::function<void()> work) override;
    void wait() override;

private:
    void run();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::function<void()> m_work;  // under m_mutex; empty = nothing to do
    bool m_ending = false;         // under m_mutex
    std::thread m_thread;
};

}  // namespace raftarium::node
