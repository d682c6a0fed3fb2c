// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The few protocol-buffer fields the store writes itself (mvccpb.KeyValue, leasepb.Lease, AlarmMember), so that this
// layer needs no protobuf. Example: field 2 varint 300 is 10 ac 02; field 1 bytes "a" is 0a 01 61.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace raftarium::mvcc {

// Proto3: zero and empty are left out.
void putVarintField(std::string& out, std::uint32_t field, std::uint64_t value);
void putBytesField(std::string& out, std::uint32_t field, std::string_view value);

class FieldReader {
public:
    enum class Kind : std::uint8_t { varint, bytes, other };

    explicit FieldReader(std::string_view data) : m_rest(data) {}

    // Moves to the next field; false at the end or at a malformed one (then malformed() is true).
    bool next();
    bool malformed() const { return m_malformed; }

    std::uint32_t field() const { return m_field; }
    Kind kind() const { return m_kind; }
    // The value if the field has this kind, else marks the message malformed.
    std::uint64_t varint();
    std::string_view bytes();

private:
    bool fail();
    bool skip(std::size_t size);

    std::string_view m_rest;
    std::uint32_t m_field = 0;
    Kind m_kind = Kind::other;
    std::uint64_t m_varint = 0;
    std::string_view m_bytes;
    bool m_malformed = false;
};

}  // namespace raftarium::mvcc
