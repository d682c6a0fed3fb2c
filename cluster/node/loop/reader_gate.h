// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Keeps the readers of the store (any thread) and its one writer (the raft loop) apart. With the platform's shared lock
// readers could starve the writer. Here a waiting writer closes the door for new readers; its batches are bounded, and
// let them in again.
#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

namespace raftarium::node {

class ReaderGate {
public:
    class Shared {
    public:
        explicit Shared(const ReaderGate& gate) : m_gate(gate) {
            if (gate.m_writerWaits.load(std::memory_order_acquire)) {
                const std::lock_guard turn(gate.m_door);
            }
            gate.m_lock.lock_shared();
        }
        ~Shared() { m_gate.m_lock.unlock_shared(); }
        Shared(const Shared&) = delete;
        Shared& operator=(const Shared&) = delete;

    private:
        const ReaderGate& m_gate;
    };

    class Exclusive {
    public:
        explicit Exclusive(ReaderGate& gate) : m_gate(gate) {
            if (gate.m_lock.try_lock()) return;
            const std::lock_guard door(gate.m_door);
            gate.m_writerWaits.store(true, std::memory_order_release);
            gate.m_lock.lock();
            gate.m_writerWaits.store(false, std::memory_order_release);
        }
        ~Exclusive() { m_gate.m_lock.unlock(); }
        Exclusive(const Exclusive&) = delete;
        Exclusive& operator=(const Exclusive&) = delete;

    private:
        ReaderGate& m_gate;
    };

private:
    mutable std::shared_mutex m_lock;
    mutable std::mutex m_door;
    std::atomic<bool> m_writerWaits{false};
};

}  // namespace raftarium::node
