// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A mutex and its lock that Clang's thread-safety analysis understands.
#pragma once

#include "cluster/base/thread_annotations.h"

#include <mutex>

namespace raftarium::control {

class RAFTARIUM_CAPABILITY("mutex") Mutex {
public:
    void lock() RAFTARIUM_ACQUIRE() { m_mutex.lock(); }
    void unlock() RAFTARIUM_RELEASE() { m_mutex.unlock(); }
    // For the analysis alone: the caller, such as the condition of a wait, runs with the mutex held.
    void assertHeld() const RAFTARIUM_ASSERT_HELD() {}

private:
    std::mutex m_mutex;
};

// For as long as it exists. A condition variable waits on the mutex itself (std::condition_variable_any).
class RAFTARIUM_SCOPED_CAPABILITY MutexLock {
public:
    explicit MutexLock(Mutex& mutex) RAFTARIUM_ACQUIRE(mutex) : m_mutex(mutex) { m_mutex.lock(); }
    ~MutexLock() RAFTARIUM_RELEASE() { m_mutex.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

private:
    Mutex& m_mutex;
};

}  // namespace raftarium::control
