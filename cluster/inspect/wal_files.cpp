// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/inspect/wal_files.h"

#include "cluster/base/coding.h"
#include "cluster/base/protobuf_fields.h"
#include "cluster/storage/wal/wal_hole.h"
#include "cluster/storage/wal/wal_reader.h"
#include "cluster/wire/request_text.h"

#include <algorithm>

namespace raftarium::inspect {

namespace {

using base::FieldReader;
using storage::WalFrame;
using storage::WalFrameState;
using storage::WalSegment;

std::string fileName(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

std::string count(std::uint64_t value) { return std::to_string(value); }

// Decodes as much as possible, because a tool should show damaged records, too.
void describe(const WalFrame& frame, WalRecordInfo& record) {
    record.kind = static_cast<WalRecordKind>(frame.type);
    switch (record.kind) {
        case WalRecordKind::metadata:
            record.kindName = "metadata";
            if (const auto metadata = storage::decodeWalMetadata(frame.data)) {
                record.text = {RAFTARIUM_TEXT("Wal", "node {0}, cluster {1}"),
                               {base::hexId(metadata->nodeId), base::hexId(metadata->clusterId)}};
            }
            break;
        case WalRecordKind::entry:
            record.kindName = "entry";
            if (const auto entry = storage::decodeWalEntry(frame.data)) {
                static constexpr const char* kinds[] = {"normal", "conf change", "conf change v2"};
                record.kindName = kinds[static_cast<std::size_t>(entry->type)];
                record.term = entry->term;
                record.index = entry->index;
                record.text = {RAFTARIUM_TEXT("Wal", "{0}"), {wire::describeEntry(*entry)}};
            }
            break;
        case WalRecordKind::state:
            record.kindName = "state";
            if (const auto state = storage::decodeWalState(frame.data)) {
                record.term = state->term;
                record.vote = state->vote;
                record.index = state->commit;
                if (state->vote == 0)
                    record.text = {RAFTARIUM_TEXT("Wal", "term {0}, vote none, commit {1}"),
                                   {state->term, state->commit}};
                else
                    record.text = {RAFTARIUM_TEXT("Wal", "term {0}, vote {1}, commit {2}"),
                                   {state->term, base::hexId(state->vote), state->commit}};
            }
            break;
        case WalRecordKind::crc:
            record.kindName = "crc";
            record.text = {RAFTARIUM_TEXT("Wal", "carried on"), {}};
            break;
        case WalRecordKind::snapshot:
            record.kindName = "snapshot";
            if (const auto mark = storage::decodeWalSnapshotMark(frame.data)) {
                record.term = mark->term;
                record.index = mark->index;
                record.text = {
                    RAFTARIUM_TEXT("Wal", "index {0}, term {1}, {2} voters, {3} learners"),
                    {mark->index, mark->term, mark->confState.voters.size(), mark->confState.learners.size()}};
            }
            break;
        case WalRecordKind::unknown:
            break;
    }
    if (*record.text.pattern.source == '\0') record.text = {RAFTARIUM_TEXT("Wal", "not decodable"), {}};
}

void markSpans(WalRecordInfo& record) {
    record.lengthWord = {0, 8};
    const std::string_view body = std::string_view(record.raw).substr(8, record.length);
    FieldReader fields(body);
    while (fields.next()) {
        const ByteSpan span{static_cast<std::uint32_t>(8 + fields.start()),
                            static_cast<std::uint32_t>(fields.end() - fields.start())};
        if (fields.number() == 1) record.typeField = span;
        if (fields.number() == 2) record.crcField = span;
        if (fields.number() == 3) {
            const auto bytes = static_cast<std::uint32_t>(fields.bytes().size());
            record.data = {static_cast<std::uint32_t>(8 + fields.end()) - bytes, bytes};
        }
    }
    record.paddingBytes = {static_cast<std::uint32_t>(8 + record.length), record.padding};
}

// Reads one segment from the position on, and leaves the position where reading ended.
class SegmentReader {
public:
    SegmentReader(const WalSegment& segment, bool last, WalPosition& position, WalRead& read)
        : m_segment(segment), m_last(last), m_position(position), m_read(read) {}

    base::Status run(const base::File& file, std::size_t recordsMax) {
        const auto size = file.size();
        if (!size) return size.error();
        storage::WalFileBytes bytes(file, *size);
        for (;;) {
            WalFrame frame;
            storage::WalFrameProblem problem;
            const auto state = storage::parseWalFrame(bytes, m_position.offset, m_position.crc, m_last, frame, problem);
            if (!state) return state.error();
            if (*state == WalFrameState::end) return {};
            const bool readable =
                *state == WalFrameState::record || (problem.crcDiffers && *state == WalFrameState::damaged);
            if (readable && m_read.records.size() == recordsMax) {
                m_read.more = true;
                return {};
            }
            if (*state != WalFrameState::record) addProblem(problem, *state == WalFrameState::torn);
            if (!readable) return {};
            if (const auto status = addRecord(bytes, frame, problem); !status) return status;
        }
    }

private:
    void addProblem(const storage::WalFrameProblem& problem, bool unfinished) {
        m_read.problems.push_back({fileName(m_segment.path), m_segment.name.sequence, m_position.offset, problem.text,
                                   unfinished && m_last, problem.crcDiffers, problem.crcStored, problem.crcComputed});
    }

    base::Status addRecord(storage::WalBytes& bytes, const WalFrame& frame, storage::WalFrameProblem& problem) {
        WalRecordInfo record;
        record.sequence = m_segment.name.sequence;
        record.offset = frame.offset;
        record.length = frame.length;
        record.padding = frame.padding;
        record.crcStored = frame.crc;
        record.crcComputed = problem.crcDiffers ? problem.crcComputed : frame.crc;
        if (!frame.hasData && m_position.started && m_position.crc != frame.crc) {
            record.crcComputed = m_position.crc;
            problem.crcDiffers = true;
            problem.crcStored = frame.crc;
            problem.crcComputed = m_position.crc;
            problem.text = "CRC mismatch: the crc record does not continue the records before it";
            addProblem(problem, false);
        }
        record.crcOk = record.crcStored == record.crcComputed;
        describe(frame, record);
        const auto raw = bytes.read(frame.offset, static_cast<std::size_t>(frame.end() - frame.offset));
        if (!raw) return raw.error();
        record.raw = std::string(*raw);
        markSpans(record);
        m_read.records.push_back(std::move(record));
        // After a wrong CRC, the next record continues the stored one.
        m_position = {m_segment.name.sequence, frame.end(), frame.crc, true};
        return {};
    }

    const WalSegment& m_segment;
    bool m_last;
    WalPosition& m_position;
    WalRead& m_read;
};

// Steps over the length words only.
base::Result<std::uint64_t> usedBytes(const base::File& file) {
    const auto size = file.size();
    if (!size) return size.error();
    storage::WalFileBytes bytes(file, *size);
    std::uint64_t offset = 0;
    while (offset + 8 <= *size) {
        const auto head = bytes.read(offset, 8);
        if (!head) return head.error();
        const std::uint64_t word = head->size() < 8 ? 0 : base::readFixed64Le(head->data());
        const std::uint64_t frame = 8 + (word & ((1ULL << 56) - 1)) + ((word >> 56) & 7);
        if (word == 0 || frame > *size - offset) break;
        offset += frame;
    }
    return offset;
}

}  // namespace

base::Result<std::vector<WalSegmentInfo>> listWalFiles(base::FileSystem& fs, const std::string& directory,
                                                       const std::vector<WalSegmentInfo>& known) {
    const auto segments = storage::listWalSegments(fs, directory);
    if (!segments) return segments.error();
    std::vector<WalSegmentInfo> infos;
    for (const WalSegment& segment : *segments) {
        const auto file = fs.open(segment.path, base::OpenMode::read);
        if (!file && file.error().code == base::Errc::notFound) continue;  // deleted just now
        if (!file) return file.error();
        const auto size = (*file)->size();
        if (!size) return size.error();
        const auto before = std::find_if(known.begin(), known.end(), [&](const WalSegmentInfo& info) {
            return info.name == fileName(segment.path) && info.bytes == *size;
        });
        if (before != known.end() && before + 1 != known.end()) {
            infos.push_back(*before);
            continue;
        }
        const auto used = usedBytes(**file);
        if (!used) return used.error();
        infos.push_back({fileName(segment.path), segment.name.sequence, segment.name.index, *used, *size});
    }
    return infos;
}

base::Result<WalRead> readWalRecords(base::FileSystem& fs, const std::string& directory, const WalPosition& from,
                                     std::size_t recordsMax) {
    const auto segments = storage::listWalSegments(fs, directory);
    if (!segments) return segments.error();
    WalRead read;
    read.next = from;
    for (std::size_t i = 0; i < segments->size() && !read.more; ++i) {
        const WalSegment& segment = (*segments)[i];
        const std::uint64_t sequence = segment.name.sequence;
        if (sequence < read.next.sequence) continue;
        if (sequence != read.next.sequence) {
            // The next segment continues the CRC of the one before; behind a gap the CRC is unknown.
            if (read.next.started && sequence != read.next.sequence + 1) {
                read.problems.push_back(
                    {fileName(segment.path), sequence, 0,
                     "the segments between " + count(read.next.sequence) + " and " + count(sequence) + " are gone",
                     false, false, 0, 0});
                read.next.started = false;
            }
            read.next.sequence = sequence;
            read.next.offset = 0;
        }
        const auto file = fs.open(segment.path, base::OpenMode::read);
        if (!file && file.error().code == base::Errc::notFound) continue;
        if (!file) return file.error();
        const std::size_t problems = read.problems.size();
        SegmentReader reader(segment, i + 1 == segments->size(), read.next, read);
        if (const auto status = reader.run(**file, recordsMax); !status) return status.error();
        // Behind an unreadable place the rest of this segment is lost, and the running CRC is unknown.
        if (read.problems.size() != problems && !read.more && i + 1 != segments->size() &&
            !read.problems.back().crcDiffers) {
            read.next.started = false;
        }
    }
    return read;
}

base::Result<std::optional<WalProblem>> findLostPart(base::FileSystem& fs, const std::string& directory,
                                                     const WalPosition& end) {
    const auto segments = storage::listWalSegments(fs, directory);
    if (!segments) return segments.error();
    std::optional<WalProblem> problem;
    if (segments->empty() || segments->back().name.sequence != end.sequence) return problem;
    const WalSegment& segment = segments->back();
    const auto file = fs.open(segment.path, base::OpenMode::read);
    if (!file) return file.error();
    const auto beyond = storage::findRecordsBeyond(**file, end.offset);
    if (!beyond) return beyond.error();
    if (!*beyond) return problem;
    // Checked after the search, because a log in use may have grown.
    const auto size = (*file)->size();
    if (!size) return size.error();
    storage::WalFileBytes bytes(**file, *size);
    WalFrame frame;
    storage::WalFrameProblem reason;
    const auto state = storage::parseWalFrame(bytes, end.offset, end.crc, true, frame, reason);
    if (!state) return state.error();
    if (*state == WalFrameState::record) return problem;
    if (reason.text.empty()) reason.text = "the length word is zero";
    problem = WalProblem{fileName(segment.path), end.sequence,     end.offset,        {}, false,
                         reason.crcDiffers,      reason.crcStored, reason.crcComputed};
    problem->text = reason.text + ", but " + storage::textOf(**beyond) +
                    ". A sector was lost if the store has applied these (the node then refuses the log); else a power "
                    "cut left a part of the last write";
    return problem;
}

base::Result<std::string> findWalDirectory(base::FileSystem& fs, const std::string& path) {
    for (const std::string& candidate : {path, path + "/member/wal", path + "/wal"}) {
        const auto segments = storage::listWalSegments(fs, candidate);
        if (segments && !segments->empty()) return candidate;
    }
    return base::Error{base::Errc::notFound,
                       path + " holds no write-ahead log (no *.wal files there, in member/wal or in wal)"};
}

}  // namespace raftarium::inspect
