// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/snapshot/snapshot_files.h"

#include "cluster/base/coding.h"
#include "cluster/base/protobuf_fields.h"
#include "cluster/storage/wal/wal_format.h"
#include "cluster/wire/message_codec.h"

#include <algorithm>

namespace raftarium::storage {

namespace {

// "<term>-<index>.snap": as the names of WAL segments, with another ending.
std::string fileName(raft::Term term, raft::Index index) {
    std::string name = walSegmentName({term, index});
    name.replace(name.size() - 4, 4, ".snap");
    return name;
}

std::optional<WalSegmentName> parseFileName(const std::string& name) {
    if (!name.ends_with(".snap")) return std::nullopt;
    return parseWalSegmentName(name.substr(0, name.size() - 5) + ".wal");
}

base::Result<raft::Snapshot> decodeFile(const std::string& path, std::string_view content) {
    const auto broken = [&](const char* what) { return base::Error{base::Errc::corruption, path + ": " + what}; };
    std::uint32_t crc = 0;
    std::string_view data;
    base::FieldReader outer(content);
    while (outer.next()) {
        if (outer.number() == 1) crc = static_cast<std::uint32_t>(outer.integer());
        if (outer.number() == 2) data = outer.bytes();
    }
    if (!outer.ok()) return broken("not a snapshot file");
    if (crc == 0 || data.empty()) return broken("empty snapshot");
    if (base::crc32c(0, data) != crc) return broken("CRC mismatch");
    auto snapshot = wire::decodeSnapshot(data);
    if (!snapshot) return broken("the snapshot cannot be decoded");
    return snapshot;
}

base::Result<std::vector<std::string>> namesNewestFirst(base::FileSystem& fs, const std::string& directory) {
    auto names = fs.list(directory);
    if (!names) return names;
    std::erase_if(*names, [](const std::string& name) { return !parseFileName(name); });
    std::reverse(names->begin(), names->end());
    return names;
}

}  // namespace

base::Result<raft::Snapshot> readSnapshotFile(base::FileSystem& fs, const std::string& path) {
    const auto file = fs.open(path, base::OpenMode::read);
    if (!file) return file.error();
    const auto size = (*file)->size();
    if (!size) return size.error();
    const auto content = (*file)->readAt(0, *size);
    if (!content) return content.error();
    return decodeFile(path, *content);
}

base::Status saveSnapshotFile(base::FileSystem& fs, const std::string& directory, const raft::Snapshot& snapshot) {
    std::string data, content;
    wire::encodeSnapshot(snapshot, data);
    base::putVarintField(content, 1, base::crc32c(0, data));
    base::putBytesField(content, 2, data);
    const std::string path = directory + "/" + fileName(snapshot.metadata.term, snapshot.metadata.index);
    // Written under another name first, so that a crash leaves no incomplete .snap file.
    const std::string temporary = path + ".tmp";
    {
        auto file = fs.open(temporary, base::OpenMode::createOrTruncate, 0666);
        if (!file) return file.error();
        if (const auto status = (*file)->writeAt(0, content); !status) return status;
        if (const auto status = (*file)->sync(); !status) return status;
    }
    if (const auto status = fs.rename(temporary, path); !status) return status;
    return fs.syncDirectory(directory);
}

base::Result<std::optional<raft::Snapshot>> loadNewestSnapshot(base::FileSystem& fs, const std::string& directory,
                                                               const std::vector<WalSnapshotMark>& marks) {
    const auto names = namesNewestFirst(fs, directory);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        const WalSegmentName at = *parseFileName(name);  // its sequence is the term
        const bool marked = std::any_of(marks.begin(), marks.end(), [&](const WalSnapshotMark& mark) {
            return mark.term == at.sequence && mark.index == at.index;
        });
        if (!marked) continue;
        const std::string path = directory + "/" + name;
        auto snapshot = readSnapshotFile(fs, path);
        if (snapshot) return std::optional(std::move(*snapshot));
        if (snapshot.error().code != base::Errc::corruption) return snapshot.error();
        if (const auto status = fs.rename(path, path + ".broken"); !status) return status.error();
    }
    return std::optional<raft::Snapshot>();
}

base::Result<std::optional<raft::SnapshotMetadata>> newestSnapshotFile(base::FileSystem& fs,
                                                                       const std::string& directory) {
    const auto names = namesNewestFirst(fs, directory);
    if (!names) return names.error();
    std::optional<raft::SnapshotMetadata> newest;
    for (const std::string& name : *names) {
        const WalSegmentName at = *parseFileName(name);  // its sequence is the term
        if (!newest || at.index > newest->index) newest = raft::SnapshotMetadata{{}, at.index, at.sequence};
    }
    return newest;
}

base::Status purgeSnapshotFiles(base::FileSystem& fs, const std::string& directory, std::size_t keep) {
    const auto names = namesNewestFirst(fs, directory);
    if (!names) return names.error();
    for (std::size_t i = keep; i < names->size(); ++i) {
        if (const auto status = fs.remove(directory + "/" + (*names)[i]); !status) return status;
    }
    return {};
}

}  // namespace raftarium::storage
