// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/observe/trace/trace_file.h"
#include "cluster/observe/trace/trace_format.h"
#include "cluster/telemetry/codec.h"
#include "proto/raftarium/trace.pb.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace raftarium::observe {

namespace {

namespace pb = trace::v1;

constexpr std::size_t kBufferMax = 256 * 1024;

class FileWriter final : public TraceWriter {
public:
    FileWriter(std::FILE* file, std::string path) : m_file(file), m_path(std::move(path)) {}
    ~FileWriter() override {
        (void)flush();  // the last chance; who wants to know calls flush() before
        std::fclose(m_file);
    }

    base::Status add(NodeId node, const telemetry::v1::EventBatch& batch) override {
        pb::TraceRecord record;
        record.mutable_batch()->set_node_id(node);
        *record.mutable_batch()->mutable_batch() = batch;
        return add(record);
    }
    base::Status add(const Event& event) override {
        pb::TraceRecord record;
        if (!telemetry::encodeSupervisorEvent(event, record))
            return base::Error{base::Errc::invalidArgument, "events of nodes are recorded in batches"};
        return add(record);
    }
    base::Status addMark(TimeNs at, const std::string& text) override {
        pb::TraceRecord record;
        record.mutable_mark()->set_at_ns(at);
        record.mutable_mark()->set_text(text);
        return add(record);
    }

    base::Status flush() override {
        if (!m_status.ok()) return m_status;
        const bool written = std::fwrite(m_buffer.data(), 1, m_buffer.size(), m_file) == m_buffer.size();
        m_buffer.clear();
        if (!written || std::fflush(m_file) != 0)
            m_status = base::Error{errno == ENOSPC ? base::Errc::noSpace : base::Errc::ioError,
                                   "cannot write the recording " + m_path + ": " + std::strerror(errno)};
        return m_status;
    }

    base::Status add(const pb::TraceRecord& record) {
        if (!m_status.ok()) return m_status;
        m_record.clear();
        if (!record.SerializeToString(&m_record))
            return base::Error{base::Errc::invalidArgument, "a telemetry batch holds text that is not UTF-8"};
        if (m_record.size() > kTraceRecordMax)
            return base::Error{base::Errc::outOfRange, "a telemetry batch is larger than a trace record may be"};
        base::putFixed32Le(m_buffer, static_cast<std::uint32_t>(m_record.size()));
        base::putFixed32Le(m_buffer, base::crc32c(0, m_record));
        m_buffer += m_record;
        return m_buffer.size() >= kBufferMax ? flush() : m_status;
    }
    void putMagic() { m_buffer.append(kTraceMagic); }

private:
    std::FILE* m_file;
    std::string m_path, m_buffer, m_record;
    base::Status m_status;
};

}  // namespace

base::Result<std::unique_ptr<TraceWriter>> TraceWriter::create(const std::string& path, const std::string& cluster,
                                                               std::int64_t startedWallNs, TimeNs startedNs) {
    std::FILE* file = std::fopen(path.c_str(), "wbe");
    if (!file)
        return base::Error{base::Errc::ioError, "cannot create the recording " + path + ": " + std::strerror(errno)};
    auto writer = std::make_unique<FileWriter>(file, path);
    writer->putMagic();
    pb::TraceRecord record;
    auto& header = *record.mutable_header();
    header.set_format_version(kTraceVersion);
    header.set_cluster(cluster);
    header.set_started_wall_ns(startedWallNs);
    header.set_started_mono_ns(startedNs);
    header.set_writer("raftarium");
    if (auto status = writer->add(record); !status.ok()) return status.error();
    if (auto status = writer->flush(); !status.ok()) return status.error();
    return std::unique_ptr<TraceWriter>(std::move(writer));
}

}  // namespace raftarium::observe
