// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One thread writes a small plain value; any number of threads copy it without a lock (a sequence lock; Boehm, "Can
// seqlocks get along with programming language memory models?", 2012). Readers retry while a write is under way.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace raftarium::node {

template <typename T>
class Seqlock {
    static_assert(std::is_trivially_copyable_v<T>);
    static constexpr std::size_t kWords = (sizeof(T) + 7) / 8;

public:
    Seqlock() { store(T{}); }

    void store(const T& value) {
        std::array<std::uint64_t, kWords> words{};
        std::memcpy(words.data(), &value, sizeof(T));
        const std::uint64_t sequence = m_sequence.load(std::memory_order_relaxed);
        m_sequence.store(sequence + 1, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        for (std::size_t i = 0; i < kWords; ++i) m_words[i].store(words[i], std::memory_order_release);
        m_sequence.store(sequence + 2, std::memory_order_release);
    }

    T load() const {
        std::array<std::uint64_t, kWords> words;
        std::uint64_t before = 0;
        std::uint64_t after = 1;
        while (before != after || (before & 1) != 0) {
            before = m_sequence.load(std::memory_order_acquire);
            // Acquire on each word orders the second look at the sequence after all of them.
            for (std::size_t i = 0; i < kWords; ++i) words[i] = m_words[i].load(std::memory_order_acquire);
            after = m_sequence.load(std::memory_order_relaxed);
        }
        T value;
        std::memcpy(static_cast<void*>(&value), words.data(), sizeof(T));
        return value;
    }

private:
    std::atomic<std::uint64_t> m_sequence{0};
    std::array<std::atomic<std::uint64_t>, kWords> m_words{};
};

}  // namespace raftarium::node
