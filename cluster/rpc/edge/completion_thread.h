// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The completion thread: it polls the one gRPC completion queue of all servers. Services run on it and need no locks.
// Other threads, most of all the raft loop, pass work to it with post(), which wakes it once for each batch. Only
// answers may be sent on other threads, see answer().
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

// Receives one event of the completion queue, on the completion thread. A tag must outlive its pending operation.
class Tag {
public:
    virtual ~Tag() = default;
    virtual void complete(bool ok) = 0;
};

// Work from another thread. It is a list node itself, so that posting allocates nothing, and may be posted only once at
// a time.
class Task {
public:
    virtual ~Task() = default;
    virtual void run() = 0;

private:
    friend class CompletionThread;
    Task* m_next = nullptr;
};

// Gathers work for another thread while events come. It is passed on before the completion thread waits again.
class Gatherer {
public:
    virtual ~Gatherer() = default;
    virtual void begin() = 0;  // once, on the completion thread
    virtual bool waiting() const = 0;
    virtual void release() = 0;
};

class CompletionThread {
public:
    CompletionThread(std::unique_ptr<grpc::ServerCompletionQueue> queue, const char* threadName);
    ~CompletionThread();  // shutdown() must have been called if start() was

    void start(Gatherer* gatherer = nullptr);  // must outlive the thread
    // Call after every server and channel on the queue was shut down. The thread ends after the last event.
    void shutdown();

    grpc::ServerCompletionQueue* queue() { return m_queue.get(); }
    bool onThread() const { return std::this_thread::get_id() == m_thread.get_id(); }

    // Any thread, until shutdown(). Tasks run in the order in which they were posted.
    void post(Task& task);
    void post(std::function<void()> work);
    // Runs `work` on the completion thread and waits for it; before start(), runs it at once. Not on the completion
    // thread.
    void runAndWait(const std::function<void()>& work);
    // Like post(), for a task that may run on any thread. One other thread, the raft loop, works in rounds and calls
    // roundEnded() after each. If there was only one task in its round, it runs the task itself, because waking the
    // completion thread would take longer. After the `last` round answer() is the same as post().
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

    int m_held = 0;  // events handled since something was gathered
    std::unique_ptr<grpc::ServerCompletionQueue> m_queue;
    const char* m_threadName;
    std::thread m_thread;
    std::atomic<Task*> m_posted{nullptr};  // newest first
    Wake m_wake{*this};
    grpc::Alarm m_alarm;
    std::atomic<std::thread::id> m_inRounds{};
    // Used by the thread that works in rounds.
    Task* m_lone = nullptr;
    bool m_several = false;  // more than one task in this round
};

// Calls back once after a time. Completion thread only.
class Timer final : Tag {
public:
    explicit Timer(CompletionThread& completion) : m_completion(completion) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    // Must not be pending.
    void start(base::Nanoseconds after, std::function<void()> callback);
    bool pending() const { return m_pending; }
    // The callback no longer runs. `gone` runs when the timer is not pending any more, which may be at once.
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
