// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace raftarium::base {

namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // Castagnoli, bit-reversed

// kTable[0] advances the CRC by one byte; kTable[n] by one byte followed by n zero bytes ("slicing by 8").
constexpr auto kTable = [] {
    std::array<std::array<std::uint32_t, 256>, 8> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
        table[0][byte] = crc;
    }
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        for (std::size_t n = 1; n < 8; ++n) {
            table[n][byte] = (table[n - 1][byte] >> 8) ^ table[0][table[n - 1][byte] & 0xFF];
        }
    }
    return table;
}();

std::uint32_t extendPortable(std::uint32_t crc, const char* p, std::size_t size) {
    for (; size >= 8; p += 8, size -= 8) {
        const std::uint64_t word = readFixed64Le(p) ^ crc;
        crc = 0;
        for (std::size_t i = 0; i < 8; ++i) crc ^= kTable[7 - i][(word >> (8 * i)) & 0xFF];
    }
    for (; size > 0; ++p, --size) crc = (crc >> 8) ^ kTable[0][(crc ^ static_cast<std::uint8_t>(*p)) & 0xFF];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t extendSse42(std::uint32_t crc, const char* p, std::size_t size) {
    std::uint64_t wide = crc;
    for (; size >= 8; p += 8, size -= 8) wide = _mm_crc32_u64(wide, readFixed64Le(p));
    crc = static_cast<std::uint32_t>(wide);
    for (; size > 0; ++p, --size) crc = _mm_crc32_u8(crc, static_cast<std::uint8_t>(*p));
    return crc;
}
#endif

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, std::string_view data) {
#if defined(__x86_64__)
    static const bool hasSse42 = __builtin_cpu_supports("sse4.2") != 0;
    if (hasSse42) return ~extendSse42(~crc, data.data(), data.size());
#endif
    return ~extendPortable(~crc, data.data(), data.size());
}

std::uint32_t crc32cPortable(std::uint32_t crc, std::string_view data) {
    return ~extendPortable(~crc, data.data(), data.size());
}

}  // namespace raftarium::base
