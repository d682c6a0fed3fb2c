// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The write-ahead log's bytes, apart from files. Byte-compatible with etcd 3.4.
//
//   segment  = frame* , then zeros (reserved space) or the end of the file
//   frame    = length-word (8 bytes, little-endian) , record , padding to a multiple of 8 (zeros)
//   length-word: bits 0..55 bytes of the record; when there is padding, bit 63 is set and bits 56..58 hold its size
//   (1..7) record   = 08 type , 10 crc , [ 1a length data ]           (protobuf varints; walpb.Record) type     = 1
//   metadata | 2 entry | 3 state | 4 crc (no data) | 5 snapshot crc      = CRC-32C of the data of this record continued
//   from that of the record before, also over segments;
//              a crc record only carries the value on and stands first in each segment
//   segment 0 begins crc(0) metadata snapshot(0,0); later ones crc(carried) metadata state
//
// Example: an empty entry (term 2, index 2) after a record with crc e67faf2c:
//   10 00 00 00 00 00 00 00   16 bytes of record, no padding
//   08 02                     type: entry
//   10 b4 85 95 de 09         crc 9bc542b4
//   1a 06 08 00 10 02 18 02   data: Entry{Type 0, Term 2, Index 2}
//
// The CRC covers only the data. What it leaves open (type, length word, a zeroed length word) the reader checks by
// shape: only the encoding shown above is accepted, and a record that is whole though its length word is not is damage,
// never a torn tail.
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
inline constexpr std::size_t kWalSectorBytes = 512;           // what a disk writes wholly or not at all

// "0000000000000001-0000000000000064.wal": sequence number and index of the first entry expected, in hex.
struct WalSegmentName {
    std::uint64_t sequence = 0;
    raft::Index index = 0;
};
std::string walSegmentName(const WalSegmentName& name);
std::optional<WalSegmentName> parseWalSegmentName(std::string_view name);

// Appends frames to a buffer, carrying the CRC on.
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
    // Data of the record in two parts, so that an entry's payload is copied once, into the buffer.
    void addFrame(WalRecordType type, std::string_view head, std::string_view payload);

    std::string m_buffer;
    std::uint32_t m_crc;
};

// One frame as found. Offsets are within the segment; `data` points into the bytes given to the parser.
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
    record,   // `frame` is whole and its CRC right
    end,      // end of data: a zero length word or the end of the file
    torn,     // a write that did not finish: data ends here, if this is the last segment
    damaged,  // bytes are wrong
};

// What is wrong with a frame, for people and for `wal dump`.
struct WalFrameProblem {
    std::string text;
    bool crcDiffers = false;  // then the two values below say how
    std::uint32_t crcStored = 0;
    std::uint32_t crcComputed = 0;
};

// Bytes of one segment on demand: `read(offset, size)` answers a view of up to `size` bytes, valid until the next call.
class WalBytes {
public:
    virtual ~WalBytes() = default;
    virtual std::uint64_t size() const = 0;
    virtual base::Result<std::string_view> read(std::uint64_t offset, std::size_t bytes) = 0;
};

// Parses the frame at `offset`; `crc` is the running value before it (see `crcAfter` for the one after).
base::Result<WalFrameState> parseWalFrame(WalBytes& bytes, std::uint64_t offset, std::uint32_t crc, bool lastSegment,
                                          WalFrame& frame, WalFrameProblem& problem);

// A frame of plausible shape that lies in the bytes as a whole, without a look at its CRC: nothing is known of what was
// before. False: none.
base::Result<bool> parseUncheckedWalFrame(WalBytes& bytes, std::uint64_t offset, WalFrame& frame);

// Data of the records, strictly as encoded above; nullopt if it is anything else.
std::optional<WalMetadata> decodeWalMetadata(std::string_view data);
std::optional<raft::Entry> decodeWalEntry(std::string_view data);
std::optional<raft::HardState> decodeWalState(std::string_view data);
std::optional<WalSnapshotMark> decodeWalSnapshotMark(std::string_view data);

}  // namespace raftarium::storage
