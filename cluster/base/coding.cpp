// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"

#include <bit>
#include <charconv>
#include <cstring>

namespace raftarium::base {

static_assert(std::endian::native == std::endian::little,
              "the file formats are little-endian, as all targets here are");

namespace {
constexpr char kHexDigits[] = "0123456789abcdef";

template <typename T>
void putRaw(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}
template <typename T>
T readRaw(const char* p) {
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
}
}  // namespace

void putFixed32Le(std::string& out, std::uint32_t value) { putRaw(out, value); }
void putFixed64Le(std::string& out, std::uint64_t value) { putRaw(out, value); }
void putFixed64Be(std::string& out, std::uint64_t value) { putRaw(out, __builtin_bswap64(value)); }
std::uint32_t readFixed32Le(const char* p) { return readRaw<std::uint32_t>(p); }
std::uint64_t readFixed64Le(const char* p) { return readRaw<std::uint64_t>(p); }
std::uint64_t readFixed64Be(const char* p) { return __builtin_bswap64(readRaw<std::uint64_t>(p)); }

void putVarint(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

std::optional<std::uint64_t> readVarint(std::string_view& in) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < in.size() && i < 10; ++i) {
        const auto byte = static_cast<std::uint8_t>(in[i]);
        if (i == 9 && byte > 1) return std::nullopt;
        value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
        if ((byte & 0x80) == 0) {
            in.remove_prefix(i + 1);
            return value;
        }
    }
    return std::nullopt;
}

std::size_t varintSize(std::uint64_t value) { return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7; }

std::string hexId(std::uint64_t id) {
    char buffer[16];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, id, 16);
    return {buffer, end.ptr};
}

std::string hexDigits(std::uint64_t value, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t i = digits; i-- > 0; value >>= 4) text[i] = kHexDigits[value & 15];
    return text;
}

std::string hexBytes(std::string_view bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        text += kHexDigits[static_cast<std::uint8_t>(c) >> 4];
        text += kHexDigits[static_cast<std::uint8_t>(c) & 15];
    }
    return text;
}

std::optional<std::uint64_t> parseHexId(std::string_view text) {
    std::uint64_t id = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), id, 16);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
    return id;
}

}  // namespace raftarium::base
