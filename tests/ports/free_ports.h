// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Ports on 127.0.0.1 for the servers that a test starts: free now, and outside the range that the kernel draws the
// ports of outgoing connections from, so that nobody's connection takes them before the server listens, or while it is
// down between a kill and a restart.
#pragma once

#include <vector>

namespace raftarium::test {

std::vector<int> freePorts(int count);
inline int freePort() { return freePorts(1).front(); }

}  // namespace raftarium::test
