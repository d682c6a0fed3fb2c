// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/wal/wal_reader.h"

#include <algorithm>

namespace raftarium::storage {

namespace {

constexpr std::size_t kWindowBytes = 1 << 18;
// No cluster has so many elections. An id or a text that is read as a term is larger.
constexpr raft::Term kTermMax = 1ULL << 48;

base::Error damage(std::string text) { return {base::Errc::corruption, std::move(text)}; }

std::string place(const WalSegment& segment, std::uint64_t offset) {
    return segment.path + " at offset " + std::to_string(offset) + ": ";
}

std::string termIndex(raft::Term term, raft::Index index) {
    return "(term " + std::to_string(term) + ", index " + std::to_string(index) + ")";
}

// Every segment starts with a crc record and the metadata.
base::Status checkHead(const WalFrame& frame, std::uint64_t recordsBefore) {
    if (recordsBefore == 0 && frame.type != static_cast<std::int64_t>(WalRecordType::crc)) {
        return damage("the first record of a segment must be of type 4 (crc), not " + std::to_string(frame.type));
    }
    if (recordsBefore == 1 && frame.type != static_cast<std::int64_t>(WalRecordType::metadata)) {
        return damage("the second record of a segment must be of type 1 (metadata), not " + std::to_string(frame.type));
    }
    return {};
}

}  // namespace

base::Result<std::string_view> WalFileBytes::read(std::uint64_t offset, std::size_t bytes) {
    if (offset >= m_size) return std::string_view();
    bytes = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, m_size - offset));
    if (offset < m_windowStart || offset + bytes > m_windowStart + m_window.size()) {
        if (auto status = m_file.readInto(offset, std::max(bytes, kWindowBytes), m_window); !status)
            return status.error();
        m_windowStart = offset;
    }
    // Another process may have shortened the file meanwhile.
    const std::string_view window = m_window;
    return window.substr(static_cast<std::size_t>(offset - m_windowStart), bytes);
}

base::Result<std::vector<WalSegment>> listWalSegments(base::FileSystem& fs, const std::string& directory) {
    const auto names = fs.list(directory);
    if (!names) return names.error();
    std::vector<WalSegment> segments;
    for (const std::string& name : *names) {
        if (const auto parsed = parseWalSegmentName(name)) segments.push_back({*parsed, directory + "/" + name});
    }
    return segments;  // names are in the order of their sequence numbers
}

base::Result<std::vector<WalSegment>> chooseWalSegments(const std::vector<WalSegment>& all, raft::Index index,
                                                        const std::string& directory) {
    std::size_t first = all.size();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].name.index <= index) first = i;
    }
    if (first == all.size()) {
        return base::Error{base::Errc::notFound,
                           directory + " has no log segment that reaches back to index " + std::to_string(index)};
    }
    for (std::size_t i = first + 1; i < all.size(); ++i) {
        if (all[i].name.sequence == all[i - 1].name.sequence + 1) continue;
        return damage(directory + ": log segments are missing between " + all[i - 1].path + " and " + all[i].path);
    }
    return std::vector<WalSegment>(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
}

base::Result<WalSegmentEnd> WalWalk::walkSegment(const WalSegment& segment, const base::File& file, bool last,
                                                 const Visitor& visit) {
    const auto size = file.size();
    if (!size) return size.error();
    WalFileBytes bytes(file, *size);
    WalSegmentEnd end;
    end.crc = m_crc.value_or(0);
    for (;;) {
        WalFrame frame;
        WalFrameProblem problem;
        const auto state = parseWalFrame(bytes, end.offset, end.crc, last, frame, problem);
        if (!state) return state.error();
        if (*state == WalFrameState::end) return end;
        if (*state == WalFrameState::damaged || (*state == WalFrameState::torn && !last)) {
            return damage(place(segment, end.offset) + problem.text);
        }
        if (*state == WalFrameState::torn) {
            end.torn = true;
            end.tornText = place(segment, end.offset) + problem.text;
            return end;
        }
        base::Status status = checkHead(frame, end.records);
        if (status && frame.hasData) {
            status = visit(frame);
        } else if (status && m_crc && *m_crc != frame.crc) {
            status = damage("CRC mismatch: expected " + walCrcText(*m_crc) +
                            " from the records before, the crc record carries " + walCrcText(frame.crc));
        }
        if (!status) return base::Error{status.error().code, place(segment, end.offset) + status.error().text};
        end.crc = frame.crc;
        m_crc = frame.crc;
        end.offset = frame.end();
        ++end.records;
    }
}

