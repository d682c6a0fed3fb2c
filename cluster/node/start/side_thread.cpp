// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/side_thread.h"

#include "cluster/base/check.h"

#include <utility>

namespace raftarium::node {

SideThread::SideThread() : m_thread([this] { run(); }) {}

SideThread::~SideThread() {
    wait();
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void SideThread::begin(std::function<void()> work) {
    {
        const std::lock_guard lock(m_mutex);
        RAFTARIUM_CHECK(!m_work);
        m_work = std::move(work);
    }
    m_changed.notify_all();
}

void SideThread::wait() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_work; });
}

void SideThread::run() {
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_ending || m_work; });
        if (!m_work) return;
        lock.unlock();
        m_work();
        lock.lock();
        m_work = nullptr;
        m_changed.notify_all();
    }
}

}  // namespace raftarium::node
