// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Hands events to a callback from one thread of its own, in order, so that the callback may call back into the cluster.
#pragma once

#include "cluster/observe/event.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>

namespace raftarium::control {

class EventDispatcher {
public:
    EventDispatcher();
    ~EventDispatcher();  // what is still queued is delivered before

    // Replaces the callback; the earlier one does not run any more when this returns (but for a call from it itself).
    void onEvent(std::function<void(observe::Event)> callback);
    void onEnded(std::function<void()> callback);
    void post(observe::Event event);
    void postEnded();

private:
    struct Ended {};
    using Item = std::variant<observe::Event, Ended>;

    void run();
    void push(Item item);

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Item> m_items;
    std::function<void(observe::Event)> m_onEvent;
    std::function<void()> m_onEnded;
    void awaitCall(std::unique_lock<std::mutex>& lock);

    bool m_calling = false;
    bool m_stop = false;
    std::thread m_thread;
};

}  // namespace raftarium::control
