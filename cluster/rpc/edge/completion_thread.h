// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The completion thread: it polls the one gRPC completion queue of all servers. Everything a service does runs on it,
// so services need no locks. Other threads, the raft loop above all, hand work over with post(), which wakes the queue
// once for each batch. Only the sending of an answer may be done elsewhere, see answer().
#pragma once

#include "cluster/base/clock.h"

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace raftarium::rpc {

// Receives one event of the completion queue, on the completion thread. Tags outlive their pending operation.
class Tag {
public:
    virtual ~Tag() = default;
    virtual void complete(bool ok) = 0;
};

// Work handed over from another thread: intrusive, so that posting allocates nothing. Posted at most once at a time.
class Task {
public:
    virtual ~Task() = default;
    virtual void run() = 0;

private:
    friend class CompletionThread;
    Task* m_next = nullptr;
};

// What the completion thread gathers for another one while events come, and hands over before it waits for the next.
class Gatherer {
public:
    virtual ~Gatherer() = default;
    virtual void begin() = 0;  // once, on the thread
    virtual bool waiting() const = 0;
    virtual void release() = 0;
};

class CompletionThread {
public:
    CompletionThread(std::unique_ptr<grpc::ServerCompletionQueue> queue, const char* threadName);
    ~CompletionThread();  // shutdown() must have been called if start() was

    void start(Gatherer* gatherer = nullptr);  // which outlives the thread
    // After every server and channel on the queue has been shut down: ends the thread when the last event was handled.
    void shutdown();

    grpc::ServerCompletionQueue* queue() { return m_queue.get(); }
    bool onThread() const { return std::this_thread::get_id() == m_thread.get_id(); }

    // Any thread, until shutdown(). Tasks run in the order posted.
    void post(Task& task);
    void post(std::function<void()> work);
    // Runs `work` on the completion thread and waits for it; at once while that has not been started. Not from that
    // thread.
    void runAndWait(const std::function<void()>& work);
    // As post(), for a task that may run on any thread. One other thread may work in rounds and say roundEnded() after
    // each: it runs what was the only task of its round itself, since waking this one would take longer. After the
    // `last` round it is as any other.
    void answer(Task& task);
    void roundEnded(bool last);

private:
    struct Wake final : Tag {
        explicit Wake(CompletionThread& owner) : completion(owner) {}
        void complete(bool) override { completion.runPosted(); }
        CompletionThread& completion;
    };
    void runPosted();
    bool next(void** tag, bool* ok, Gatherer* gatherer);

    int m_held = 0;  // events handled since the gatherer began to wait
    std::unique_ptr<grpc::ServerCompletionQueue> m_queue;
    const char* m_threadName;
    std::thread m_thread;
    std::atomic<Task*> m_posted{nullptr};  // newest first
    Wake m_wake{*this};
    grpc::Alarm m_alarm;
    std::atomic<std::thread::id> m_inRounds{};
    // Of the thread that works in rounds.
    Task* m_lone = nullptr;
    bool m_several = false;  // more than one in this round
};

// Calls back once after a time, on the completion thread. Completion thread only.
class Timer final : Tag {
public:
    explicit Timer(CompletionThread& completion) : m_completion(completion) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    // Must not be pending.
    void start(base::Nanoseconds after, std::function<void()> callback);
    bool pending() const { return m_pending; }
    // `gone` runs when the timer is no longer pending (at once if it was not); the callback does not run any more.
    void stop(std::function<void()> gone);

private:
    void complete(bool ok) override;

    CompletionThread& m_completion;
    grpc::Alarm m_alarm;
    std::function<void()> m_callback;
    std::function<void()> m_gone;
    bool m_pending = false;
};

}  // namespace raftarium::rpc
