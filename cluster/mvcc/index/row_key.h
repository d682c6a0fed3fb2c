// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A revision's bytes on the stack: every read and write of the key bucket makes one.
#pragma once

#include "cluster/mvcc/index/revision.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace raftarium::mvcc {

class RowKey {
public:
    static constexpr std::size_t kPutSize = 17;
    static constexpr std::size_t kTombstoneSize = 18;

    RowKey(Revision revision, bool tombstone) : m_size(tombstone ? kTombstoneSize : kPutSize) {
        write(m_bytes, revision.main);
        m_bytes[8] = '_';
        write(m_bytes + 9, revision.sub);
        m_bytes[17] = 't';
    }

    std::string_view view() const { return {m_bytes, m_size}; }

private:
    static void write(char* to, std::int64_t value) {
        const std::uint64_t bigEndian = __builtin_bswap64(static_cast<std::uint64_t>(value));
        std::memcpy(to, &bigEndian, sizeof bigEndian);
    }

    char m_bytes[kTombstoneSize];
    std::size_t m_size;
};

}  // namespace raftarium::mvcc
