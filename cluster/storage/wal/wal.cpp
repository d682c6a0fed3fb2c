// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/wal/wal.h"

#include "cluster/storage/files/copy_file.h"
#include "cluster/storage/wal/wal_format.h"
#include "cluster/storage/wal/wal_hole.h"
#include "cluster/storage/wal/wal_reader.h"

#include <algorithm>
#include <deque>
#include <optional>

namespace raftarium::storage {

namespace {

struct OpenSegment {
    WalSegment segment;
    std::unique_ptr<base::File> file;  // locked
};

class WalFiles final : public Wal {
public:
    WalFiles(base::FileSystem& fs, std::string directory, const WalMetadata& metadata, const WalOptions& options)
        : m_fs(fs), m_directory(std::move(directory)), m_metadata(metadata), m_options(options) {}
    WalFiles(const WalFiles&) = delete;
    WalFiles& operator=(const WalFiles&) = delete;
    ~WalFiles() override {
        m_next.reset();
        if (!m_nextPath.empty()) (void)m_fs.remove(m_nextPath);
    }

    base::Status createFirst();
    base::Status openAt(const std::vector<WalSegment>& segments, const WalSnapshotMark& from, WalContent& content,
                        const std::function<void()>& locked, const Agree& agree);

    void append(const std::vector<raft::Entry>& entries, const raft::HardState& state) override {
        for (const raft::Entry& entry : entries) m_encoder.addEntry(entry);
        if (!entries.empty()) m_lastIndex = entries.back().index;
        if (state.empty()) return;
        m_encoder.addState(state);
        m_state = state;
    }
    void appendSnapshotMark(const WalSnapshotMark& mark) override {
        m_encoder.addSnapshotMark(mark);
        m_lastIndex = std::max(m_lastIndex, mark.index);
    }
    base::Result<WalWritten> flush(bool sync) override;
    base::Status release(raft::Index index, std::size_t keep) override;
    base::Status close() override;

private:
    base::File& tail() { return *m_open.back().file; }
    base::Status syncTail() { return m_options.fsync ? tail().syncData() : base::Status(); }
    base::Status fail(base::Error error) {
        m_error = error;
        return error;
    }
    base::Status write(bool sync);
    base::Status cut();
    base::Status makeNext();
    std::string describeEnd(const WalSegmentEnd& end);
    std::string describeBeyond(const WalSegmentEnd& end);
    base::Status repair(WalSegmentEnd& end, WalContent& content);
    base::Status continueSegment(const WalSegmentEnd& end);

