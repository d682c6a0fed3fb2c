// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The bytes of the write-ahead log, apart from files. They are those of etcd 3.4. A worked example with offsets, the
// head of a segment and its first entry, is in cluster/storage/FORMATS.md.
//
// clang-format off
//   segment     = frame* , then zeros (reserved space) or the end of the file
//   frame       = length-word , record , padding
//   length-word = 8 bytes, little-endian: bits 0..55 the bytes of the record; if there is padding, bit 63 is set and
//                 bits 56..58 are the bytes of padding
//   record      = 08 type , 10 crc , [ 1a length data ]        a walpb.Record; numbers are protobuf varints
//   padding     = zeros, up to a multiple of 8 bytes
//   type        = 1 metadata | 2 entry | 3 state | 4 crc (without data) | 5 snapshot mark
//   crc         = CRC-32C of this record's data, continued from the crc of the record before, also across segments;
//                 a crc record repeats the value of the record before and is the first record of each segment
//
//   the first segment begins with    crc(0)  metadata  snapshot(0, 0)
//   each later one begins with       crc(of the record before)  metadata  state
//
// Example: an empty entry (term 2, index 2) behind a record with crc e67faf2c:
//   10 00 00 00 00 00 00 00   record of 16 bytes, no padding
//   08 02                     type 2: entry
//   10 b4 85 95 de 09         crc 9bc542b4
//   1a 06 08 00 10 02 18 02   data: Entry{Type 0, Term 2, Index 2}
// clang-format on
//
// The CRC covers the data only. The reader checks the rest (type and length word) by its form: it accepts only the
// encoding shown above. A whole record behind a wrong length word is damage, never a torn end.
#pragma once

#include "cluster/base/result.h"
#include "cluster/raft/types.h"
#include "cluster/storage/wal/wal_types.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace raftarium::storage {

enum class WalRecordType : std::uint8_t { metadata = 1, entry = 2, state = 3, crc = 4, snapshot = 5 };

inline constexpr std::uint64_t kWalPaddingFlag = 1ULL << 63;  // of the length word
inline constexpr std::size_t kWalSectorBytes = 512;           // a disk writes a sector completely or not at all

// "0000000000000001-0000000000000064.wal": sequence number and index of the first entry expected, in hex.
struct WalSegmentName {
    std::uint64_t sequence = 0;
    raft::Index index = 0;
};
std::string walSegmentName(const WalSegmentName& name);
std::optional<WalSegmentName> parseWalSegmentName(std::string_view name);

// Appends frames to a buffer and keeps the running CRC.
class WalEncoder {
public:
    explicit WalEncoder(std::uint32_t crc = 0) : m_crc(crc) {}

    void addCrc();
    void addMetadata(const WalMetadata& metadata);
    void addEntry(const raft::Entry& entry);
    void addState(const raft::HardState& state);
    void addSnapshotMark(const WalSnapshotMark& mark);

    std::uint32_t crc() const { return m_crc; }
    const std::string& buffer() const { return m_buffer; }
    void clearBuffer() { m_buffer.clear(); }

private:
    // The data of the record comes in two parts, so that an entry's payload is copied only once, into the buffer.
    void addFrame(WalRecordType type, std::string_view head, std::string_view payload);

    std::string m_buffer;
    std::uint32_t m_crc;
};

// "0x9bc542b4", as error texts show a CRC.
std::string walCrcText(std::uint32_t crc);

// One frame as it was found. Offsets are within the segment; `data` points into the bytes given to the parser.
struct WalFrame {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;   // of the record, from the length word
    std::uint32_t padding = 0;  // bytes
    std::int64_t type = 0;
    std::uint32_t crc = 0;  // as stored
    bool hasData = false;
    std::uint64_t dataOffset = 0;
    std::string_view data;

    std::uint64_t end() const { return offset + 8 + length + padding; }
};

enum class WalFrameState : std::uint8_t {
    record,   // `frame` is complete and its CRC is right
    end,      // end of data: a zero length word or the end of the file
    torn,     // a write that did not finish; if this is the last segment, the data ends here
    damaged,  // the bytes are wrong
};

// The problem of a frame, for people and for `wal dump`.
struct WalFrameProblem {
    std::string text;
    bool crcDiffers = false;  // then the two values below are set
    std::uint32_t crcStored = 0;
    std::uint32_t crcComputed = 0;
};

// The bytes of one segment. read() returns up to `bytes` bytes from `offset` on; they are valid until the next call.
class WalBytes {
public:
    virtual ~WalBytes() = default;
    virtual std::uint64_t size() const = 0;
    virtual base::Result<std::string_view> read(std::uint64_t offset, std::size_t bytes) = 0;
};

// Parses the frame at `offset`; `crc` is the running value before it.
base::Result<WalFrameState> parseWalFrame(WalBytes& bytes, std::uint64_t offset, std::uint32_t crc, bool lastSegment,
                                          WalFrame& frame, WalFrameProblem& problem);

// Parses a frame without checking its CRC, because the records before it are unknown. False if no complete frame of the
// right form is there.
base::Result<bool> parseUncheckedWalFrame(WalBytes& bytes, std::uint64_t offset, WalFrame& frame);

// Decode the data of records, strictly as WalEncoder encodes it; nullopt for anything else.
std::optional<WalMetadata> decodeWalMetadata(std::string_view data);
std::optional<raft::Entry> decodeWalEntry(std::string_view data);
std::optional<raft::HardState> decodeWalState(std::string_view data);
std::optional<WalSnapshotMark> decodeWalSnapshotMark(std::string_view data);

}  // namespace raftarium::storage
