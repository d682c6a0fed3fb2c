// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/event_dispatcher.h"

#include <utility>

namespace raftarium::control {

EventDispatcher::EventDispatcher() : m_thread([this] { run(); }) {}

EventDispatcher::~EventDispatcher() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void EventDispatcher::onEvent(std::function<void(observe::Event)> callback) {
    std::unique_lock lock(m_mutex);
    m_onEvent = std::move(callback);
    awaitCall(lock);
}

void EventDispatcher::onEnded(std::function<void()> callback) {
    std::unique_lock lock(m_mutex);
    m_onEnded = std::move(callback);
    awaitCall(lock);
}

void EventDispatcher::awaitCall(std::unique_lock<std::mutex>& lock) {
    if (std::this_thread::get_id() == m_thread.get_id()) return;
    m_changed.wait(lock, [this] { return !m_calling; });
}

void EventDispatcher::post(observe::Event event) { push(std::move(event)); }
void EventDispatcher::postEnded() { push(Ended{}); }

void EventDispatcher::push(Item item) {
    {
        const std::lock_guard lock(m_mutex);
        m_items.push_back(std::move(item));
    }
    m_changed.notify_all();
}

void EventDispatcher::run() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return m_stop || !m_items.empty(); });
        if (m_items.empty()) return;
        Item item = std::move(m_items.front());
        m_items.pop_front();
        const auto onEvent = m_onEvent;
        const auto onEnded = m_onEnded;
        m_calling = true;
        lock.unlock();
        if (auto* event = std::get_if<observe::Event>(&item)) {
            if (onEvent) onEvent(std::move(*event));
        } else if (onEnded) {
            onEnded();
        }
        lock.lock();
        m_calling = false;
        m_changed.notify_all();
    }
}

}  // namespace raftarium::control
