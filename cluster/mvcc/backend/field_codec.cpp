// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/backend/field_codec.h"

#include "cluster/base/coding.h"

namespace raftarium::mvcc {
namespace {
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kFixed64 = 1;
constexpr std::uint64_t kBytes = 2;
constexpr std::uint64_t kFixed32 = 5;
constexpr std::uint64_t kLargestField = (1U << 29) - 1;
}  // namespace

void putVarintField(std::string& out, std::uint32_t field, std::uint64_t value) {
    if (value == 0) return;
    base::putVarint(out, std::uint64_t{field} << 3 | kVarint);
    base::putVarint(out, value);
}

void putBytesField(std::string& out, std::uint32_t field, std::string_view value) {
    if (value.empty()) return;
    base::putVarint(out, std::uint64_t{field} << 3 | kBytes);
    base::putVarint(out, value.size());
    out.append(value);
}

bool FieldReader::fail() {
    m_malformed = true;
    m_rest = {};
    return false;
}

bool FieldReader::skip(std::size_t size) {
    if (m_rest.size() < size) return fail();
    m_bytes = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return true;
}

bool FieldReader::next() {
    if (m_rest.empty()) return false;
    const auto tag = base::readVarint(m_rest);
    if (!tag || *tag >> 3 == 0 || *tag >> 3 > kLargestField) return fail();
    m_field = static_cast<std::uint32_t>(*tag >> 3);
    switch (*tag & 7) {
        case kVarint: {
            const auto value = base::readVarint(m_rest);
            if (!value) return fail();
            m_kind = Kind::varint;
            m_varint = *value;
            return true;
        }
        case kBytes: {
            const auto size = base::readVarint(m_rest);
            if (!size || *size > m_rest.size()) return fail();
            m_kind = Kind::bytes;
            return skip(static_cast<std::size_t>(*size));
        }
        case kFixed64:
            m_kind = Kind::other;
            return skip(8);
        case kFixed32:
            m_kind = Kind::other;
            return skip(4);
        default:
            return fail();
    }
}

std::uint64_t FieldReader::varint() {
    if (m_kind != Kind::varint) fail();
    return m_varint;
}

std::string_view FieldReader::bytes() {
    if (m_kind != Kind::bytes) fail();
    return m_bytes;
}

}  // namespace raftarium::mvcc
