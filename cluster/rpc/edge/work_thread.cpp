// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/edge/work_thread.h"

#include <utility>

namespace raftarium::rpc {

void WorkThread::run(std::function<void()> work) {
    const std::lock_guard lock(m_mutex);
    if (m_stopping) return;
    m_queue.push_back(std::move(work));
    if (!m_thread.joinable()) m_thread = std::thread([this] { loop(); });
    m_changed.notify_one();
}

void WorkThread::stop() {
    std::thread thread;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        thread = std::move(m_thread);
        m_changed.notify_one();
    }
    if (thread.joinable()) thread.join();
}

void WorkThread::loop() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
        if (m_stopping) return;
        const std::function<void()> work = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

}  // namespace raftarium::rpc
