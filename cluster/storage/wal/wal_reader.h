// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Reads the segments of a log directory and checks them, record by record.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/storage/wal/wal_format.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::storage {

// The bytes of a segment through a window, so that a large segment is never in memory as a whole.
class WalFileBytes final : public WalBytes {
public:
    WalFileBytes(const base::File& file, std::uint64_t size) : m_file(file), m_size(size) {}
    std::uint64_t size() const override { return m_size; }
    base::Result<std::string_view> read(std::uint64_t offset, std::size_t bytes) override;

private:
    const base::File& m_file;
    std::uint64_t m_size;
    std::string m_window;
    std::uint64_t m_windowStart = 0;
};

struct WalSegment {
    WalSegmentName name;
    std::string path;
};

// All segments of the directory in the order of their sequence numbers. Other files are skipped.
base::Result<std::vector<WalSegment>> listWalSegments(base::FileSystem& fs, const std::string& directory);
// The segments to read for a snapshot at `index`: from the last one whose name has an index <= `index`. Their sequence
// numbers must be consecutive.
base::Result<std::vector<WalSegment>> chooseWalSegments(const std::vector<WalSegment>& all, raft::Index index,
                                                        const std::string& directory);

// Where the valid data of a segment ends.
struct WalSegmentEnd {
    std::uint64_t offset = 0;
    std::uint32_t crc = 0;      // the running value at the end
    std::uint64_t records = 0;  // in this segment
    bool torn = false;          // a torn write follows
    std::string tornText;
};

// One pass over consecutive segments. Damage, or an error of the visitor, ends it; the error text has the place.
class WalWalk {
public:
    using Visitor = std::function<base::Status(const WalFrame&)>;

    // A torn write ends the last segment. In an earlier segment it is damage.
    base::Result<WalSegmentEnd> walkSegment(const WalSegment& segment, const base::File& file, bool last,
                                            const Visitor& visit);

private:
    std::optional<std::uint32_t> m_crc;  // not set before the first crc record
};

// Builds the content of the log from its records, and checks the rules of the Raft log.
class WalCollector {
public:
    explicit WalCollector(const WalSnapshotMark& from) : m_from(from) {}

    // Adds a frame of any type but crc. WalWalk adds the place to the text of an error.
    base::Status add(const WalFrame& frame);
    // Call after the last record. Fails if the log has no metadata or not the mark that was asked for.
    base::Status finish(const std::string& directory, WalContent& content);
    raft::Index lastIndex() const { return m_lastIndex; }

private:
    base::Status addMetadata(const WalFrame& frame);
    base::Status addEntry(const WalFrame& frame);
    base::Status addState(const WalFrame& frame);
    base::Status addMark(const WalFrame& frame);

    WalSnapshotMark m_from;
    std::optional<WalMetadata> m_metadata;
    raft::HardState m_state;
    std::vector<raft::Entry> m_entries;
    std::vector<WalSnapshotMark> m_marks;
    std::optional<WalSnapshotMark> m_found;
    raft::Index m_lastIndex = 0;
    raft::Term m_termAtFrom = 0;  // of the entry at m_from.index, as read so far; 0 if there is none
    bool m_received = false;      // the snapshot at m_from came from the leader
};

}  // namespace raftarium::storage
