// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Events in order, by position; whole blocks are let go at the front.
#pragma once

#include "cluster/observe/event.h"

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace raftarium::observe {

// Positions count from the first event ever kept and stay valid while events before them go.
class Journal {
public:
    static constexpr std::uint64_t kBlock = 1024;

    std::uint64_t begin() const { return m_begin; }
    std::uint64_t end() const { return m_end; }
    const Event& at(std::uint64_t position) const {
        const std::uint64_t slot = position - m_base;
        return m_blocks[slot / kBlock][slot % kBlock];
    }
    const Event& back() const { return m_blocks.back().back(); }

    void pushBack(Event event) {
        if ((m_end - m_base) % kBlock == 0) {
            m_blocks.emplace_back();
            m_blocks.back().reserve(kBlock);
        }
        m_blocks.back().push_back(std::move(event));
        ++m_end;
    }
    Event popBack() {
        Event event = std::move(m_blocks.back().back());
        m_blocks.back().pop_back();
        if (m_blocks.back().empty()) m_blocks.pop_back();
        --m_end;
        return event;
    }
    // Events before `position` are no longer there.
    void dropBefore(std::uint64_t position) {
        m_begin = position;
        while (m_begin - m_base >= kBlock) {
            m_blocks.pop_front();
            m_base += kBlock;
        }
    }

    // First position of an event later than (or at, with `orAt`) `time`.
    std::uint64_t after(TimeNs time, bool orAt = false) const {
        std::uint64_t low = m_begin, high = m_end;
        while (low < high) {
            const std::uint64_t middle = low + (high - low) / 2;
            const TimeNs atNs = at(middle).atNs;
            if (orAt ? atNs < time : atNs <= time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

private:
    std::deque<std::vector<Event>> m_blocks;
    std::uint64_t m_base = 0;  // position of the first block's first event
    std::uint64_t m_begin = 0, m_end = 0;
};

}  // namespace raftarium::observe
