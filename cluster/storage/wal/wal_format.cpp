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

std::string hex16(std::uint64_t value) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4) text[i] = digits[value & 15];
    return text;
}

bool isHex16(std::string_view text) {
    return text.size() == 16 && std::all_of(text.begin(), text.end(),
                                            [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool allZero(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

// Reads 08 type 10 crc [1a length data]; `size` is what they take. The data must lie within `record`.
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

// False if the word is not one that is ever written.
bool readLengthWord(std::uint64_t word, WalFrame& frame) {
    frame.length = word & kLengthMask;
    frame.padding = static_cast<std::uint32_t>((word >> 56) & 7);
    const bool flagged = (word & kWalPaddingFlag) != 0;
    return (word & kReservedBits) == 0 && flagged == (frame.padding != 0) && (frame.length + frame.padding) % 8 == 0 &&
           frame.length >= kRecordBytesMin;
}

// A whole sector of the frame's body (by file offset) that is zero: a write of several sectors lost one.
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

// Bytes of the whole record with the right CRC that stands after the length word, whatever that word says; 0 if none
// does.
base::Result<std::size_t> wholeRecordAfter(WalBytes& bytes, std::uint64_t offset, std::uint32_t crc) {
    WalFrame frame;
    frame.offset = offset;
    std::size_t size = 0;
    const auto head = bytes.read(offset + 8, kRecordHeadMax);
    if (!head) return head.error();
    // A crc record stands only at the start of a segment, and was on disk before the segment had its name.
    if (offset == 0 && parseRecord(*head, frame, size) && !frame.hasData) return size;
    // The data's length is in the head; the record with it may be longer than what was read so far.
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

std::string crcText(std::uint32_t crc) {
    const std::string text = hex16(crc);
    return "0x" + text.substr(8);
}

base::Result<WalFrameState> brokenLength(WalBytes& bytes, const WalFrame& frame, std::uint32_t crc,
                                         WalFrameState otherwise, WalFrameProblem& problem, std::string text) {
    const auto whole = wholeRecordAfter(bytes, frame.offset, crc);
    if (!whole) return whole.error();
    problem.text = std::move(text);
    if (*whole == 0 || *whole == frame.length) return otherwise;  // equal: the file ends within the padding
    problem.text += ", but a whole one of " + std::to_string(*whole) + " bytes is there";
    return WalFrameState::damaged;
}

// A zero length word ends the data. Not so if more of the same sector is written: it was written in one piece with it.
// A word that is the last of its sector may be lost without what follows; whether it was, or is damaged, cannot be
// told.
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

std::string walSegmentName(const WalSegmentName& name) {
    return hex16(name.sequence) + '-' + hex16(name.index) + ".wal";
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
        problem.text = "the length word " + hex16(word) + " is not one";
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
    if (parsed && !frame.hasData) return WalFrameState::record;  // the caller compares a crc record's value
    if (parsed && base::crc32c(crc, frame.data) == frame.crc) return WalFrameState::record;
    const bool torn = lastSegment && hasZeroSector(*body, offset + 8);
    if (parsed) {
        problem.crcDiffers = true;
        problem.crcStored = frame.crc;
        problem.crcComputed = base::crc32c(crc, frame.data);
        problem.text = "CRC mismatch: the record says " + crcText(problem.crcStored) + ", its data has " +
                       crcText(problem.crcComputed);
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
    // Numbers in a value may look like length words: the body is read only where a record's head stands.
    const auto head = bytes.read(offset + 8, 3);
    if (!head) return head.error();
    if (head->size() < 3 || (*head)[0] != '\x08' || (*head)[2] != '\x10') return false;
    const auto body = bytes.read(offset + 8, static_cast<std::size_t>(frame.length + frame.padding));
    if (!body) return body.error();
    std::size_t size = 0;
    return parseRecord(body->substr(0, frame.length), frame, size) && size == frame.length && frame.hasData;
}

}  // namespace raftarium::storage
