// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The key of a change's row in the key bucket: 8 bytes main, '_', 8 bytes sub, big-endian, so that the order of bytes
// is the order of time; a 't' at the end marks a delete. A put at {3, 0} has the key 0000000000000003 5f
// 0000000000000000.
#pragma once

#include "cluster/mvcc/index/revision.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace raftarium::mvcc {

// Held on the stack, because every read and write of the key bucket makes one.
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

std::string encodeRevision(Revision revision, bool tombstone = false);
struct DecodedRevision {
    Revision revision;
    bool tombstone = false;
};
std::optional<DecodedRevision> decodeRevision(std::string_view key);

}  // namespace raftarium::mvcc
