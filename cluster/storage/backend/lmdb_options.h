// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#pragma once

#include <cstddef>
#include <cstdint>

namespace raftarium::storage {

struct LmdbOptions {
    std::uint64_t mapBytes = 64ULL << 30;  // address space reserved; the file stays sparse
    bool fsync = true;
    std::size_t bufferBytesMax = 64 << 20;  // above it, put() waits for the running commit
};

}  // namespace raftarium::storage
