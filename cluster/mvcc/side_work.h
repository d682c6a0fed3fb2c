// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A second thread, lent by whoever owns the store: this layer has none of its own.
#pragma once

#include <functional>

namespace raftarium::mvcc {

class SideWork {
public:
    virtual ~SideWork() = default;
    // Begins a piece of work; the one before must have been waited for.
    virtual void begin(std::function<void()> work) = 0;
    virtual void wait() = 0;
};

}  // namespace raftarium::mvcc
