// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The fields of protocol-buffer messages, read and written without generated classes: in layers that know no protobuf,
// and where building an object would cost too much. Examples: field 2 with the number 300 is 10 ac 02; field 1 with the
// bytes "a" is 0a 01 61.
//
//   FieldReader fields(bytes);
//   while (fields.next()) if (fields.number() == 4) use(fields.bytes());
//   if (!fields.ok()) ... the bytes are not a message
//
// Groups (wire types 3 and 4) do not occur in our protocols; the reader refuses them.
#pragma once

#include "cluster/base/coding.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::base {

enum class FieldKind : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

class FieldReader {
public:
    explicit FieldReader(std::string_view message) : m_rest(message), m_size(message.size()) {}

    // Moves to the next field. False at the end and where the bytes are malformed; then ok() is false.
    bool next() {
        if (m_rest.empty() || !m_ok) return false;
        m_start = m_size - m_rest.size();
        const auto tag = readVarint(m_rest);
        m_ok = tag && (*tag >> 3) >= 1 && (*tag >> 3) < (1U << 29) && readValue(static_cast<unsigned>(*tag & 7));
        if (m_ok) m_number = static_cast<std::uint32_t>(*tag >> 3);
        return m_ok;
    }

    bool ok() const { return m_ok; }
    std::uint32_t number() const { return m_number; }
    FieldKind kind() const { return m_kind; }
    bool isBytes() const { return m_kind == FieldKind::bytes; }
    bool isVarint() const { return m_kind == FieldKind::varint; }

    // The value of a number (for bytes: their count), and of bytes (for fixed numbers: theirs).
    std::uint64_t integer() const { return m_integer; }
    std::string_view bytes() const { return m_bytes; }

    // The same for a field that must be of this kind. If it is of another, the message counts as malformed: ok() is
    // false from then on.
    std::uint64_t expectInteger() {
        if (!isVarint()) m_ok = false;
        return m_integer;
    }
    std::string_view expectBytes() {
        if (!isBytes()) m_ok = false;
        return m_bytes;
    }

    // Adds the numbers of a repeated field, packed or not; false if they are malformed.
    bool appendIntegers(std::vector<std::uint64_t>& out) const {
        if (isVarint()) {
            out.push_back(m_integer);
            return true;
        }
        if (!isBytes()) return false;
        std::string_view packed = m_bytes;
        while (!packed.empty()) {
            const auto value = readVarint(packed);
            if (!value) return false;
            out.push_back(*value);
        }
        return true;
    }

    // Where the field (with its tag) and the byte after it lie in the message.
    std::size_t start() const { return m_start; }
    std::size_t end() const { return m_size - m_rest.size(); }

private:
    bool readValue(unsigned type) {
        m_kind = static_cast<FieldKind>(type);
        m_bytes = {};
        m_integer = 0;
        if (type == 0 || type == 2) {
            const auto value = readVarint(m_rest);
            if (!value) return false;
            m_integer = *value;
            return type == 0 || take(*value);
        }
        if (type != 1 && type != 5) return false;
        if (!take(type == 1 ? 8 : 4)) return false;
        m_integer = type == 1 ? readFixed64Le(m_bytes.data()) : readFixed32Le(m_bytes.data());
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
    FieldKind m_kind = FieldKind::varint;
    bool m_ok = true;
};

inline void putTag(std::string& out, std::uint32_t field, FieldKind kind) {
    const std::uint32_t tag = field << 3 | static_cast<std::uint32_t>(kind);
    if (tag < 0x80) {
        out.push_back(static_cast<char>(tag));
    } else {
        putVarint(out, tag);
    }
}

// Always written, as proto2 does for a field that is set, and gogoproto for one without a presence bit.
inline void putVarintField(std::string& out, std::uint32_t field, std::uint64_t value) {
    putTag(out, field, FieldKind::varint);
    putVarint(out, value);
}
inline void putBytesField(std::string& out, std::uint32_t field, std::string_view value) {
    putTag(out, field, FieldKind::bytes);
    putVarint(out, value.size());
    out.append(value);
}

// As proto3 does: a field that is zero or empty is left out.
inline void putVarintUnlessZero(std::string& out, std::uint32_t field, std::uint64_t value) {
    if (value != 0) putVarintField(out, field, value);
}
inline void putBytesUnlessEmpty(std::string& out, std::uint32_t field, std::string_view value) {
    if (!value.empty()) putBytesField(out, field, value);
}

}  // namespace raftarium::base
