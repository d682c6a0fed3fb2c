// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"

#include <ctime>

namespace raftarium::base {

namespace {
Nanoseconds read(clockid_t id) {
    timespec ts{};
    clock_gettime(id, &ts);
    return static_cast<Nanoseconds>(ts.tv_sec) * kSecond + ts.tv_nsec;
}
}  // namespace

Nanoseconds SystemClock::monotonicNow() const { return read(CLOCK_MONOTONIC); }
Nanoseconds SystemClock::wallNow() const { return read(CLOCK_REALTIME); }

}  // namespace raftarium::base
