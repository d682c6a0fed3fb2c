// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/wal/wal_hole.h"

#include "cluster/storage/wal/wal_format.h"
#include "cluster/storage/wal/wal_reader.h"

#include <algorithm>

namespace raftarium::storage {
namespace {

constexpr std::size_t kFrameAlignment = 8;
constexpr std::size_t kReadBytes = 1 << 16;

// The next place at or behind `offset` where a frame may begin: eight bytes, not all zero.
base::Result<std::uint64_t> nextCandidate(WalBytes& bytes, std::uint64_t offset) {
    while (offset < bytes.size()) {
        const auto part = bytes.read(offset, kReadBytes);
        if (!part) return part.error();
        if (part->empty()) break;
        const std::size_t at = part->find_first_not_of('\0');
        if (at != std::string_view::npos) return (offset + at) / kFrameAlignment * kFrameAlignment;
        offset += part->size();
    }
    return bytes.size();
}

void count(const WalFrame& frame, WalRecordsBeyond& beyond) {
    ++beyond.records;
    if (frame.type != static_cast<std::int64_t>(WalRecordType::entry)) return;
    const auto entry = decodeWalEntry(frame.data);
    if (!entry) return;
    if (beyond.firstIndex == 0) beyond.firstIndex = entry->index;
    beyond.lastIndex = std::max(beyond.lastIndex, entry->index);
}

// Counts the records from `offset` on, as long as each continues the CRC of the one before.
base::Result<WalRecordsBeyond> chainAt(WalBytes& bytes, std::uint64_t offset) {
    WalRecordsBeyond beyond{offset, 0, 0, 0};
    WalFrame frame;
    const auto first = parseUncheckedWalFrame(bytes, offset, frame);
    if (!first) return first.error();
    if (!*first) return beyond;
    count(frame, beyond);
    for (;;) {
        const std::uint32_t crc = frame.crc;
        const std::uint64_t at = frame.end();
        WalFrameProblem problem;
        const auto state = parseWalFrame(bytes, at, crc, true, frame, problem);
        if (!state) return state.error();
        if (*state != WalFrameState::record || !frame.hasData) return beyond;
        count(frame, beyond);
    }
}

}  // namespace

base::Result<std::optional<WalRecordsBeyond>> findRecordsBeyond(const base::File& file, std::uint64_t offset) {
    const auto size = file.size();
    if (!size) return size.error();
    WalFileBytes bytes(file, *size);
    offset += kFrameAlignment;
    while (offset < *size) {
        const auto candidate = nextCandidate(bytes, offset);
        if (!candidate) return candidate.error();
        if (*candidate >= *size) break;
        const auto found = chainAt(bytes, *candidate);
        if (!found) return found.error();
        if (found->records >= 2) return std::optional(*found);
        offset = std::max(offset, *candidate) + kFrameAlignment;
    }
    return std::optional<WalRecordsBeyond>();
}

std::string textOf(const WalRecordsBeyond& beyond) {
    std::string text = "whole records follow at offset " + std::to_string(beyond.offset);
    if (beyond.firstIndex == 0) return text;
    if (beyond.firstIndex == beyond.lastIndex) return text + ", with entry " + std::to_string(beyond.firstIndex);
    return text + ", with the entries " + std::to_string(beyond.firstIndex) + " to " + std::to_string(beyond.lastIndex);
}

}  // namespace raftarium::storage
