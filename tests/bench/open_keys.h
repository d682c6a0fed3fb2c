// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// How long a member with many keys takes to open its data, and the memory it then has.
#pragma once

#include <cstdint>
#include <string>

namespace raftarium::bench {

struct OpenKeys {
    double fillSeconds = 0;
    double startSeconds = 0;  // from the start of the process to its first answer to a linearizable read
    double residentMb = 0;
};

// Keys of 32 bytes with values of 128, written in transactions of so many or by single puts; then SIGTERM and a
// start. An error text or nothing.
std::string measureOpen(const std::string& program, const std::string& directory, std::uint64_t keys, int keysPerTxn,
                        OpenKeys& out);

}  // namespace raftarium::bench