    base::FileSystem& m_fs;
    std::string m_directory;
    WalMetadata m_metadata;
    WalOptions m_options;
    std::deque<OpenSegment> m_open;  // in order; writes go to the last one
    WalEncoder m_encoder;
    std::uint64_t m_offset = 0;  // end of data in the last segment
    raft::HardState m_state;     // the last one appended; each segment begins with it
    raft::Index m_lastIndex = 0;
    std::unique_ptr<base::File> m_next;  // the next segment, made ahead: reserved and locked
    std::string m_nextPath;
    std::uint64_t m_nextCount = 0;
    std::optional<base::Error> m_error;
};

base::Status WalFiles::createFirst() {
    const std::string temporary = m_directory + ".tmp";
    if (m_fs.exists(m_directory)) return base::Error{base::Errc::exists, m_directory + " exists already"};
    if (const auto status = m_fs.removeAll(temporary); !status) return status;
    if (const auto status = m_fs.createDirectories(temporary); !status) return status;
    const std::string name = walSegmentName({0, 0});
    auto file = m_fs.open(temporary + "/" + name, base::OpenMode::createNew);
    if (!file) return file.error();
    if (const auto status = (*file)->tryLock(); !status) return status;
    if (const auto status = (*file)->preallocate(m_options.segmentBytes); !status) return status;
    m_open.push_back({{{0, 0}, m_directory + "/" + name}, std::move(*file)});
    m_encoder.addCrc();
    m_encoder.addMetadata(m_metadata);
    m_encoder.addSnapshotMark({});
    if (const auto status = write(true); !status) return status;
    if (const auto status = m_fs.syncDirectory(temporary); !status) return status;
    if (const auto status = m_fs.rename(temporary, m_directory); !status) return status;
    tail().renamedTo(m_open.back().segment.path);
    return m_fs.syncDirectory(base::parentDirectory(m_directory));
}

base::Status WalFiles::openAt(const std::vector<WalSegment>& segments, const WalSnapshotMark& from, WalContent& content,
                              const std::function<void()>& locked, const Agree& agree) {
    WalWalk walk;
    WalCollector collector(from);
    WalSegmentEnd end;
    for (const WalSegment& segment : segments) {
        auto file = m_fs.open(segment.path, base::OpenMode::readWrite);
        if (!file) return file.error();
        if (const auto status = (*file)->tryLock(); !status) return status;
        m_open.push_back({segment, std::move(*file)});
    }
    if (locked) locked();
    for (const OpenSegment& each : m_open) {
        const bool last = &each == &m_open.back();
        auto walked = walk.walkSegment(each.segment, *each.file, last,
                                       [&](const WalFrame& frame) { return collector.add(frame); });
        if (!walked) return walked.error();
        end = std::move(*walked);
    }
    m_lastIndex = collector.lastIndex();
    if (const auto status = collector.finish(m_directory, content); !status)
        return base::Error{status.error().code, status.error().text + "; " + describeEnd(end)};
    m_metadata = content.metadata;
    m_state = content.hardState;
    if (agree) {
        if (const auto status = agree(content, [&] { return describeEnd(end); }); !status) return status;
    }
    if (end.torn) {
        if (const auto status = repair(end, content); !status) return status;
    }
    return continueSegment(end);
}

// For people: where reading stopped, why, and what is behind that place.
std::string WalFiles::describeEnd(const WalSegmentEnd& end) {
    return "the log ends in " +
           (end.torn ? end.tornText : m_open.back().segment.path + " at offset " + std::to_string(end.offset)) +
           describeBeyond(end);
}

std::string WalFiles::describeBeyond(const WalSegmentEnd& end) {
    const auto beyond = findRecordsBeyond(tail(), end.offset);
    return beyond && *beyond ? "; " + textOf(**beyond) : std::string();
}

base::Status WalFiles::repair(WalSegmentEnd& end, WalContent& content) {
    const std::string& path = m_open.back().segment.path;
    const auto size = tail().size();
    if (!size) return size.error();
    if (const auto status = copyFile(m_fs, tail(), path + ".broken"); !status) {
        return base::Error{status.error().code, "cannot repair the torn end of " + path + ": " + status.error().text +
                                                    "; nothing was changed"};
    }
    content.repaired = true;
    content.repairText = end.tornText + describeBeyond(end) + "; cut there (" + std::to_string(*size - end.offset) +
                         " bytes to the end of the file), the original is kept as " + path + ".broken";
    return {};
}

// The rest of the segment becomes zeros, because old bytes there could later be taken for records.
base::Status WalFiles::continueSegment(const WalSegmentEnd& end) {
    const auto listed = m_fs.list(m_directory);
    if (!listed) return listed.error();
    for (const std::string& name : *listed) {
        if (!name.ends_with(".tmp")) continue;
        if (const auto status = m_fs.remove(m_directory + "/" + name); !status) return status;
    }
    if (const auto status = tail().truncate(end.offset); !status) return status;
    if (const auto status = tail().preallocate(std::max(m_options.segmentBytes, end.offset)); !status) return status;
    if (const auto status = tail().sync(); !status) return status;
    m_offset = end.offset;
    m_encoder = WalEncoder(end.crc);
    // A repair may have left less than the head of a segment.
    if (end.records >= 2) return {};
    if (end.records == 0) m_encoder.addCrc();
    m_encoder.addMetadata(m_metadata);
    if (!m_state.empty()) m_encoder.addState(m_state);
    return write(true);
}

base::Status WalFiles::write(bool sync) {
    if (!m_encoder.buffer().empty()) {
        if (const auto status = tail().writeAt(m_offset, m_encoder.buffer()); !status) return status;
        m_offset += m_encoder.buffer().size();
        m_encoder.clearBuffer();
    }
    return sync ? syncTail() : base::Status();
}

base::Result<WalWritten> WalFiles::flush(bool sync) {
    if (m_error) return *m_error;
    WalWritten written;
    written.bytes = m_encoder.buffer().size();
    if (const auto status = write(sync); !status) return fail(status.error()).error();
    written.segment = m_open.back().segment.name.sequence;
    written.offset = m_offset;
    if (m_offset >= m_options.segmentBytes) {
        if (const auto status = cut(); !status) return fail(status.error()).error();
    } else if (m_offset >= m_options.segmentBytes / 2 && !m_next) {
        // Reserving is a single call and needs no thread. If the disk is full, cut() will report it when the space is
        // needed.
        (void)makeNext();
    }
    return written;
}

base::Status WalFiles::makeNext() {
    const std::string path = m_directory + "/" + std::to_string(m_nextCount % 2) + ".tmp";
    auto file = m_fs.open(path, base::OpenMode::createOrTruncate);
    if (!file) return file.error();
    auto status = (*file)->tryLock();
    if (status) status = (*file)->preallocate(m_options.segmentBytes);
    if (!status) {
        (void)m_fs.remove(path);
        return status;
    }
    ++m_nextCount;
    m_next = std::move(*file);
    m_nextPath = path;
    return {};
}

base::Status WalFiles::cut() {
    if (const auto status = tail().truncate(m_offset); !status) return status;
    if (const auto status = syncTail(); !status) return status;
    if (!m_next) {
        if (const auto status = makeNext(); !status) return status;
    }
    const WalSegmentName name{m_open.back().segment.name.sequence + 1, m_lastIndex + 1};
    const std::string path = m_directory + "/" + walSegmentName(name);
    m_open.push_back({{name, path}, std::move(m_next)});
    m_offset = 0;
    m_encoder.addCrc();
    m_encoder.addMetadata(m_metadata);
    if (!m_state.empty()) m_encoder.addState(m_state);
    // The head is on the disk before the segment gets its name, because a segment without a head is damage.
    if (const auto status = write(true); !status) return status;
    if (const auto status = m_fs.rename(m_nextPath, path); !status) return status;
    tail().renamedTo(path);
    m_nextPath.clear();
    return m_options.fsync ? m_fs.syncDirectory(m_directory) : base::Status();
}

base::Status WalFiles::release(raft::Index index, std::size_t keep) {
    const auto segments = listWalSegments(m_fs, m_directory);
    if (!segments) return segments.error();
    std::size_t needed = 0;  // the newest segment that begins before `index` may contain it
    for (std::size_t i = 0; i < segments->size(); ++i) {
        if ((*segments)[i].name.index < index) needed = i;
    }
    for (std::size_t i = 0; i < needed; ++i) {
        const WalSegment& segment = (*segments)[i];
        std::erase_if(m_open,
                      [&](const OpenSegment& open) { return open.segment.name.sequence == segment.name.sequence; });
        if (i + keep >= needed) continue;
        if (const auto status = m_fs.remove(segment.path); !status) return status;
    }
    return {};
}

base::Status WalFiles::close() {
    if (m_open.empty()) return {};
    base::Status status = m_error ? base::Status(*m_error) : write(true);
    m_open.clear();
    if (!m_error) m_error = base::Error{base::Errc::aborted, m_directory + " is closed"};
    return status;
}

}  // namespace

base::Result<std::unique_ptr<Wal>> Wal::create(base::FileSystem& fs, const std::string& directory,
                                               const WalMetadata& metadata, const WalOptions& options) {
    auto wal = std::make_unique<WalFiles>(fs, directory, metadata, options);
    if (const auto status = wal->createFirst(); !status) return status.error();
    return std::unique_ptr<Wal>(std::move(wal));
}

base::Result<std::unique_ptr<Wal>> Wal::open(base::FileSystem& fs, const std::string& directory,
                                             const WalSnapshotMark& from, const WalOptions& options,
                                             WalContent& content, const std::function<void()>& locked,
                                             const Agree& agree) {
    const auto all = listWalSegments(fs, directory);
    if (!all) return all.error();
    const auto segments = chooseWalSegments(*all, from.index, directory);
    if (!segments) return segments.error();
    auto wal = std::make_unique<WalFiles>(fs, directory, WalMetadata{}, options);
    if (const auto status = wal->openAt(*segments, from, content, locked, agree); !status) return status.error();
    return std::unique_ptr<Wal>(std::move(wal));
}

}  // namespace raftarium::storage