base::Status WalCollector::add(const WalFrame& frame) {
    switch (static_cast<WalRecordType>(frame.type)) {
        case WalRecordType::metadata:
            return addMetadata(frame);
        case WalRecordType::entry:
            return addEntry(frame);
        case WalRecordType::state:
            return addState(frame);
        case WalRecordType::snapshot:
            return addMark(frame);
        case WalRecordType::crc:
            break;
    }
    return {};
}

base::Status WalCollector::addMetadata(const WalFrame& frame) {
    const auto metadata = decodeWalMetadata(frame.data);
    if (!metadata) return damage("the metadata record cannot be decoded");
    if (m_metadata && (m_metadata->nodeId != metadata->nodeId || m_metadata->clusterId != metadata->clusterId)) {
        return damage("the metadata record names another member or cluster than the first one");
    }
    m_metadata = metadata;
    return {};
}

base::Status WalCollector::addEntry(const WalFrame& frame) {
    auto entry = decodeWalEntry(frame.data);
    if (!entry) return damage("the entry record cannot be decoded");
    const std::string what = "entry " + termIndex(entry->term, entry->index);
    if (entry->term == 0 || entry->term > kTermMax || entry->index == 0) return damage(what + " is impossible");
    if (entry->index <= m_state.commit && m_lastIndex >= entry->index) {
        return damage(what + " would overwrite a committed one (commit index " + std::to_string(m_state.commit) + ")");
    }
    m_lastIndex = entry->index;
    if (entry->index <= m_from.index) {
        // The entries behind it are overwritten, too.
        m_entries.clear();
        m_termAtFrom = entry->index == m_from.index ? entry->term : 0;
        return {};
    }
    const std::uint64_t position = entry->index - m_from.index - 1;
    if (position > m_entries.size()) {
        return damage(what + " leaves a gap after index " + std::to_string(m_from.index + m_entries.size()));
    }
    // The first entry may be from before the snapshot's entry was overwritten; finish() checks the ones that remain.
    const raft::Term before = position == 0 ? 0 : m_entries[position - 1].term;
    if (entry->term < before) return damage(what + " follows one of the later term " + std::to_string(before));
    m_entries.resize(position);
    m_entries.push_back(std::move(*entry));
    return {};
}

base::Status WalCollector::addState(const WalFrame& frame) {
    const auto state = decodeWalState(frame.data);
    if (!state) return damage("the state record cannot be decoded");
    const bool voteChanged = state->term == m_state.term && m_state.vote != raft::kNone && state->vote != m_state.vote;
    if (state->term == 0 || state->term > kTermMax || state->term < m_state.term || state->commit < m_state.commit ||
        voteChanged) {
        return damage("the state (term " + std::to_string(state->term) + ", vote " + std::to_string(state->vote) +
                      ", commit " + std::to_string(state->commit) + ") cannot follow (term " +
                      std::to_string(m_state.term) + ", vote " + std::to_string(m_state.vote) + ", commit " +
                      std::to_string(m_state.commit) + ")");
    }
    m_state = *state;
    return {};
}

base::Status WalCollector::addMark(const WalFrame& frame) {
    auto mark = decodeWalSnapshotMark(frame.data);
    if (!mark) return damage("the snapshot record cannot be decoded");
    if (mark->index == m_from.index) {
        if (mark->term != m_from.term) {
            return damage("the snapshot record " + termIndex(mark->term, mark->index) +
                          " does not match the snapshot " + termIndex(m_from.term, m_from.index));
        }
        m_found = *mark;
        // A snapshot from the leader replaced the whole log. A snapshot of our own kept the entries behind it.
        if (m_termAtFrom != m_from.term) {
            m_received = true;
            m_entries.clear();
        }
        m_termAtFrom = m_from.term;
    }
    m_lastIndex = std::max(m_lastIndex, mark->index);
    m_marks.push_back(std::move(*mark));
    return {};
}

base::Status WalCollector::finish(const std::string& directory, WalContent& content) {
    if (!m_metadata)
        return damage(directory +
                      " holds no metadata record: nothing was ever written to this log, or its beginning is lost");
    if (!m_found) {
        return base::Error{base::Errc::notFound,
                           directory + " has no record of the snapshot " + termIndex(m_from.term, m_from.index)};
    }
    if (!m_entries.empty() && m_entries.front().term < m_from.term) {
        return damage(directory + ": entry " + termIndex(m_entries.front().term, m_entries.front().index) +
                      " follows the snapshot " + termIndex(m_from.term, m_from.index) + " of a later term");
    }
    std::erase_if(m_marks, [&](const WalSnapshotMark& mark) { return mark.index > m_state.commit; });
    content.metadata = *m_metadata;
    content.hardState = m_state;
    content.entries = std::move(m_entries);
    content.snapshot = std::move(*m_found);
    content.snapshotReceived = m_received;
    content.validSnapshots = std::move(m_marks);
    return {};
}

}  // namespace raftarium::storage
