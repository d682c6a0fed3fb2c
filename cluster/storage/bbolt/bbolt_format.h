// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The layout of a bbolt file, in which etcd keeps its store and its snapshots. All numbers are little-endian.
//
// clang-format off
//   page    = id 8, flags 2, count 2, overflow 4, content; a node larger than a page continues on `overflow` more pages
//   meta    = (pages 0 and 1) magic 4, version 4, page size 4, flags 4, root page 8, root sequence 8, freelist 8,
//             high-water mark 8, transaction 8, FNV-1a of these 56 bytes 8; the valid one with the higher transaction
//             counts
//   leaf    = count * (flags 4, pos 4, key size 4, value size 4), then keys and values; pos is from the element's start
//   branch  = count * (pos 4, key size 4, child page 8), then keys: the first key of each child
//   bucket  = a value with leaf flag 1: root page 8, sequence 8; root page 0 means that a leaf page follows in the value
// clang-format on
#pragma once

#include <cstdint>
#include <string_view>

namespace raftarium::storage::bbolt {

inline constexpr std::size_t kPageHeaderBytes = 16;
inline constexpr std::size_t kElementBytes = 16;
inline constexpr std::size_t kMetaBytes = 64;
inline constexpr std::size_t kBucketHeaderBytes = 16;

inline constexpr std::uint16_t kBranchPage = 0x01;
inline constexpr std::uint16_t kLeafPage = 0x02;
inline constexpr std::uint16_t kMetaPage = 0x04;

inline constexpr std::uint32_t kBucketFlag = 1;
inline constexpr std::uint32_t kMagic = 0xED0CDAED;
inline constexpr std::uint32_t kVersion = 2;
inline constexpr std::uint64_t kNoFreelist = ~std::uint64_t{0};

// FNV-1a, 64 bits.
constexpr std::uint64_t checksum(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
    return hash;
}

}  // namespace raftarium::storage::bbolt
