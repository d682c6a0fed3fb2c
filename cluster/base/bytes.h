// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Immutable, reference-counted bytes: an entry's data is held once by the log, the messages and the WAL batch.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace raftarium::base {

// Null and empty differ (raftpb writes a non-null empty field). Copies share the buffer; the count is atomic.
class Bytes {
public:
    Bytes() = default;
    explicit Bytes(std::string data) : m_data(std::make_shared<const std::string>(std::move(data))) {}
    // Shares a string that is a part of something shared (the pointer may be an alias).
    explicit Bytes(std::shared_ptr<const std::string> data) : m_data(std::move(data)) {}
    static Bytes copyOf(std::string_view data) { return Bytes(std::string(data)); }

    bool isNull() const { return m_data == nullptr; }
    bool empty() const { return m_data == nullptr || m_data->empty(); }
    std::size_t size() const { return m_data ? m_data->size() : 0; }
    std::string_view view() const { return m_data ? std::string_view(*m_data) : std::string_view(); }

    friend bool operator==(const Bytes& a, const Bytes& b) { return a.isNull() == b.isNull() && a.view() == b.view(); }

private:
    std::shared_ptr<const std::string> m_data;
};

}  // namespace raftarium::base
