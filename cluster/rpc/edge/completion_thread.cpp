// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/edge/completion_thread.h"

#include "cluster/base/check.h"

#include <grpc/support/time.h>

#include <future>
#include <pthread.h>
#include <utility>

namespace raftarium::rpc {
namespace {

// So long gathered work may wait before it is passed to the other thread.
constexpr int kHeldEventsMax = 128;

class FunctionTask final : public Task {
public:
    explicit FunctionTask(std::function<void()> work) : m_work(std::move(work)) {}
    void run() override {
        const std::unique_ptr<FunctionTask> self(this);
        m_work();
    }

private:
    std::function<void()> m_work;
};

}  // namespace

CompletionThread::CompletionThread(std::unique_ptr<grpc::ServerCompletionQueue> queue, const char* threadName)
    : m_queue(std::move(queue)), m_threadName(threadName) {}

CompletionThread::~CompletionThread() { RAFTARIUM_CHECK(!m_thread.joinable()); }

void CompletionThread::start(Gatherer* gatherer) {
    m_thread = std::thread([this, gatherer] {
        pthread_setname_np(pthread_self(), m_threadName);
        if (gatherer != nullptr) gatherer->begin();
        void* tag = nullptr;
        bool ok = false;
        while (next(&tag, &ok, gatherer)) static_cast<Tag*>(tag)->complete(ok);
    });
}

// Waits for an event. While work is gathered it only checks for an event, which also reads what has
// arrived.
bool CompletionThread::next(void** tag, bool* ok, Gatherer* gatherer) {
    if (gatherer != nullptr && gatherer->waiting()) {
        if (++m_held < kHeldEventsMax) {
            const auto status = m_queue->AsyncNext(tag, ok, gpr_inf_past(GPR_CLOCK_MONOTONIC));
            if (status == grpc::CompletionQueue::GOT_EVENT) return true;
        }
        gatherer->release();
    }
    m_held = 0;
    return m_queue->Next(tag, ok);
}

void CompletionThread::shutdown() {
    m_queue->Shutdown();
    if (m_thread.joinable()) {
        m_thread.join();
        return;
    }
    void* tag = nullptr;
    bool ok = false;
    while (m_queue->Next(&tag, &ok)) static_cast<Tag*>(tag)->complete(ok);
}

void CompletionThread::post(Task& task) {
    Task* head = m_posted.load(std::memory_order_relaxed);
    do {
        task.m_next = head;
    } while (!m_posted.compare_exchange_weak(head, &task, std::memory_order_acq_rel, std::memory_order_relaxed));
    // The list is emptied only when the wake-up arrives, so that there is never more than one wake-up at a time.
    if (head == nullptr) m_alarm.Set(m_queue.get(), gpr_inf_past(GPR_CLOCK_MONOTONIC), static_cast<Tag*>(&m_wake));
}

void CompletionThread::post(std::function<void()> work) { post(*new FunctionTask(std::move(work))); }

void CompletionThread::runAndWait(const std::function<void()>& work) {
    if (!m_thread.joinable()) return work();
    std::promise<void> done;
    post([&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

void CompletionThread::answer(Task& task) {
    if (std::this_thread::get_id() != m_inRounds.load(std::memory_order_relaxed)) return post(task);
    if (!m_several && m_lone == nullptr) {
        m_lone = &task;
        return;
    }
    m_several = true;
    if (m_lone != nullptr) post(*std::exchange(m_lone, nullptr));
    post(task);
}

void CompletionThread::roundEnded(bool last) {
    m_inRounds.store(last ? std::thread::id() : std::this_thread::get_id(), std::memory_order_relaxed);
    m_several = false;
    if (Task* task = std::exchange(m_lone, nullptr)) task->run();
}

void CompletionThread::runPosted() {
    Task* newestFirst = m_posted.exchange(nullptr, std::memory_order_acq_rel);
    Task* oldestFirst = nullptr;
    while (newestFirst != nullptr) {
        Task* next = newestFirst->m_next;
        newestFirst->m_next = oldestFirst;
        oldestFirst = newestFirst;
        newestFirst = next;
    }
    while (oldestFirst != nullptr) {
        Task* task = oldestFirst;
        oldestFirst = task->m_next;
        task->run();  // may delete itself or post itself again
    }
}

void Timer::start(base::Nanoseconds after, std::function<void()> callback) {
    RAFTARIUM_CHECK(!m_pending);
    m_pending = true;
    m_callback = std::move(callback);
    const gpr_timespec when = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(after, GPR_TIMESPAN));
    m_alarm.Set(m_completion.queue(), when, static_cast<Tag*>(this));
}

void Timer::stop(std::function<void()> gone) {
    m_callback = nullptr;
    if (!m_pending) {
        if (gone) gone();
        return;
    }
    m_gone = std::move(gone);
    m_alarm.Cancel();
}

void Timer::complete(bool) {
    m_pending = false;
    const auto callback = std::exchange(m_callback, nullptr);
    const auto gone = std::exchange(m_gone, nullptr);
    if (callback) callback();
    if (gone) gone();
}

}  // namespace raftarium::rpc
