// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A thread for calls that block or take long (hashing, defragmentation), so that other calls do not wait for them. It
// starts with the first piece of work.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace raftarium::rpc {

class WorkThread {
public:
    ~WorkThread() { stop(); }
    void run(std::function<void()> work);
    // Waits for the work that has begun; other work is dropped.
    void stop();

private:
    void loop();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_queue;
    std::thread m_thread;
    bool m_stopping = false;
};

}  // namespace raftarium::rpc
