// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Walks the segments of a log directory and checks what it finds, record by record.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/storage/wal/wal_format.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::storage {

// A segment's bytes through a window, so that a large one is never in memory as a whole.
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

// All segments of the directory in order of sequence; other names are skipped.
base::Result<std::vector<WalSegment>> listWalSegments(base::FileSystem& fs, const std::string& directory);
// Those to read for a snapshot at `index`: from the last one whose index part is <= it. Sequence numbers must be
// consecutive.
base::Result<std::vector<WalSegment>> chooseWalSegments(const std::vector<WalSegment>& all, raft::Index index,
                                                        const std::string& directory);

// Where the valid data of a segment ends.
struct WalSegmentEnd {
    std::uint64_t offset = 0;
    std::uint32_t crc = 0;      // running value there
    std::uint64_t records = 0;  // in this segment
    bool torn = false;          // an unfinished write follows
    std::string tornText;
};

// One pass over consecutive segments. A visitor's error and any damage end it with the place in the text.
class WalWalk {
public:
    using Visitor = std::function<base::Status(const WalFrame&)>;

    // A torn tail is an end in the last segment, and damage in an earlier one.
    base::Result<WalSegmentEnd> walkSegment(const WalSegment& segment, const base::File& file, bool last,
                                            const Visitor& visit);

private:
    std::optional<std::uint32_t> m_crc;  // empty until the first crc record
};

// The state of the log as its records build it up, with the rules of the Raft log checked on the way.
class WalCollector {
public:
    explicit WalCollector(const WalSnapshotMark& from) : m_from(from) {}

    // For a frame other than crc. The error has no place in its text; WalWalk adds it.
    base::Status add(const WalFrame& frame);
    // After the last record. Fails if the log lacks metadata or the mark that was asked for.
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
    raft::Term m_termAtFrom = 0;  // of the entry at m_from.index as written so far; 0: not there
    bool m_received = false;      // the snapshot at m_from came from the leader
};

}  // namespace raftarium::storage
