// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/loop/inbox.h"

#include <chrono>
#include <utility>

namespace raftarium::node {

void InboxBatch::clear() {
    proposals.clear();
    messages.clear();
    reads.clear();
    logDone.clear();
    calls.clear();
}

template <typename Vector, typename Value>
bool Inbox::push(Vector& queue, Value&& value, Wake when) {
    bool wake = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed) return false;
        queue.push_back(std::forward<Value>(value));
        if (when == Wake::now) wake = std::exchange(m_sleeping, false);
    }
    if (wake) m_wake.notify_one();
    return true;
}

void Inbox::wake() {
    {
        const std::lock_guard lock(m_mutex);
        if (m_batch.empty() || !std::exchange(m_sleeping, false)) return;
    }
    m_wake.notify_one();
}

bool Inbox::propose(Proposal&& proposal, Wake when) { return push(m_batch.proposals, std::move(proposal), when); }
bool Inbox::receive(Received&& received, Wake when) { return push(m_batch.messages, std::move(received), when); }
bool Inbox::read(ReadDone&& done, Wake when) { return push(m_batch.reads, std::move(done), when); }
bool Inbox::logDone(LogDone&& done) { return push(m_batch.logDone, std::move(done)); }
bool Inbox::call(std::function<void(RaftLoop&)>&& work) { return push(m_batch.calls, std::move(work)); }

bool Inbox::take(InboxBatch& out) {
    const std::lock_guard lock(m_mutex);
    if (m_batch.empty()) return false;
    std::swap(m_batch, out);
    return true;
}

bool Inbox::empty() const {
    const std::lock_guard lock(m_mutex);
    return m_batch.empty();
}

void Inbox::waitUntil(base::Nanoseconds deadlineNs) {
    using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, as base::SystemClock's
    std::unique_lock lock(m_mutex);
    if (!m_batch.empty() || m_closed) return;
    m_sleeping = true;
    m_wake.wait_until(lock, Clock::time_point(std::chrono::nanoseconds(deadlineNs)),
                      [this] { return !m_batch.empty() || m_closed; });
    m_sleeping = false;
}

void Inbox::close() {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_wake.notify_one();
}

}  // namespace raftarium::node
