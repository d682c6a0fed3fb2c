// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/sim_backend.h"

#include "cluster/base/coding.h"

namespace raftarium::sim {
namespace {

void putText(std::string& out, std::string_view text) {
    base::putFixed32Le(out, static_cast<std::uint32_t>(text.size()));
    out += text;
}

std::uint32_t readLength(std::string_view data, std::size_t at) {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i)
        value = value << 8 | static_cast<unsigned char>(data[at + static_cast<std::size_t>(i)]);
    return value;
}

}  // namespace

void SimBackend::commitAsync(std::function<void(base::Status)> done) {
    m_waiting.push_back(std::move(done));
    m_content->commitAsync([this](const base::Status& status) {
        auto next = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (next) next(status);
    });
    m_handedOver();
}

base::Status SimBackend::copyTo(const std::string& path) {
    std::string data;
    for (int i = 0; i < static_cast<int>(mvcc::Bucket::count_); ++i) {
        m_content->scan(static_cast<mvcc::Bucket>(i), "", "", [&](std::string_view key, std::string_view value) {
            data += static_cast<char>(i);
            putText(data, key);
            putText(data, value);
            return true;
        });
    }
    putText(data, "end");
    auto file = m_files.open(path, base::OpenMode::createOrTruncate);
    if (!file) return file.error();
    if (auto status = (*file)->writeAt(0, data); !status) return status;
    return (*file)->sync();
}

base::Status SimBackend::replaceWith(const std::string& path) {
    auto file = m_files.open(path, base::OpenMode::read);
    if (!file) return file.error();
    auto size = (*file)->size();
    if (!size) return size.error();
    auto data = (*file)->readAt(0, *size);
    if (!data) return data.error();
    const std::string_view text = *data;
    if (text.size() < 7 || !text.ends_with("end"))
        return base::Error{base::Errc::corruption, path + ": the copy of a store is cut short"};
    mvcc::MemoryBackend fresh;
    for (std::size_t at = 0; at + 7 < text.size();) {
        const auto bucket = static_cast<mvcc::Bucket>(text[at]);
        const std::uint32_t keyBytes = readLength(text, at + 1);
        const std::string_view key = text.substr(at + 5, keyBytes);
        const std::uint32_t valueBytes = readLength(text, at + 5 + keyBytes);
        fresh.put(bucket, key, text.substr(at + 9 + keyBytes, valueBytes));
        at += 9 + keyBytes + valueBytes;
    }
    m_content->replaceWith(fresh);
    const auto dropped = std::exchange(m_waiting, {});
    for (const auto& done : dropped)
        if (done) done(base::Error{base::Errc::aborted, "the content was replaced"});
    return m_files.remove(path);
}

}  // namespace raftarium::sim
