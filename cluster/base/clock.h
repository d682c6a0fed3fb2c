// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The time, for layers that must not know which clock it comes from.
#pragma once

#include <cstdint>

namespace raftarium::base {

using Nanoseconds = std::int64_t;

inline constexpr Nanoseconds kMicrosecond = 1'000;
inline constexpr Nanoseconds kMillisecond = 1'000'000;
inline constexpr Nanoseconds kSecond = 1'000'000'000;

class Clock {
public:
    virtual ~Clock() = default;
    virtual Nanoseconds monotonicNow() const = 0;  // CLOCK_MONOTONIC
    virtual Nanoseconds wallNow() const = 0;       // since 1970-01-01 UTC
};

// The machine's clocks.
class SystemClock final : public Clock {
public:
    Nanoseconds monotonicNow() const override;
    Nanoseconds wallNow() const override;
};

// A clock for tests: its time changes only by advance().
class ManualClock final : public Clock {
public:
    Nanoseconds monotonicNow() const override { return m_now; }
    Nanoseconds wallNow() const override { return m_wallOffset + m_now; }
    void advance(Nanoseconds by) { m_now += by; }

private:
    Nanoseconds m_now = 0;
    Nanoseconds m_wallOffset = 1'700'000'000 * kSecond;
};

}  // namespace raftarium::base
