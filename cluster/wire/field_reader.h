// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Walks the fields of an encoded protocol-buffer message without building an object:
//   FieldReader fields(bytes);
//   while (fields.next()) if (fields.number() == 4) use(fields.bytes());
//   if (!fields.ok()) ... the bytes are not a message
// Groups (wire types 3 and 4) are not of our protocols and count as damage.
#pragma once

#include "cluster/base/coding.h"

#include <cstdint>
#include <string_view>

namespace raftarium::wire {

class FieldReader {
public:
    enum class Kind : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

    explicit FieldReader(std::string_view message) : m_rest(message), m_size(message.size()) {}

    // Moves to the next field; false at the end and at damage (then ok() is false).
    bool next() {
        if (m_rest.empty() || !m_ok) return false;
        m_start = m_size - m_rest.size();
        const auto tag = base::readVarint(m_rest);
        m_ok = tag && (*tag >> 3) >= 1 && (*tag >> 3) < (1U << 29) && readValue(static_cast<unsigned>(*tag & 7));
        if (m_ok) m_number = static_cast<std::uint32_t>(*tag >> 3);
        return m_ok;
    }

    bool ok() const { return m_ok; }
    std::uint32_t number() const { return m_number; }
    Kind kind() const { return m_kind; }
    bool isBytes() const { return m_kind == Kind::bytes; }
    bool isVarint() const { return m_kind == Kind::varint; }
    std::uint64_t integer() const { return m_integer; }
    std::string_view bytes() const { return m_bytes; }
    // Where the field (with its tag) and the byte after it lie in the message.
    std::size_t start() const { return m_start; }
    std::size_t end() const { return m_size - m_rest.size(); }

private:
    bool readValue(unsigned type) {
        m_kind = static_cast<Kind>(type);
        m_bytes = {};
        m_integer = 0;
        if (type == 0 || type == 2) {
            const auto value = base::readVarint(m_rest);
            if (!value) return false;
            m_integer = *value;
            return type == 0 || take(*value);
        }
        if (type != 1 && type != 5) return false;
        if (!take(type == 1 ? 8 : 4)) return false;
        m_integer = type == 1 ? base::readFixed64Le(m_bytes.data()) : base::readFixed32Le(m_bytes.data());
        return true;
    }
    bool take(std::uint64_t count) {
        if (count > m_rest.size()) return false;
        m_bytes = m_rest.substr(0, static_cast<std::size_t>(count));
        m_rest.remove_prefix(static_cast<std::size_t>(count));
        return true;
    }

    std::string_view m_rest;
    std::size_t m_size = 0;
    std::size_t m_start = 0;
    std::string_view m_bytes;
    std::uint64_t m_integer = 0;
    std::uint32_t m_number = 0;
    Kind m_kind = Kind::varint;
    bool m_ok = true;
};

}  // namespace raftarium::wire
