// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the machine allows: no server can be faster than these on this disk.
#pragma once

#include <string>

namespace raftarium::bench {

// Prints fdatasync'd appends a second, raw LMDB puts a second and the cost of a gRPC call that does nothing.
void printLimits(const std::string& directory);

}  // namespace raftarium::bench
