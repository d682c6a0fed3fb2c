// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/wal/wal_format.h"

#include "cluster/base/coding.h"

#include <algorithm>

namespace raftarium::storage {

namespace {

constexpr std::uint64_t kLengthMask = (1ULL << 56) - 1;
constexpr std::uint64_t kReservedBits = 0xFULL << 59;
constexpr std::size_t kRecordBytesMin = 4;  // 08 type 10 crc
constexpr std::size_t kRecordHeadMax = 2 + 6 + 11;

bool isHex16(std::string_view text) {
    return text.size() == 16 && std::all_of(text.begin(), text.end(),
                                            [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool allZero(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

// Reads 08 type 10 crc [1a length data]; `size` is the number of their bytes. The data must be within `record`.
bool parseRecord(std::string_view record, WalFrame& frame, std::size_t& size) {
    std::string_view rest = record;
    const auto take = [&](char tag) -> std::optional<std::uint64_t> {
        if (rest.empty() || rest[0] != tag) return std::nullopt;
        rest.remove_prefix(1);
        return base::readVarint(rest);
    };
    const auto type = take('\x08');
    const auto crc = type ? take('\x10') : std::nullopt;
    if (!crc || *type < 1 || *type > 5 || *crc > 0xFFFFFFFF) return false;
    frame.type = static_cast<std::int64_t>(*type);
    frame.crc = static_cast<std::uint32_t>(*crc);
    frame.hasData = frame.type != static_cast<std::int64_t>(WalRecordType::crc);
    frame.data = {};
    if (frame.hasData) {
        const auto length = take('\x1a');
        if (!length || *length > rest.size()) return false;
        frame.dataOffset = frame.offset + 8 + (record.size() - rest.size());
        frame.data = rest.substr(0, static_cast<std::size_t>(*length));
        rest.remove_prefix(static_cast<std::size_t>(*length));
    }
    size = record.size() - rest.size();
    return true;
}

// False if the word is not one that a writer makes.
bool readLengthWord(std::uint64_t word, WalFrame& frame) {
    frame.length = word & kLengthMask;
    frame.padding = static_cast<std::uint32_t>((word >> 56) & 7);
    const bool flagged = (word & kWalPaddingFlag) != 0;
    return (word & kReservedBits) == 0 && flagged == (frame.padding != 0) && (frame.length + frame.padding) % 8 == 0 &&
           frame.length >= kRecordBytesMin;
}

// True if a whole sector of the frame's body is zero: a write of several sectors lost one.
bool hasZeroSector(std::string_view body, std::uint64_t bodyOffset) {
    std::size_t start = 0;
    while (start < body.size()) {
        const std::size_t part =
            std::min<std::size_t>(kWalSectorBytes - (bodyOffset + start) % kWalSectorBytes, body.size() - start);
        if (allZero(body.substr(start, part))) return true;
        start += part;
    }
    return false;
}

// The size of the record behind the length word if it is complete and its CRC is right, whatever the word says;
// otherwise 0.
base::Result<std::size_t> wholeRecordAfter(WalBytes& bytes, std::uint64_t offset, std::uint32_t crc) {
    WalFrame frame;
    frame.offset = offset;
    std::size_t size = 0;
    const auto head = bytes.read(offset + 8, kRecordHeadMax);
    if (!head) return head.error();
    // A crc record is only at the start of a segment, and was on the disk before the segment got its name.
    if (offset == 0 && parseRecord(*head, frame, size) && !frame.hasData) return size;
    // The length of the data is in the head. The record may be longer than the bytes read so far.
    std::string_view rest = *head;
    std::uint64_t dataBytes = 0;
    for (const char tag : {'\x08', '\x10', '\x1a'}) {
        if (rest.empty() || rest[0] != tag) return std::size_t{0};
        rest.remove_prefix(1);
        const auto value = base::readVarint(rest);
        if (!value) return std::size_t{0};
        dataBytes = *value;
    }
    const std::size_t headBytes = head->size() - rest.size();
    if (dataBytes > bytes.size() || offset + 8 + headBytes + dataBytes > bytes.size()) return std::size_t{0};
    const auto record = bytes.read(offset + 8, headBytes + static_cast<std::size_t>(dataBytes));
    if (!record) return record.error();
    const bool whole = parseRecord(*record, frame, size) && frame.hasData && base::crc32c(crc, frame.data) == frame.crc;
    return whole ? size : std::size_t{0};
}

base::Result<WalFrameState> brokenLength(WalBytes& bytes, const WalFrame& frame, std::uint32_t crc,
                                         WalFrameState otherwise, WalFrameProblem& problem, std::string text) {
    const auto whole = wholeRecordAfter(bytes, frame.offset, crc);
    if (!whole) return whole.error();
    problem.text = std::move(text);
    if (*whole == 0 || *whole == frame.length) return otherwise;  // if equal, the file ends within the padding
    problem.text += ", but a whole one of " + std::to_string(*whole) + " bytes is there";
    return WalFrameState::damaged;
}

// A zero length word ends the data, unless later bytes of the same sector are not zero: a sector is written as a whole.
// If the word is the last of its sector, that sector alone may be lost; this cannot be told from damage.
base::Result<WalFrameState> checkEnd(WalBytes& bytes, std::uint64_t offset, std::uint32_t crc,
                                     WalFrameProblem& problem) {
    const std::uint64_t sectorEnd = (offset / kWalSectorBytes + 1) * kWalSectorBytes;
    const auto rest = bytes.read(offset + 8, static_cast<std::size_t>(sectorEnd - offset - 8));
    if (!rest) return rest.error();
    if (!allZero(*rest)) {
        problem.text = "the length word is zero, but data follows";
        return WalFrameState::damaged;
    }
    if (offset + 8 != sectorEnd) return WalFrameState::end;
    const auto whole = wholeRecordAfter(bytes, offset, crc);
    if (!whole) return whole.error();
    if (*whole == 0) return WalFrameState::end;
    problem.text = "the length word is zero, but a whole record follows in the next sector";
    return WalFrameState::torn;
}

}  // namespace

std::string walCrcText(std::uint32_t crc) { return "0x" + base::hexDigits(crc, 8); }

std::string walSegmentName(const WalSegmentName& name) {
    return base::hexDigits(name.sequence, 16) + '-' + base::hexDigits(name.index, 16) + ".wal";
}

std::optional<WalSegmentName> parseWalSegmentName(std::string_view name) {
    if (name.size() != 37 || name[16] != '-' || name.substr(33) != ".wal") return std::nullopt;
    if (!isHex16(name.substr(0, 16)) || !isHex16(name.substr(17, 16))) return std::nullopt;
    return WalSegmentName{*base::parseHexId(name.substr(0, 16)), *base::parseHexId(name.substr(17, 16))};
}

base::Result<WalFrameState> parseWalFrame(WalBytes& bytes, std::uint64_t offset, std::uint32_t crc, bool lastSegment,
                                          WalFrame& frame, WalFrameProblem& problem) {
    problem = {};
    frame = {};
    frame.offset = offset;
    const std::uint64_t left = bytes.size() - std::min(offset, bytes.size());
    if (left == 0) return WalFrameState::end;
    if (left < 8) {
        problem.text = "the file ends within a length word";
        return WalFrameState::torn;
    }
    const auto wordBytes = bytes.read(offset, 8);
    if (!wordBytes) return wordBytes.error();
    const std::uint64_t word = base::readFixed64Le(wordBytes->data());
    if (word == 0) return checkEnd(bytes, offset, crc, problem);

    if (!readLengthWord(word, frame)) {
        problem.text = "the length word " + base::hexDigits(word, 16) + " is not one";
        return WalFrameState::damaged;
    }
    if (frame.length + frame.padding > left - 8) {
        return brokenLength(bytes, frame, crc, WalFrameState::torn, problem,
                            "the record of " + std::to_string(frame.length) + " bytes goes beyond the end of the file");
    }
    const auto body = bytes.read(offset + 8, static_cast<std::size_t>(frame.length + frame.padding));
    if (!body) return body.error();
    std::size_t size = 0;
    const bool parsed = parseRecord(body->substr(0, frame.length), frame, size) && size == frame.length;
    if (parsed && !frame.hasData) return WalFrameState::record;  // the caller compares the value of a crc record
    if (parsed && base::crc32c(crc, frame.data) == frame.crc) return WalFrameState::record;
    const bool torn = lastSegment && hasZeroSector(*body, offset + 8);
    if (parsed) {
        problem.crcDiffers = true;
        problem.crcStored = frame.crc;
        problem.crcComputed = base::crc32c(crc, frame.data);
        problem.text = "CRC mismatch: the record says " + walCrcText(problem.crcStored) + ", its data has " +
                       walCrcText(problem.crcComputed);
        return torn ? WalFrameState::torn : WalFrameState::damaged;
    }
    frame.data = {};
    return brokenLength(bytes, frame, crc, torn ? WalFrameState::torn : WalFrameState::damaged, problem,
                        "the record of " + std::to_string(frame.length) + " bytes cannot be decoded");
}

base::Result<bool> parseUncheckedWalFrame(WalBytes& bytes, std::uint64_t offset, WalFrame& frame) {
    frame = {};
    frame.offset = offset;
    const auto wordBytes = bytes.read(offset, 8);
    if (!wordBytes) return wordBytes.error();
    if (wordBytes->size() < 8 || !readLengthWord(base::readFixed64Le(wordBytes->data()), frame)) return false;
    if (frame.length + frame.padding > bytes.size() - offset - 8) return false;
    // Numbers in a value may look like length words. The body is read only if the head of a record follows.
    const auto head = bytes.read(offset + 8, 3);
    if (!head) return head.error();
    if (head->size() < 3 || (*head)[0] != '\x08' || (*head)[2] != '\x10') return false;
    const auto body = bytes.read(offset + 8, static_cast<std::size_t>(frame.length + frame.padding));
    if (!body) return body.error();
    std::size_t size = 0;
    return parseRecord(body->substr(0, frame.length), frame, size) && size == frame.length && frame.hasData;
}

}  // namespace raftarium::storage
