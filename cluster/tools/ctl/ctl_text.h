// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Text as etcdctl writes it: quoting, sizes, durations, tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::tools {

std::string base64(std::string_view bytes);
// Go's %q: in double quotes, what cannot be printed escaped.
std::string goQuoted(std::string_view bytes);
// \x78\x79, as etcdctl --hex.
std::string hexBytes(std::string_view bytes);
// 20480 -> "20 kB", 1234567 -> "1.2 MB" (powers of 1000, one digit after the point below 10).
std::string humanBytes(std::uint64_t bytes);
// Go's time.Duration: 4432322 ns -> "4.432322ms".
std::string goDuration(std::int64_t ns);
// 16 hex digits, as leases are written.
std::string paddedHex(std::uint64_t id);

// "200ms", "1.5s", "1m30s" in nanoseconds; nullopt for anything else, also without a unit.
std::optional<std::int64_t> parseDuration(std::string_view text);
// "30%" or "0.3" as 0..1.
std::optional<double> parseShare(std::string_view text);
std::optional<std::int64_t> parseInteger(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);

// Lines around each cell, headings centred, cells to the right.
std::string table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows);
// Columns with two spaces between, to the left; for our own listings.
std::string columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace raftarium::tools
