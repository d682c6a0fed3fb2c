// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A second thread that the owner of the store lends to it; this layer starts no threads.
#pragma once

#include <functional>

namespace raftarium::mvcc {

class SideWork {
public:
    virtual ~SideWork() = default;
    // Runs `work` on the second thread. wait() must have been called for the work before.
    virtual void begin(std::function<void()> work) = 0;
    virtual void wait() = 0;
};

}  // namespace raftarium::mvcc
