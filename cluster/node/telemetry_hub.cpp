// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry_hub.h"

#include <algorithm>
#include <mutex>

namespace raftarium::node {

struct TelemetryHub::Impl {
    struct Subscriber {
        std::uint64_t next = 1;  // sequence it reads next
        bool woken = false;
        // Guards only the call of `wake`, so that none comes after the cursor is gone; never taken inside `mutex`.
        std::mutex wakeMutex;
        std::function<void()> wake;
    };

    explicit Impl(std::size_t ringEvents) : capacity(std::max<std::size_t>(ringEvents, 1)) {}

    // Sequences held: (last - ring.size(), last].
    std::uint64_t oldest() const { return last - ring.size() + 1; }
    TelemetryEvent& slot(std::uint64_t sequence) { return ring[(sequence - 1) % capacity]; }

    const std::size_t capacity;
    std::mutex mutex;
    std::vector<TelemetryEvent> ring;  // grows to `capacity`, then wraps
    std::uint64_t last = 0;
    std::vector<std::shared_ptr<Subscriber>> subscribers;
    std::atomic<int>* count = nullptr;
};

TelemetryHub::TelemetryHub(std::size_t ringEvents) : m_impl(std::make_unique<Impl>(ringEvents)) {
    m_impl->count = &m_subscribers;
}
TelemetryHub::~TelemetryHub() = default;

void TelemetryHub::publish(std::vector<TelemetryEvent>& events) {
    if (events.empty()) return;
    std::vector<std::shared_ptr<Impl::Subscriber>> toWake;
    {
        const std::lock_guard lock(m_impl->mutex);
        for (TelemetryEvent& event : events) {
            event.sequence = ++m_impl->last;
            if (m_impl->ring.size() < m_impl->capacity)
                m_impl->ring.push_back(std::move(event));
            else
                m_impl->slot(event.sequence) = std::move(event);
        }
        for (const auto& subscriber : m_impl->subscribers) {
            if (subscriber->woken) continue;
            subscriber->woken = true;
            toWake.push_back(subscriber);
        }
    }
    events.clear();
    for (const auto& subscriber : toWake) {
        const std::lock_guard lock(subscriber->wakeMutex);
        if (subscriber->wake) subscriber->wake();
    }
}

namespace {

template <typename Impl, typename Subscriber>
class HubCursor final : public TelemetryHub::Cursor {
public:
    HubCursor(Impl& hub, std::shared_ptr<Subscriber> subscriber) : m_hub(hub), m_subscriber(std::move(subscriber)) {}
    ~HubCursor() override {
        {
            const std::lock_guard lock(m_hub.mutex);
            std::erase(m_hub.subscribers, m_subscriber);
            m_hub.count->fetch_sub(1, std::memory_order_relaxed);
        }
        const std::lock_guard lock(m_subscriber->wakeMutex);
        m_subscriber->wake = nullptr;
    }

    std::size_t read(std::vector<TelemetryEvent>& out, std::size_t max) override {
        const std::lock_guard lock(m_hub.mutex);
        m_subscriber->woken = false;
        std::size_t added = 0;
        if (m_hub.last == 0 || max == 0) return 0;
        const std::uint64_t oldest = m_hub.oldest();
        if (m_subscriber->next < oldest) {
            TelemetryEvent lost;
            lost.sequence = oldest - 1;
            lost.atNs = m_hub.slot(oldest).atNs;
            lost.payload = LostEvents{oldest - m_subscriber->next, false};
            out.push_back(std::move(lost));
            m_subscriber->next = oldest;
            ++added;
        }
        while (added < max && m_subscriber->next <= m_hub.last) {
            out.push_back(m_hub.slot(m_subscriber->next++));
            ++added;
        }
        // The rest will be read without another wake: tell the caller by returning `max`.
        return added;
    }

private:
    Impl& m_hub;
    std::shared_ptr<Subscriber> m_subscriber;
};

}  // namespace

std::unique_ptr<TelemetryHub::Cursor> TelemetryHub::subscribe(std::uint64_t afterSequence, std::function<void()> wake) {
    auto subscriber = std::make_shared<Impl::Subscriber>();
    subscriber->wake = std::move(wake);
    const std::lock_guard lock(m_impl->mutex);
    const bool held = afterSequence != 0 && afterSequence <= m_impl->last && afterSequence + 1 >= m_impl->oldest();
    subscriber->next = (held ? afterSequence : m_impl->last) + 1;
    m_impl->subscribers.push_back(subscriber);
    m_subscribers.fetch_add(1, std::memory_order_relaxed);
    return std::make_unique<HubCursor<Impl, Impl::Subscriber>>(*m_impl, std::move(subscriber));
}

std::uint64_t TelemetryHub::lastSequence() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->last;
}

}  // namespace raftarium::node
