// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_hub.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

namespace raftarium::node {
namespace {

// What one publish() brought; never changed afterwards, so that subscribers read it without a lock.
struct Batch {
    std::vector<TelemetryEvent> events;
    std::uint64_t first = 0;  // sequences [first, last]
    std::uint64_t last = 0;
};
using BatchPtr = std::shared_ptr<const Batch>;

std::uint64_t weightOf(const TelemetryEvent& event) {
    const auto* lost = std::get_if<telemetry::Lost>(&event.kind);
    return lost == nullptr ? 1 : std::max<std::uint64_t>(lost->count, 1);
}

auto firstFrom(const std::vector<TelemetryEvent>& events, std::uint64_t sequence) {
    return std::partition_point(events.begin(), events.end(),
                                [sequence](const TelemetryEvent& event) { return event.sequence < sequence; });
}

}  // namespace

struct TelemetryHub::Impl {
    struct Subscriber {
        std::uint64_t next = 1;  // sequence it reads next; its own thread's after subscribe()
        bool woken = false;
        // Guards only the call of `wake`, so that none comes after the cursor is gone; never taken inside `mutex`.
        std::mutex wakeMutex;
        std::function<void()> wake;
    };

    explicit Impl(std::size_t ringEvents) : capacity(std::max<std::size_t>(ringEvents, 1)) {}

    // The oldest sequence held: of the oldest batch only the newest events count, where it alone is over the capacity.
    std::uint64_t oldest() const {
        if (ring.empty()) return last + 1;
        const Batch& front = *ring.front();
        if (held <= capacity) return front.first;
        return front.events[held - capacity].sequence - weightOf(front.events[held - capacity]) + 1;
    }

    const std::size_t capacity;
    std::mutex mutex;
    std::deque<BatchPtr> ring;  // ascending, without gaps
    std::size_t held = 0;       // events in it
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
    auto batch = std::make_shared<Batch>();
    batch->events = std::exchange(events, {});
    std::vector<std::shared_ptr<Impl::Subscriber>> toWake;
    std::vector<BatchPtr> gone;  // freed outside the lock
    {
        const std::lock_guard lock(m_impl->mutex);
        batch->first = m_impl->last + 1;
        for (TelemetryEvent& event : batch->events) event.sequence = m_impl->last += weightOf(event);
        batch->last = m_impl->last;
        m_impl->held += batch->events.size();
        m_impl->ring.push_back(std::move(batch));
        while (m_impl->held - m_impl->ring.front()->events.size() >= m_impl->capacity) {
            m_impl->held -= m_impl->ring.front()->events.size();
            gone.push_back(std::move(m_impl->ring.front()));
            m_impl->ring.pop_front();
        }
        for (const auto& subscriber : m_impl->subscribers) {
            if (subscriber->woken) continue;
            subscriber->woken = true;
            toWake.push_back(subscriber);
        }
    }
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
        std::uint64_t& next = m_subscriber->next;
        std::uint64_t oldest = 0;
        m_batches.clear();
        {
            const std::lock_guard lock(m_hub.mutex);
            m_subscriber->woken = false;
            if (max == 0 || next > m_hub.last) return 0;
            oldest = m_hub.oldest();
            const std::uint64_t from = std::max(next, oldest);
            auto batch = std::partition_point(m_hub.ring.begin(), m_hub.ring.end(),
                                              [from](const BatchPtr& b) { return b->last < from; });
            for (std::size_t events = 0; batch != m_hub.ring.end() && events < max; ++batch) {
                const auto& all = (*batch)->events;
                events += static_cast<std::size_t>(all.end() - firstFrom(all, from));
                m_batches.push_back(*batch);
            }
        }
        std::size_t added = 0;
        for (const BatchPtr& batch : m_batches) {
            auto event = firstFrom(batch->events, std::max(next, oldest));
            if (next < oldest) {
                out.push_back({event->atNs, 0, oldest - 1, telemetry::Lost{oldest - next, false}});
                next = oldest;
                ++added;
            }
            for (; event != batch->events.end() && added < max; ++event, ++added) {
                next = event->sequence + 1;
                out.push_back(*event);
            }
        }
        m_batches.clear();
        // The rest will be read without another wake: tell the caller by returning `max`.
        return added;
    }

private:
    Impl& m_hub;
    std::shared_ptr<Subscriber> m_subscriber;
    std::vector<BatchPtr> m_batches;  // kept for its capacity
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
