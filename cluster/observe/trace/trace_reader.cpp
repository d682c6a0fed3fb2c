// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/observe/trace/trace_file.h"
#include "cluster/observe/trace/trace_format.h"
#include "cluster/telemetry/codec.h"
#include "proto/raftarium/trace.pb.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <tuple>

namespace raftarium::observe {

namespace {

namespace pb = trace::v1;

base::Error damaged(const std::string& path, std::uint64_t offset, const std::string& what) {
    return {base::Errc::corruption,
            "recording " + path + " is damaged at offset " + std::to_string(offset) + ": " + what};
}

base::Status checkVersion(const std::string& path, std::uint32_t version) {
    if (version >= kTraceVersionOldest && version <= kTraceVersion) return {};
    return base::Error{base::Errc::unimplemented, "recording " + path + " has format version " +
                                                      std::to_string(version) + "; this program reads versions " +
                                                      std::to_string(kTraceVersionOldest) + " to " +
                                                      std::to_string(kTraceVersion)};
}

// Reads one frame after another. At a damaged frame: is it the torn end of a crashed writer, or damage?
class Frames {
public:
    Frames(std::ifstream& in, std::string path, std::uint64_t size) : m_in(in), m_path(std::move(path)), m_size(size) {}

    // false at the end; `cut` tells whether inside a record.
    base::Result<bool> next(std::string& record, bool& cut) {
        cut = false;
        if (m_offset == m_size) return false;
        if (m_size - m_offset < kTraceFrameHeader) return stop(cut);
        char header[kTraceFrameHeader];
        if (!m_in.read(header, sizeof header)) return unreadable();
        const std::uint32_t length = base::readFixed32Le(header), crc = base::readFixed32Le(header + 4);
        const std::uint64_t left = m_size - m_offset - kTraceFrameHeader;
        if (length > kTraceRecordMax)
            return damaged(m_path, m_offset, "a record of " + std::to_string(length) + " bytes");
        if (length > left) return stop(cut);
        record.resize(length);
        if (!m_in.read(record.data(), static_cast<std::streamsize>(length))) return unreadable();
        const std::uint32_t found = base::crc32c(0, record);
        if (found != crc)
            return damaged(m_path, m_offset,
                           "checksum " + base::hexId(found) + " where the file says " + base::hexId(crc));
        m_recordOffset = m_offset;
        m_offset += kTraceFrameHeader + length;
        return true;
    }
    void begin(std::uint64_t offset) { m_offset = offset; }
    std::uint64_t recordOffset() const { return m_recordOffset; }

private:
    base::Result<bool> stop(bool& cut) {
        cut = true;
        return false;
    }
    base::Result<bool> unreadable() const {
        return base::Error{base::Errc::ioError, "cannot read the recording " + m_path + ": " + std::strerror(errno)};
    }

    std::ifstream& m_in;
    std::string m_path;
    std::uint64_t m_size, m_offset = 0, m_recordOffset = 0;
};

void take(const pb::TraceRecord& record, TraceContent& content) {
    switch (record.record_case()) {
        case pb::TraceRecord::kHeader:
            content.cluster = record.header().cluster();
            content.startedWallNs = record.header().started_wall_ns();
            content.startedNs = record.header().started_mono_ns();
            break;
        case pb::TraceRecord::kBatch:
            (void)telemetry::decodeBatch(record.batch().batch(), record.batch().node_id(), content.events);
            break;
        case pb::TraceRecord::kMark:
            content.marks.emplace_back(record.mark().at_ns(), record.mark().text());
            break;
        case pb::TraceRecord::kProcess:
        case pb::TraceRecord::kStreamEnded:
        case pb::TraceRecord::kAction: {
            Event event;
            if (telemetry::decodeSupervisorEvent(record, event)) content.events.push_back(std::move(event));
            break;
        }
        case pb::TraceRecord::RECORD_NOT_SET:
            break;  // of a newer writer
    }
}

}  // namespace

base::Result<TraceContent> readTrace(const std::string& path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) return base::Error{base::Errc::ioError, "cannot open the recording " + path + ": " + std::strerror(errno)};
    const std::streamoff end = in.tellg();
    if (end < 0) return base::Error{base::Errc::ioError, "cannot read the recording " + path + ": not a file"};
    const auto size = static_cast<std::uint64_t>(end);
    in.seekg(0);
    std::string magic(std::min<std::uint64_t>(size, kTraceMagic.size()), '\0');
    if (!in.read(magic.data(), static_cast<std::streamsize>(magic.size())) || magic != kTraceMagic)
        return damaged(path, 0, "not a Raftarium recording");

    TraceContent content;
    Frames frames(in, path, size);
    frames.begin(kTraceMagic.size());
    std::string bytes;
    bool headerSeen = false;
    for (;;) {
        const auto more = frames.next(bytes, content.cut);
        if (!more.ok()) return more.error();
        if (!*more) break;
        pb::TraceRecord record;
        if (!record.ParseFromString(bytes))
            return damaged(path, frames.recordOffset(), "a record that cannot be parsed");
        if (!headerSeen) {
            if (!record.has_header()) return damaged(path, frames.recordOffset(), "no header");
            if (auto known = checkVersion(path, record.header().format_version()); !known) return known.error();
            headerSeen = true;
        }
        take(record, content);
    }
    if (!headerSeen) return damaged(path, kTraceMagic.size(), "it ends before its header");
    std::stable_sort(content.events.begin(), content.events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.atNs, a.node, a.sequence) < std::tie(b.atNs, b.node, b.sequence);
    });
    return content;
}

}  // namespace raftarium::observe
