// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Questions about a log directory that need no opening for writing.
#include "cluster/storage/wal/wal.h"
#include "cluster/storage/wal/wal_reader.h"

#include <algorithm>

namespace raftarium::storage {

bool Wal::exists(base::FileSystem& fs, const std::string& directory) {
    const auto segments = fs.exists(directory) ? listWalSegments(fs, directory) : std::vector<WalSegment>();
    return segments && !segments->empty();
}

bool Wal::untouched(base::FileSystem& fs, const std::string& directory) {
    const auto segments = listWalSegments(fs, directory);
    if (!segments || segments->size() != 1 || segments->front().name.sequence != 0) return false;
    const auto file = fs.open(segments->front().path, base::OpenMode::read);
    if (!file) return false;
    const auto visit = [](const WalFrame& frame) -> base::Status {
        const auto type = static_cast<WalRecordType>(frame.type);
        if (type != WalRecordType::entry && type != WalRecordType::state) return {};
        return base::Error{base::Errc::exists, "there is more than the head"};
    };
    return WalWalk().walkSegment(segments->front(), **file, true, visit).ok();
}

base::Result<std::vector<WalSnapshotMark>> readWalSnapshotMarks(base::FileSystem& fs, const std::string& directory) {
    const auto segments = listWalSegments(fs, directory);
    if (!segments) return segments.error();
    WalWalk walk;
    std::vector<WalSnapshotMark> marks;
    raft::HardState state;
    for (std::size_t i = 0; i < segments->size(); ++i) {
        const WalSegment& segment = (*segments)[i];
        if (i > 0 && segment.name.sequence != (*segments)[i - 1].name.sequence + 1) walk = WalWalk();
        const auto file = fs.open(segment.path, base::OpenMode::read);
        if (!file) return file.error();
        const auto visit = [&](const WalFrame& frame) -> base::Status {
            if (frame.type == static_cast<std::int64_t>(WalRecordType::state)) {
                if (const auto found = decodeWalState(frame.data)) state = *found;
            }
            if (frame.type == static_cast<std::int64_t>(WalRecordType::snapshot)) {
                auto mark = decodeWalSnapshotMark(frame.data);
                if (!mark) return base::Error{base::Errc::corruption, "the snapshot record cannot be decoded"};
                marks.push_back(std::move(*mark));
            }
            return {};
        };
        const auto end = walk.walkSegment(segment, **file, i + 1 == segments->size(), visit);
        if (!end) return end.error();
    }
    // A mark may be on the disk before the state that commits it. Its snapshot must not be used.
    std::erase_if(marks, [&](const WalSnapshotMark& mark) { return mark.index > state.commit; });
    return marks;
}

}  // namespace raftarium::storage
