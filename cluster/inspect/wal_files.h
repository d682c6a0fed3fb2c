// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Write-ahead log directories as plain values: ours or etcd's, of a stopped or a running member. Reads without locks,
// and continues after damage where possible; damage is reported with its place.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::inspect {

struct WalSegmentInfo {
    std::string name;
    std::uint64_t sequence = 0;
    std::uint64_t firstIndex = 0;  // from the name: the index of its first entry
    std::uint64_t bytesUsed = 0;   // up to the end of data
    std::uint64_t bytes = 0;       // of the file, with reserved space
};

enum class WalRecordKind : std::uint8_t { unknown = 0, metadata = 1, entry = 2, state = 3, crc = 4, snapshot = 5 };

// A part of a record's raw bytes.
struct ByteSpan {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;

    friend bool operator==(const ByteSpan&, const ByteSpan&) = default;
};

struct WalRecordInfo {
    std::uint64_t sequence = 0;  // of its segment
    std::uint64_t offset = 0;    // of its length word in the segment
    std::uint64_t length = 0;    // of the record, without length word and padding
    std::uint32_t padding = 0;
    WalRecordKind kind = WalRecordKind::unknown;
    std::string kindName;  // "entry", "state", ...; for an entry "normal", "conf change" or "conf change v2"
    std::uint32_t crcStored = 0;
    std::uint32_t crcComputed = 0;
    bool crcOk = true;
    std::uint64_t term = 0;   // entry, state, snapshot
    std::uint64_t index = 0;  // entry, snapshot; of a state its commit index
    std::uint64_t vote = 0;   // state
    base::Text text;          // decoded: "put x = 5"; "term 2, vote 8e9e05c52164694d, commit 7"

    std::string raw;  // the whole frame: length word, record, padding
    // The places of its parts in `raw`. Type and crc include their tags; data is without tag and length.
    ByteSpan lengthWord, typeField, crcField, data, paddingBytes;

    std::string_view dataBytes() const { return std::string_view(raw).substr(data.offset, data.length); }
};

struct WalProblem {
    std::string segment;  // file name
    std::uint64_t sequence = 0;
    std::uint64_t offset = 0;
    std::string text;
    bool unfinished = false;  // the torn end of the last segment: a write that is in progress or was interrupted
    bool crcDiffers = false;
    std::uint32_t crcStored = 0;
    std::uint32_t crcComputed = 0;
};

// Where to continue reading. The default is before the oldest segment.
struct WalPosition {
    std::uint64_t sequence = 0;
    std::uint64_t offset = 0;
    std::uint32_t crc = 0;  // the running value there
    bool started = false;   // crc is known

    friend bool operator==(const WalPosition&, const WalPosition&) = default;
};

struct WalRead {
    std::vector<WalRecordInfo> records;
    std::vector<WalProblem> problems;
    WalPosition next;
    bool more = false;  // recordsMax was reached; call again from `next`
};

// In the order of sequence numbers. bytesUsed is found by stepping over the records without decoding them. `known` is
// an earlier result for this directory: a segment that is not the last one there no longer grows, and its value is
// reused.
base::Result<std::vector<WalSegmentInfo>> listWalFiles(base::FileSystem& fs, const std::string& directory,
                                                       const std::vector<WalSegmentInfo>& known = {});

// The records from `from` on, at most `recordsMax`. If the directory is in use, calling again with `next` gives the
// records written since. A segment that was deleted in between is reported as a problem; reading continues with the
// oldest one.
base::Result<WalRead> readWalRecords(base::FileSystem& fs, const std::string& directory, const WalPosition& from,
                                     std::size_t recordsMax);

// Whole records behind the place `end` (the last WalRead::next) where reading stopped: the data in between is lost
// (storage/wal/wal_hole.h). Nullopt if there are none, or if the log has grown meanwhile.
base::Result<std::optional<WalProblem>> findLostPart(base::FileSystem& fs, const std::string& directory,
                                                     const WalPosition& end);

// The log directory of `path`: `path` itself if it contains segments, or member/wal or wal below it. Errc::notFound if
// there is none.
base::Result<std::string> findWalDirectory(base::FileSystem& fs, const std::string& path);

}  // namespace raftarium::inspect
