// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The elements of the file formats: integers of fixed and variable length, CRC-32C, hex.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace raftarium::base {

void putFixed32Le(std::string& out, std::uint32_t value);
void putFixed64Le(std::string& out, std::uint64_t value);
void putFixed64Be(std::string& out, std::uint64_t value);
std::uint32_t readFixed32Le(const char* p);
std::uint64_t readFixed64Le(const char* p);
std::uint64_t readFixed64Be(const char* p);

// Protocol-buffer varint of at most 10 bytes. readVarint moves `in` behind it; nullopt if it is cut or too long.
void putVarint(std::string& out, std::uint64_t value);
std::optional<std::uint64_t> readVarint(std::string_view& in);
std::size_t varintSize(std::uint64_t value);

// CRC-32C (Castagnoli). `crc` is the CRC of the bytes before, 0 at the beginning:
// crc32c(crc32c(0, a), b) == crc32c(0, a + b). Check: crc32c(0, "123456789") == 0xE3069283.
std::uint32_t crc32c(std::uint32_t crc, std::string_view data);
// The same without the processor's instruction, for machines that do not have it, and to test the two against each
// other.
std::uint32_t crc32cPortable(std::uint32_t crc, std::string_view data);

// Lower-case hex without leading zeros, the text form of member, cluster and lease ids; zero is "0".
std::string hexId(std::uint64_t id);
std::optional<std::uint64_t> parseHexId(std::string_view text);
// Lower-case hex with leading zeros, of file names and CRCs: hexDigits(100, 4) is "0064".
std::string hexDigits(std::uint64_t value, std::size_t digits);
// Two digits for each byte: hexBytes("a\n") is "610a".
std::string hexBytes(std::string_view bytes);

}  // namespace raftarium::base
