// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Walks the fields of one protocol-buffer message without building it: for the few messages on the hot path, where the
// bytes must not be copied. Bad input ends the walk with failed().
#pragma once

#include "cluster/base/coding.h"

#include <cstdint>
#include <string_view>

namespace raftarium::wire {

class ProtoReader {
public:
    explicit ProtoReader(std::string_view data) : m_rest(data) {}

    // Moves to the next field; false at the end or on damage. Groups (unused by any message here) count as damage.
    bool next() {
        if (m_rest.empty() || m_failed) return false;
        const auto tag = base::readVarint(m_rest);
        if (!tag || (*tag >> 3) == 0 || (*tag >> 3) > kMaxField) return fail();
        m_field = static_cast<std::uint32_t>(*tag >> 3);
        m_type = static_cast<std::uint8_t>(*tag & 7);
        switch (m_type) {
            case kVarint: {
                const auto value = base::readVarint(m_rest);
                if (!value) return fail();
                m_number = *value;
                return true;
            }
            case kFixed64:
                return take(8);
            case kFixed32:
                return take(4);
            case kBytes: {
                const auto size = base::readVarint(m_rest);
                return size ? take(*size) : fail();
            }
            default:
                return fail();
        }
    }
    bool failed() const { return m_failed; }
    std::uint32_t field() const { return m_field; }
    bool isVarint() const { return m_type == kVarint; }
    bool isBytes() const { return m_type == kBytes; }
    std::uint64_t number() const { return m_number; }
    std::string_view bytes() const { return m_bytes; }

private:
    static constexpr std::uint64_t kMaxField = (1U << 29) - 1;
    enum : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

    bool fail() {
        m_failed = true;
        return false;
    }
    bool take(std::uint64_t size) {
        if (size > m_rest.size()) return fail();
        m_bytes = m_rest.substr(0, size);
        m_rest.remove_prefix(size);
        return true;
    }

    std::string_view m_rest;
    std::string_view m_bytes;
    std::uint64_t m_number = 0;
    std::uint32_t m_field = 0;
    std::uint8_t m_type = 0;
    bool m_failed = false;
};

}  // namespace raftarium::wire
